// The demo market's trading days.

#include <array>

#include "momentum/sources/demo_market.h"

namespace momentum::sources {
namespace {

struct MonthDay {
  int month, day;
};

// Spring Festival (the first day of the lunar year), 1990..2030.
constexpr int kFirstYear = 1990;
constexpr std::array<MonthDay, 41> kSpringFestival = {{
    {1, 27}, {2, 15}, {2, 4},  {1, 23}, {2, 10}, {1, 31}, {2, 19}, {2, 7},  {1, 28}, {2, 16},  // 1990
    {2, 5},  {1, 24}, {2, 12}, {2, 1},  {1, 22}, {2, 9},  {1, 29}, {2, 18}, {2, 7},  {1, 26},  // 2000
    {2, 14}, {2, 3},  {1, 23}, {2, 10}, {1, 31}, {2, 19}, {2, 8},  {1, 28}, {2, 16}, {2, 5},   // 2010
    {1, 25}, {2, 12}, {2, 1},  {1, 22}, {2, 10}, {1, 29}, {2, 17}, {2, 6},  {1, 26}, {2, 13},  // 2020
    {2, 3},                                                                                    // 2030
}};

struct Closed {
  Date first, last;
};

std::array<Closed, 5> holidays(int year) {
  const auto [month, day] = kSpringFestival[static_cast<std::size_t>(year - kFirstYear)];
  const Date spring = *make_date(year, month, day);
  return {{{*make_date(year, 1, 1), *make_date(year, 1, 1)},
           {spring - 1, spring + 5},
           {*make_date(year, 4, 5), *make_date(year, 4, 5)},
           {*make_date(year, 5, 1), *make_date(year, 5, 5)},
           {*make_date(year, 10, 1), *make_date(year, 10, 7)}}};
}

}  // namespace

std::vector<Date> demo_sessions(Date first, Date last) {
  MOMENTUM_CHECK(first > last || (year_of(first) >= kFirstYear && year_of(last) <= 2030));
  std::vector<Date> sessions;
  std::array<Closed, 5> closed{};
  int year = 0;
  for (Date day = first; day <= last; day = day + 1) {
    if (is_weekend(day)) continue;
    if (const int now = year_of(day); now != year) closed = holidays(year = now);
    bool open = true;
    for (const auto& [from, to] : closed) open = open && (day < from || day > to);
    if (open) sessions.push_back(day);
  }
  return sessions;
}

}  // namespace momentum::sources
