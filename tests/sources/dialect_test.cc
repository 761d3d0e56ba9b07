#include "momentum/sources/dialect.h"

#include <gtest/gtest.h>

#include <set>

#include "momentum/sources/header.h"

namespace momentum::sources {
namespace {

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
    for (Field field : {Field::date, Field::open, Field::high, Field::low, Field::close, Field::volume}) {
      EXPECT_TRUE(required.contains(field)) << dialect.name << ' ' << to_string(field);
    }
    for (std::string_view heading : dialect.ignored)
      EXPECT_TRUE(headings.insert(heading).second) << dialect.name << ' ' << heading;
    for (std::string_view heading : dialect.signature)
      EXPECT_TRUE(headings.contains(heading)) << dialect.name << ' ' << heading;
    EXPECT_FALSE(dialect.description.empty());
    EXPECT_TRUE(
        (std::set<std::string_view>{"raw", "front", "back", "split_only", "unknown"}).contains(dialect.price_basis));
  }
}

// A file with every column of a dialect is read as that dialect and no other.
TEST(Dialect, IsRecognisedByItsOwnHeader) {
  for (const Dialect& dialect : dialects()) {
    std::string header;
    for (const Column& column : dialect.columns) header += std::string(column.spellings.front()) + ",";
    for (std::string_view heading : dialect.ignored) header += std::string(heading) + ",";
    header.pop_back();
    const auto found = find_header(header + "\n", nullptr, "f.csv");
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
}

}  // namespace
}  // namespace momentum::sources
