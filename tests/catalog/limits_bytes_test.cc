#include "momentum/catalog/limits_bytes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "momentum/base/date.h"
#include "momentum/catalog/packed.h"

namespace momentum::catalog {
namespace {

constexpr Decimal yuan(double n) { return {static_cast<std::int64_t>(n * 10000) * (Decimal::kOne / 10000)}; }

std::vector<DayLimits> sample() {
  const Date day = *make_date(2023, 11, 29);
  return {{day, {{0, yuan(11.01), yuan(9.01)}, {1, {}, {}}, {5000, yuan(1234.5678), {}}}},
          {day + 1, {}},
          {day + 100, {{3, yuan(2.5), yuan(2.25)}}}};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// With the checksum that belongs to what was changed.
std::vector<std::byte> resealed(std::string text) {
  text.resize(text.size() - 8);
  const std::uint64_t hash = hash_of(text);
  for (int i = 0; i < 8; ++i) text.push_back(static_cast<char>(hash >> (8 * i)));
  return bytes_of(text);
}

// The layout is a promise: docs/formats.md.
TEST(LimitsBytes, Version1IsReadAndWritten) {
  std::ifstream file(MOMENTUM_SOURCE_DIR "/tests/catalog/limits_v1.bin", std::ios::binary);
  const std::string blob{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text_of(pack_day_limits(sample())), blob);
  EXPECT_EQ(unpack_day_limits(bytes_of(blob), "here").value(), sample());
}

TEST(LimitsBytes, OfNoDay) { EXPECT_TRUE(unpack_day_limits(pack_day_limits({}), "here").value().empty()); }

TEST(LimitsBytes, EveryOtherByteIsDamage) {
  const std::string text = text_of(pack_day_limits(sample()));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = static_cast<char>(wrong[i] ^ 0x11);
    const auto read = unpack_day_limits(bytes_of(wrong), "here");
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().code, ErrorCode::damaged_store) << i;
    EXPECT_EQ(read.error().where, "here") << i;
    EXPECT_FALSE(unpack_day_limits(bytes_of(text.substr(0, i)), "here")) << i;
  }
}

TEST(LimitsBytes, WhatNoStoreHoldsIsRefused) {
  std::vector<DayLimits> twice = sample();
  twice[1].day = twice[0].day;
  EXPECT_EQ(unpack_day_limits(pack_day_limits(twice), "here").error().code, ErrorCode::damaged_store);
  std::vector<DayLimits> same = sample();
  same[0].limits[1].instrument = 0;
  EXPECT_EQ(unpack_day_limits(pack_day_limits(same), "here").error().code, ErrorCode::damaged_store);
  std::string newer = text_of(pack_day_limits(sample()));
  newer[0] = kLimitsBytesVersion + 1;
  EXPECT_EQ(unpack_day_limits(resealed(newer), "here").error().code, ErrorCode::store_version);
  std::string other = text_of(pack_day_limits(sample()));
  other[2] = 'M';
  EXPECT_EQ(unpack_day_limits(resealed(other), "here").error().code, ErrorCode::damaged_store);
}

}  // namespace
}  // namespace momentum::catalog
