#pragma once
// Small markets as files of dialect `plain`: weekdays from 2024-01-01 on, prices in cents that move up and down. Made
// from a formula; no market's data.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "formats/scratch_folder.h"
#include "momentum/base/context.h"
#include "momentum/engine/scan.h"

namespace momentum::engine::testing {

// The i-th weekday; weekday(0) is a Monday.
inline Date weekday(int i) { return *make_date(2024, 1, 1) + (i / 5 * 7 + i % 5); }

using Row = std::map<std::string, std::string>;  // heading -> cell
using Rows = std::vector<Row>;

// `count` bars from weekday(first) on; another `seed`, another series. `preclose` is the close before, 10.00 at first.
inline Rows series(std::uint32_t seed, int first, int count) {
  Rows rows;
  const auto cents = [](int price) { return fmt::format("{}.{:02}", price / 100, price % 100); };
  int price = 1000;
  std::uint32_t random = seed * 2654435761u + 12345u;
  for (int i = 0; i < count; ++i) {
    random = random * 1103515245u + 12345u;
    const int open = price;
    price = std::max(200, price + static_cast<int>(random >> 16) % 41 - 20 + (price < 600 ? 5 : 0));
    rows.push_back({{"date", to_string(weekday(first + i))},
                    {"open", cents(open)},
                    {"high", cents(std::max(open, price) + 3)},
                    {"low", cents(std::min(open, price) - 4)},
                    {"close", cents(price)},
                    {"volume", std::to_string(100000 + (random >> 16) % 50000)},
                    {"preclose", cents(open)}});
  }
  return rows;
}

// A record of not trading.
inline Row suspended(int day) { return {{"date", to_string(weekday(day))}, {"status", "suspended"}}; }

class Files {
 public:
  // The file has the headings that any of the rows has.
  void add(const std::string& code, const Rows& rows) {
    std::vector<std::string> headings{"date", "open", "high", "low", "close", "volume"};
    for (const auto& row : rows)
      for (const auto& [heading, cell] : row)
        if (std::find(headings.begin(), headings.end(), heading) == headings.end()) headings.push_back(heading);
    std::string text = fmt::format("{}\n", fmt::join(headings, ","));
    for (const auto& row : rows) {
      std::vector<std::string> cells;
      for (const auto& heading : headings) cells.push_back(row.contains(heading) ? row.at(heading) : "");
      text += fmt::format("{}\n", fmt::join(cells, ","));
    }
    folder_.write(code + ".csv", text);
  }
  // The same without `heading`.
  void add_without(const std::string& heading, const std::string& code, Rows rows) {
    for (auto& row : rows) row.erase(heading);
    add(code, rows);
  }
  void add_text(const std::string& name, const std::string& text) { folder_.write(name, text); }

  Input input() const { return {{folder_.path()}, "plain", {}}; }

 private:
  momentum::testing::ScratchFolder folder_;
};

inline Context context(int threads = 1) {
  static const FixedClock clock(*make_date(2026, 11, 20));
  Context ctx;
  ctx.threads = threads;
  ctx.clock = &clock;
  return ctx;
}

inline double number(const std::string& cell) { return std::stod(cell); }

// The record of one code, among those ranked and those not.
inline score::Record record_of(const score::Scan& scan, const std::string& code) {
  for (const auto* list : {&scan.results, &scan.unranked})
    for (const auto& record : *list)
      if (record.ts_code == code) return record;
  ADD_FAILURE() << "no record of " << code;
  return {};
}

inline score::Scan scanned(const ScanRequest& request, int threads = 1) {
  auto answer = scan(context(threads), request);
  if (!answer) {
    ADD_FAILURE() << answer.error().to_string();
    return {};
  }
  return *std::move(answer);
}
inline score::Scan scanned(const Files& files) {
  ScanRequest request;
  request.input = files.input();
  return scanned(request);
}

}  // namespace momentum::engine::testing
