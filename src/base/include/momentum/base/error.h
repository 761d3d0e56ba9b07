#pragma once
// Errors are values. Every function that can fail for a reason outside the program returns Result<T>; exceptions do not
// cross a layer. Broken invariants of our own are MOMENTUM_CHECKs and end the program (exit 1).

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace momentum {

// What kind of failure, and at the same time the exit status of the command line and the key of the Python exception.
enum class Category : int {
  internal = 1,  // our bug
  usage = 2,  // unknown option, bad value, ambiguous code
  not_found = 3,  // file, code, industry, session, store, snapshot
  bad_data = 4,  // nothing readable, unknown dialect, corrupt file
  storage = 5,  // disk full, no permission, locked, damaged store
  source = 6,  // vendor or network
  limit = 7,  // memory, time, formula size
  interrupted = 130,  // Ctrl-C or a cancelled call
};

// One number per distinguishable failure; number / 1000 is the category, so the two cannot disagree. Numbers are a
// contract: they are never reused. Add at the end of a block.
enum class ErrorCode : int {
  internal = 1000,
  bad_option = 2000,
  bad_value = 2001,
  ambiguous_code = 2002,
  bad_code = 2003,
  unsupported_simd = 2005,
  store_exists = 2006,
  file_not_found = 3000,
  code_not_found = 3001,
  session_not_found = 3002,
  industry_not_found = 3003,
  name_not_found = 3004,
  store_not_found = 3005,
  snapshot_not_found = 3006,
  empty_input = 4000,
  unknown_dialect = 4001,
  unreadable_data = 4002,
  bad_encoding = 4003,
  wrong_columns = 4004,
  bad_state = 4005,
  quarantined_rows = 4006,
  bad_expression = 4007,
  io_failed = 5000,
  no_permission = 5001,
  disk_full = 5002,
  damaged_store = 5003,
  locked = 5004,
  store_version = 5005,  // written by another version of the program
  store_changed = 5006,  // by another writer, meanwhile
  source_failed = 6000,
  out_of_memory = 7000,
  too_large = 7001,
  interrupted = 130000,
};

constexpr Category category_of(ErrorCode code) noexcept { return static_cast<Category>(static_cast<int>(code) / 1000); }

// A failure in the user's words. All four texts are plain; to_string() joins what is not empty as
// `<what>: <where>; <remedy>`, the line the command line prints after `momentum: error: `.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string what;  // what happened: "no such file"
  std::string where;  // file, row, column, option: "bars.csv, line 7, column close"
  std::string remedy;  // what to do: "check the path"

  Category category() const noexcept { return category_of(code); }
  int number() const noexcept { return static_cast<int>(code); }
  int exit_status() const noexcept { return static_cast<int>(category()); }
  std::string to_string() const;
};

template <class T>
using Result = std::expected<T, Error>;

// return fail(ErrorCode::file_not_found, "no such file", path, "check the path");
std::unexpected<Error> fail(ErrorCode code, std::string what, std::string where = {}, std::string remedy = {});

// Prints the condition and its place as the line to paste into a report, and ends the process with exit status 1
// without running destructors: after a broken invariant no state can be trusted, least of all one about to be written
// out.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace momentum

// An invariant of ours. Never used on anything a user or a file supplied.
#define MOMENTUM_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::momentum::check_failed(#condition, __FILE__, __LINE__))

// Early return of an error: MOMENTUM_TRY(auto table, read(path)); Two statements: needs its own braces under an `if`.
#define MOMENTUM_CONCAT_(a, b) a##b
#define MOMENTUM_CONCAT(a, b) MOMENTUM_CONCAT_(a, b)
#define MOMENTUM_TRY(declaration, ...) \
  MOMENTUM_TRY_(MOMENTUM_CONCAT(try_result_, __COUNTER__), declaration, (__VA_ARGS__))
#define MOMENTUM_TRY_(name, declaration, expression)          \
  auto name = expression;                                     \
  if (!name) return std::unexpected(std::move(name).error()); \
  declaration = *std::move(name)
// The same where there is no value to keep: MOMENTUM_TRY_VOID(write(path));
#define MOMENTUM_TRY_VOID(...) MOMENTUM_TRY_VOID_(MOMENTUM_CONCAT(try_result_, __COUNTER__), (__VA_ARGS__))
#define MOMENTUM_TRY_VOID_(name, expression)                                            \
  do {                                                                                  \
    if (auto name = expression; !name) return std::unexpected(std::move(name).error()); \
  } while (false)
