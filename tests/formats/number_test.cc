#include "momentum/formats/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

namespace momentum::formats {
namespace {

double value(std::string_view text, int shift = 0) {
  const Number number = parse_number(text, shift);
  EXPECT_EQ(number.kind, NumberKind::value) << text;
  return number.value;
}

TEST(Number, ReadsWhatStrtodReads) {
  for (const char* text : {"0",
                           "10.05",
                           "-3.5",
                           "+7",
                           ".5",
                           "5.",
                           "1e3",
                           "1.5E-7",
                           "174085100.0",
                           "4360390940.849999",
                           "0.1",
                           "2.675",
                           "9007199254740993",
                           "123456789012345678901234567890",
                           "1e22",
                           "1e23",
                           "8.5e-23",
                           "2.2250738585072011e-308",
                           "4.9e-324",
                           "1.7976931348623157e308",
                           "00012.50",
                           "8.76185403522e+11"}) {
    EXPECT_EQ(value(text), std::strtod(text, nullptr)) << text;
  }
}

TEST(Number, ReadsRandomDecimalsAsStrtodDoes) {
  std::mt19937_64 random(20240102);
  for (int i = 0; i < 200000; ++i) {
    std::string text = std::to_string(random() >> (random() % 60));
    text.insert(text.size() - random() % text.size(), ".");
    if (i % 3 == 0) text += "e" + std::to_string(static_cast<int>(random() % 60) - 30);
    ASSERT_EQ(value(text), std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(Number, ShiftsTheDecimalPointBeforeRounding) {
  EXPECT_EQ(value("39354.45", 2), 3935445.0);
  EXPECT_EQ(value("6033540.366", 3), 6033540366.0);
  EXPECT_EQ(value("0.29", 2), 29.0);
  EXPECT_NE(0.29 * 100, 29.0);  // what multiplying after rounding would have said
  EXPECT_EQ(value("12.5", -2), 0.125);
  EXPECT_EQ(value("1.5e1", 2), 1500.0);
  EXPECT_EQ(value("12345678901234567.25", 2), std::strtod("1234567890123456725", nullptr));
}

TEST(Number, HasNoNegativeZero) {
  for (const char* text : {"-0", "-0.00", "-0e400", "-1e-400"}) EXPECT_FALSE(std::signbit(value(text))) << text;
}

TEST(Number, KnowsTheWordsForMissing) {
  for (const char* text : {"", "NaN", "nan", "NAN", "None", "null", "NULL", "--"}) {
    const Number number = parse_number(text);
    EXPECT_EQ(number.kind, NumberKind::missing) << text;
    EXPECT_TRUE(std::isnan(number.value)) << text;
  }
}

TEST(Number, TellsInfiniteFromUnreadable) {
  for (const char* text : {"inf", "-inf", "Infinity", "+INF", "1e400", "-1e400", "1e99999999999"}) {
    EXPECT_EQ(parse_number(text).kind, NumberKind::infinite) << text;
  }
  EXPECT_EQ(parse_number(std::string(400, '9')).kind, NumberKind::infinite);
  EXPECT_EQ(parse_number("0." + std::string(400, '0') + "1").kind, NumberKind::value);
  EXPECT_EQ(value("1" + std::string(400, '0') + "e-400"), 1.0);
  EXPECT_EQ(value("1" + std::string(400, '0') + "e-5000"), 0.0);
}

TEST(Number, RefusesTheRest) {
  for (const char* text : {"-", "+", ".", "1,234.5", "12%", "0x10", "abc", "1e", "1e+", "1.2.3", "12 3", " 1", "1 ",
                           "--1", "nano", "10.5元", "1e5x"}) {
    EXPECT_EQ(parse_number(text).kind, NumberKind::bad) << text;
  }
}

}  // namespace
}  // namespace momentum::formats
