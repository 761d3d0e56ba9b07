#include "momentum/store/levels.h"

namespace momentum::store {
namespace {

struct Cuts {
  Date year, tail;  // first day of each
};

Cuts cuts_of(Date newest) noexcept {
  const int year = year_of(newest);
  Date month = *make_date(year, 1, 1);
  for (int m = 2; m <= 12; ++m) {
    const Date next = *make_date(year, m, 1);
    if (next > newest) break;
    month = next;
  }
  // A year before the calendar's first has no first day: all that is not tail is then of the level year.
  return {make_date(year - 1, 1, 1).value_or(Date{Date::kNone + 2}), month};
}

}  // namespace

LevelDays level_days(catalog::Level level, Date newest) noexcept {
  const Cuts cuts = cuts_of(newest);
  switch (level) {
    case catalog::Level::tail: return {cuts.tail, {}};
    case catalog::Level::year: return {cuts.year, cuts.tail - 1};
    case catalog::Level::base: return {{}, cuts.year - 1};
  }
  return {};
}

catalog::Level level_of(Date day, Date newest) noexcept {
  const Cuts cuts = cuts_of(newest);
  if (day >= cuts.tail) return catalog::Level::tail;
  return day >= cuts.year ? catalog::Level::year : catalog::Level::base;
}

int bucket_of(catalog::InstrumentId id, int buckets) noexcept {
  const std::uint32_t mixed = static_cast<std::uint32_t>(id) * 2654435769U;
  return static_cast<int>((mixed >> 16) % static_cast<std::uint32_t>(buckets));
}

std::int64_t rows_per_group(Dataset dataset, catalog::Level level) noexcept {
  return dataset == Dataset::minute || level == catalog::Level::base ? 64 * 1024 : 16 * 1024;
}

}  // namespace momentum::store
