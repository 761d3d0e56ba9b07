#include "momentum/sources/dialect.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "momentum/sources/header.h"

namespace momentum::sources {
namespace {

const std::set<std::string_view> kBases = {"raw", "front", "back", "split_only", "unknown"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

TEST(Dialect, IsFoundByName) {
  for (const Dialect& dialect : dialects()) EXPECT_EQ(find_dialect(dialect.name), &dialect);
  EXPECT_EQ(find_dialect("nobody"), nullptr);
  EXPECT_EQ(find_dialect(""), nullptr);
}

TEST(Dialect, TableIsSound) {
  for (const Dialect& dialect : dialects()) {
    std::set<std::string_view> headings;
    std::set<Field> fields, required;
    for (const Column& column : dialect.columns) {
      EXPECT_TRUE(fields.insert(column.field).second) << dialect.name << ' ' << to_string(column.field);
      if (column.required) required.insert(column.field);
      for (std::string_view heading : column.spellings) {
        EXPECT_TRUE(headings.insert(heading).second) << dialect.name << ' ' << heading;
        for (char c : heading) EXPECT_FALSE(c >= 'A' && c <= 'Z') << heading;
      }
    }
    if (dialect.minutes) required.insert(Field::date);  // or datetime
    for (Field field : {Field::date, Field::open, Field::high, Field::low, Field::close, Field::volume}) {
      EXPECT_TRUE(required.contains(field)) << dialect.name << ' ' << to_string(field);
    }
    for (std::string_view heading : dialect.ignored)
      EXPECT_TRUE(headings.insert(heading).second) << dialect.name << ' ' << heading;
    for (std::string_view heading : dialect.order)
      EXPECT_TRUE(headings.contains(heading)) << dialect.name << ' ' << heading;
    for (std::string_view heading : dialect.signature)
      EXPECT_TRUE(headings.contains(lower(heading))) << dialect.name << ' ' << heading;
    EXPECT_EQ(dialect.statuses.empty(), !fields.contains(Field::status)) << dialect.name;
    EXPECT_EQ(dialect.bases.empty(), !fields.contains(Field::basis)) << dialect.name;
    for (const BasisWord& word : dialect.bases) EXPECT_TRUE(kBases.contains(word.price_basis)) << word.word;
    EXPECT_FALSE(dialect.description.empty());
    EXPECT_TRUE(kBases.contains(dialect.price_basis));
  }
}

// A file with every column of a dialect is read as that dialect and no other; but for one vendor's, which do not say their basis.
TEST(Dialect, IsRecognisedByItsOwnHeader) {
  for (const Dialect& dialect : dialects()) {
    std::string header = header_of(dialect);
    for (std::string_view heading : dialect.ignored) header += "," + std::string(heading);
    if (dialect.minutes) header.erase(header.find(",[datetime]"), 11);  // in place of date and time
    std::erase_if(header, [](char c) { return c == '[' || c == ']'; });
    const auto found = find_header(header + "\n", nullptr, "f.csv");
    if (dialect.name.starts_with("eastmoney_")) {
      ASSERT_FALSE(found);
      EXPECT_EQ(found.error().what,
                "the columns fit several dialects (eastmoney_raw, eastmoney_front, eastmoney_back)");
      continue;
    }
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_EQ((*found)->dialect->name, dialect.name);
  }
}

TEST(Dialect, StatesItsRules) {
  const Dialect& plain = *find_dialect("plain");
  EXPECT_FALSE(plain.gaps_are_suspensions);
  EXPECT_FALSE(plain.factors_from.has_value());
  EXPECT_EQ(plain.price_basis, "raw");
  const Dialect& a_share = *find_dialect("a_share");
  EXPECT_TRUE(a_share.gaps_are_suspensions);
  EXPECT_EQ(to_string(a_share.factors_from), "2002-01-01");
  EXPECT_EQ(a_share.volume_shift, 0);
  const Dialect& tushare = *find_dialect("tushare_daily");
  EXPECT_TRUE(tushare.gaps_are_suspensions);
  EXPECT_EQ(tushare.volume_shift, 2);
  EXPECT_EQ(tushare.amount_shift, 3);
  EXPECT_EQ(find_dialect("baostock")->turnover_shift, -2);
  EXPECT_FALSE(find_dialect("baostock")->gaps_are_suspensions);  // its suspended days have rows
  EXPECT_FALSE(find_dialect("netease")->gaps_are_suspensions);
  EXPECT_EQ(find_dialect("sp500")->market, Market::US);
  EXPECT_TRUE(find_dialect("plain_minutes")->minutes);
  EXPECT_FALSE(plain.minutes);
}

TEST(Dialect, IsListedWithItsUnitsAndBasis) {
  EXPECT_EQ(header_of(*find_dialect("sp500")), "date,open,high,low,close,volume,Name");
  EXPECT_EQ(header_of(*find_dialect("plain")).substr(0, 16), "[code],date,open");
  EXPECT_EQ(units_of(*find_dialect("plain")), "shares, yuan, turnover as a fraction");
  EXPECT_EQ(units_of(*find_dialect("tushare_daily")), "lots of 100, thousand yuan");
  EXPECT_EQ(units_of(*find_dialect("baostock")), "shares, yuan, turnover in percent");
  EXPECT_EQ(units_of(*find_dialect("sp500")), "shares, dollars");
  EXPECT_EQ(units_of(*find_dialect("hikyuu")), "prices in thousandths of yuan, lots of 100, thousand yuan");
  EXPECT_EQ(header_of(*find_dialect("hikyuu")).substr(0, 18), "datetime,openPrice");
  EXPECT_EQ(basis_of(*find_dialect("sp500")), "split_only");
  EXPECT_EQ(basis_of(*find_dialect("baostock")), "adjustflag: 3 raw, 2 front, 1 back; without it unknown");
  EXPECT_EQ(suspensions_of(*find_dialect("plain")), "status suspended, prices of 0");
  EXPECT_EQ(suspensions_of(*find_dialect("a_share")), "prices of 0, a session without a row");
  EXPECT_EQ(suspensions_of(*find_dialect("baostock")), "tradestatus 0, prices of 0");
}

// The table of docs/cli.md says what the program does.
TEST(Dialect, IsDocumented) {
  std::ifstream file(MOMENTUM_SOURCE_DIR "/docs/cli.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const Dialect& dialect : dialects()) {
    const std::string row = "| `" + std::string(dialect.name) + "` | " + std::string(dialect.description) + " | `" +
                            header_of(dialect) + "` | " + units_of(dialect) + " | " + basis_of(dialect) + " | " +
                            suspensions_of(dialect) + " |\n";
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace momentum::sources
