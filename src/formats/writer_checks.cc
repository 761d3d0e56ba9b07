#include "writer_checks_internal.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace momentum::formats {

Result<void> check_metadata(const FileMetadata& metadata) {
  for (const auto& [key, value] : metadata) {
    if (key.starts_with(kReservedPrefix)) return fail(ErrorCode::bad_value, "a reserved metadata key", key);
  }
  return {};
}

Result<std::size_t> check_group(const std::vector<ColumnSpec>& specs, std::span<const ColumnValues> columns,
                                const std::string& path) {
  const auto wrong = [&](std::string what, std::size_t column) {
    return fail(ErrorCode::bad_value, std::move(what), fmt::format("{}, column {}", path, specs[column].name));
  };
  if (columns.size() != specs.size()) return fail(ErrorCode::bad_value, "a row group of other columns", path);
  const std::size_t rows = length_of(columns[0]);
  if (rows == 0 || rows > static_cast<std::size_t>(kMaxGroupRows))
    return fail(ErrorCode::bad_value, "a row group without rows or with too many", path);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].values.index() != static_cast<std::size_t>(specs[c].physical)) return wrong("another type", c);
    if (length_of(columns[c]) != rows) return wrong("columns of different lengths", c);
    const std::span<const std::uint8_t> validity = columns[c].validity;
    if (!validity.empty() && validity.size() != validity_bytes(static_cast<std::int64_t>(rows)))
      return wrong("validity of another length", c);
    if (specs[c].required && count_missing(validity, rows) != 0) return wrong("a missing value where none may be", c);
  }
  return rows;
}

std::size_t length_of(const ColumnValues& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

std::size_t count_missing(std::span<const std::uint8_t> validity, std::size_t rows) {
  if (validity.empty()) return 0;
  std::size_t missing = 0;
  for (std::size_t row = 0; row < rows; ++row) missing += !is_present(validity, row);
  return missing;
}

}  // namespace momentum::formats
