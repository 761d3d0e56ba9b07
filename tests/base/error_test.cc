#include "momentum/base/error.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace momentum {
namespace {

// The numbers are a contract with scripts and the Python exceptions: written out a second time on purpose.
TEST(ErrorCode, NumbersAndExitStatuses) {
  struct Row {
    ErrorCode code;
    int number;
    int exit_status;
  };
  const Row rows[] = {
      {ErrorCode::internal, 1000, 1},
      {ErrorCode::bad_option, 2000, 2},
      {ErrorCode::bad_value, 2001, 2},
      {ErrorCode::ambiguous_code, 2002, 2},
      {ErrorCode::bad_code, 2003, 2},
      {ErrorCode::unsupported_simd, 2005, 2},
      {ErrorCode::file_not_found, 3000, 3},
      {ErrorCode::code_not_found, 3001, 3},
      {ErrorCode::session_not_found, 3002, 3},
      {ErrorCode::industry_not_found, 3003, 3},
      {ErrorCode::name_not_found, 3004, 3},
      {ErrorCode::empty_input, 4000, 4},
      {ErrorCode::unknown_dialect, 4001, 4},
      {ErrorCode::unreadable_data, 4002, 4},
      {ErrorCode::bad_encoding, 4003, 4},
      {ErrorCode::wrong_columns, 4004, 4},
      {ErrorCode::bad_state, 4005, 4},
      {ErrorCode::quarantined_rows, 4006, 4},
      {ErrorCode::bad_expression, 4007, 4},
      {ErrorCode::io_failed, 5000, 5},
      {ErrorCode::no_permission, 5001, 5},
      {ErrorCode::disk_full, 5002, 5},
      {ErrorCode::store_exists, 2006, 2},
      {ErrorCode::store_not_found, 3005, 3},
      {ErrorCode::snapshot_not_found, 3006, 3},
      {ErrorCode::damaged_store, 5003, 5},
      {ErrorCode::locked, 5004, 5},
      {ErrorCode::store_version, 5005, 5},
      {ErrorCode::store_changed, 5006, 5},
      {ErrorCode::source_failed, 6000, 6},
      {ErrorCode::out_of_memory, 7000, 7},
      {ErrorCode::too_large, 7001, 7},
      {ErrorCode::interrupted, 130000, 130},
  };
  std::set<int> seen;
  for (const Row& row : rows) {
    const Error error{row.code, "", "", ""};
    EXPECT_EQ(error.number(), row.number);
    EXPECT_EQ(error.exit_status(), row.exit_status) << row.number;
    EXPECT_TRUE(seen.insert(error.number()).second) << row.number;
  }
}

TEST(Error, JoinsWhatIsNotEmpty) {
  const ErrorCode code = ErrorCode::file_not_found;
  EXPECT_EQ((Error{code, "no such file", "bars.csv", "check the path"}).to_string(),
            "no such file: bars.csv; check the path");
  EXPECT_EQ((Error{code, "no such file", "bars.csv", ""}).to_string(), "no such file: bars.csv");
  EXPECT_EQ((Error{code, "no such file", "", "check the path"}).to_string(), "no such file; check the path");
  EXPECT_EQ((Error{code, "no such file", "", ""}).to_string(), "no such file");
  EXPECT_EQ((Error{code, "", "bars.csv", "check the path"}).to_string(), "bars.csv; check the path");
  EXPECT_EQ((Error{code, "", "", "check the path"}).to_string(), "check the path");
  EXPECT_EQ(Error{}.to_string(), "");
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(ErrorCode::bad_value, "odd", std::to_string(n), "give an even number");
  return n / 2;
}
Result<int> quarter(int n) {
  MOMENTUM_TRY(const int once, half(n));
  MOMENTUM_TRY(const int twice, half(once));
  return twice;
}
Result<void> check_quarter(int n) {
  if (n > 100)
    MOMENTUM_TRY_VOID(half(n));
  else
    MOMENTUM_TRY_VOID(quarter(n));
  MOMENTUM_TRY_VOID(half(n / 2));
  return {};
}
template <class A, class B>
Result<std::unique_ptr<B>> convert(A value) {
  return std::make_unique<B>(static_cast<B>(value));
}
Result<long> moved(int n) {
  MOMENTUM_TRY(const std::unique_ptr<long> value, convert<int, long>(n));  // a comma, and a type that only moves
  return *value;
}

TEST(Try, ReturnsTheFirstErrorWhole) {
  EXPECT_EQ(quarter(12), 3);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::bad_value);
  EXPECT_EQ(failed.error().to_string(), "odd: 3; give an even number");
  EXPECT_EQ(moved(7), 7L);
}

TEST(Try, VoidFormBindsToItsOwnBranch) {
  EXPECT_TRUE(check_quarter(12).has_value());
  EXPECT_EQ(check_quarter(6).error().where, "3");
  EXPECT_EQ(check_quarter(102).error().where, "51");  // half(102) succeeds, the last check does not
  EXPECT_EQ(check_quarter(101).error().where, "101");
}

TEST(CheckDeathTest, EndsTheProcessWithStatusOne) {
  MOMENTUM_CHECK(1 + 1 == 2);
  EXPECT_EXIT(MOMENTUM_CHECK(1 + 1 == 3), testing::ExitedWithCode(1),
              "momentum: internal error: check failed: 1 \\+ 1 == 3: error_test.cc:[0-9]+; please report");
}

}  // namespace
}  // namespace momentum
