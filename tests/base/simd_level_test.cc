#include "momentum/base/simd_level.h"

#include <gtest/gtest.h>

namespace momentum {
namespace {

TEST(SimdLevel, NamesReadBack) {
  const std::pair<SimdLevel, std::string_view> names[] = {{SimdLevel::scalar, "scalar"},
                                                          {SimdLevel::sse4, "sse4"},
                                                          {SimdLevel::avx2, "avx2"},
                                                          {SimdLevel::avx512, "avx512"},
                                                          {SimdLevel::best, "auto"}};
  for (const auto& [level, name] : names) {
    EXPECT_EQ(to_string(level), name);
    EXPECT_EQ(parse_simd_level(name), level);
  }
  EXPECT_LT(SimdLevel::scalar, SimdLevel::sse4);
  EXPECT_LT(SimdLevel::avx2, SimdLevel::avx512);
}

TEST(SimdLevel, OtherNamesAreErrorsThatListTheChoices) {
  for (const char* text : {"", "best", "AVX2", "avx", "avx2 ", "neon", "255"}) {
    const auto level = parse_simd_level(text);
    ASSERT_FALSE(level.has_value()) << text;
    EXPECT_EQ(level.error().code, ErrorCode::bad_value);
    EXPECT_EQ(level.error().where, text);
    for (const char* choice : {"scalar", "sse4", "avx2", "avx512", "auto"}) {
      EXPECT_NE(level.error().remedy.find(choice), std::string::npos) << choice;
    }
  }
}

}  // namespace
}  // namespace momentum
