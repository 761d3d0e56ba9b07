// The engine's classic profile over real A-shares against the second reference: histories with ex-dates, suspensions
// and days without volume, from the first bar on.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/panel/adjustment.h"
#include "profile_compare.h"
#include "profile_run.h"

namespace momentum::score {
namespace {

const std::filesystem::path kFolder = MOMENTUM_SOURCE_DIR "/../shared/data/a_share/sample_csv";

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t start = 0;
  for (std::size_t at = 0; (at = line.find(',', start)) != std::string::npos; start = at + 1) {
    fields.push_back(line.substr(start, at - start));
  }
  fields.push_back(line.substr(start));
  while (!fields.back().empty() && fields.back().back() == '\r') fields.back().pop_back();
  return fields;
}

// One file: a banner, a header, one line per day. Nothing is read where the header lacks a column.
run::Instrument read_stock(const std::string& code) {
  run::Instrument stock;
  std::ifstream file(kFolder / (code + ".csv"));
  std::string line;
  std::getline(file, line);
  std::getline(file, line);
  const std::vector<std::string> header = split(line);
  const auto at = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  const std::size_t date = at("交易日期"), open = at("开盘价"), high = at("最高价"), low = at("最低价"),
                    close = at("收盘价"), preclose = at("前收盘价"), volume = at("成交量");
  if (std::max({date, open, high, low, close, preclose, volume}) >= header.size()) return stock;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = split(line);
    if (fields.size() != header.size()) continue;
    const auto number = [&](std::size_t field) {
      return fields[field].empty() ? std::nan("") : std::strtod(fields[field].c_str(), nullptr);
    };
    stock.dates.push_back(parse_date(fields[date]).value_or(Date{}).days);
    stock.bars.open.push_back(number(open));
    stock.bars.high.push_back(number(high));
    stock.bars.low.push_back(number(low));
    stock.bars.close.push_back(number(close));
    stock.bars.preclose.push_back(number(preclose));
    stock.bars.volume.push_back(number(volume));
  }
  return stock;
}

oracle::Bars adjusted(const run::Instrument& stock) {
  oracle::Bars bars = stock.bars;
  for (auto* prices : {&bars.open, &bars.high, &bars.low, &bars.close}) {
    for (std::size_t t = 0; t < bars.size(); ++t) (*prices)[t] *= stock.factor[t];
  }
  bars.preclose.clear();
  return bars;
}

TEST(ClassicReal, EveryBarOfTheHistory) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no real bars at " << kFolder;
  const std::vector<std::string> codes{"sh600000", "sz000001", "sh600519", "sz000504", "sz300750"};
  std::vector<run::Instrument> stocks;
  std::vector<std::span<const std::int32_t>> dates;
  for (const std::string& code : codes) {
    stocks.push_back(read_stock(code));
    ASSERT_GE(stocks.back().bars.size(), 500u) << code;
    ASSERT_TRUE(std::is_sorted(stocks.back().dates.begin(), stocks.back().dates.end())) << code;
  }
  for (const run::Instrument& stock : stocks) dates.emplace_back(stock.dates);
  const std::vector<std::int32_t> sessions = panel::infer_sessions(dates);

  std::size_t links = 0, refused = 0, suspended = 0, quiet = 0;
  for (run::Instrument& stock : stocks) {
    const panel::Factors factors = panel::derive_factors({.dates = stock.dates,
                                                          .close = stock.bars.close,
                                                          .preclose = stock.bars.preclose,
                                                          .sessions = sessions,
                                                          .suspended = {},
                                                          .quarantined = {},
                                                          .gaps_are_suspensions = true,
                                                          .factors_from = *make_date(2002, 1, 1)});
    stock.factor = factors.factor;
    links += factors.links.size();
    refused += factors.unverified.size();
    for (std::size_t t = 1; t < stock.dates.size(); ++t) suspended += stock.dates[t] - stock.dates[t - 1] > 30;
    quiet += static_cast<std::size_t>(std::count(stock.bars.volume.begin(), stock.bars.volume.end(), 0.0));
  }
  fmt::print("ex-dates {}, jumps before 2002 {}, suspensions beyond a month {}, bars without volume {}\n", links,
             refused, suspended, quiet);
  // that the five have what they were chosen for
  EXPECT_GT(links, 20u);
  EXPECT_GT(refused, 0u);
  EXPECT_GT(suspended, 0u);
  EXPECT_GT(quiet, 0u);

  const auto lines = run::evaluate(stocks, {.factors = true});
  ASSERT_TRUE(lines.has_value()) << lines.error().to_string();
  compare::Counts counts;
  for (std::size_t i = 0; i < stocks.size(); ++i) {
    SCOPED_TRACE(codes[i]);
    compare::expect_same((*lines)[i], oracle::evaluate(adjusted(stocks[i])), 0, counts);
  }
  counts.print();
  EXPECT_GT(counts.scored, 10'000u);
}

}  // namespace
}  // namespace momentum::score
