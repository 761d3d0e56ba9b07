#include "data_file.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "momentum/formats/decimal_column.h"

namespace momentum::fuzz {
namespace {

using namespace formats;

// Groups of more rows than this are real, but slow.
constexpr std::int64_t kMostRows = 1 << 16;

bool is_damage(const Error& error) {
  return error.code == ErrorCode::unreadable_data || error.code == ErrorCode::out_of_memory;
}

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

// A column of a group under read(), as read_real() has to give it. No value: refused.
template <class T>
std::optional<std::vector<double>> read_raw(const DataFileReader& file, std::size_t group, std::size_t column) {
  const auto rows = static_cast<std::size_t>(file.groups()[group].rows);
  std::vector<T> values(rows);
  std::vector<std::uint8_t> validity(validity_bytes(static_cast<std::int64_t>(rows)));
  const bool whole = file.missing(group, column) == 0;
  const auto read =
      file.read(group, column, std::span(values), whole ? std::span<std::uint8_t>() : std::span(validity));
  if (!read) {
    MOMENTUM_CHECK(is_damage(read.error()));
    return {};
  }
  std::vector<double> reals(rows);
  if constexpr (std::is_same_v<T, double>) {
    reals = values;
  } else {
    from_decimal(std::span<const T>(values), file.specs()[column].scale, {}, reals);
  }
  std::int64_t missing = 0;
  for (std::size_t row = 0; row < rows && !whole; ++row) {
    if ((validity[row / 8] >> row % 8 & 1) != 0) continue;
    MOMENTUM_CHECK(values[row] == T{});
    reals[row] = std::numeric_limits<double>::quiet_NaN();
    ++missing;
  }
  MOMENTUM_CHECK(missing == file.missing(group, column));
  return reals;
}

// The four ways to read a column agree.
void read_column(const DataFileReader& file, std::size_t group, std::size_t column) {
  const Physical physical = file.specs()[column].physical;
  const auto raw = physical == Physical::int32   ? read_raw<std::int32_t>(file, group, column)
                   : physical == Physical::int64 ? read_raw<std::int64_t>(file, group, column)
                                                 : read_raw<double>(file, group, column);
  const std::int64_t rows = file.groups()[group].rows;
  std::vector<double> reals(static_cast<std::size_t>(rows));
  const auto read = file.read_real(group, column, reals);
  if (!read) MOMENTUM_CHECK(is_damage(read.error()));
  for (std::size_t row = 0; raw && read && row < raw->size(); ++row) MOMENTUM_CHECK(same((*raw)[row], reals[row]));
  const std::int64_t end = rows - rows / 3;
  std::int64_t next = 0;
  const auto streamed = file.stream_real(group, column, end, [&](std::int64_t row, std::span<const double> values) {
    MOMENTUM_CHECK(row == next);
    next += static_cast<std::int64_t>(values.size());
    MOMENTUM_CHECK(next <= end);
    for (std::size_t k = 0; read && k < values.size(); ++k)
      MOMENTUM_CHECK(same(values[k], reals[static_cast<std::size_t>(row) + k]));
  });
  MOMENTUM_CHECK(streamed ? next == end : is_damage(streamed.error()));
  if (physical != Physical::int32 || file.missing(group, column) != 0) return;
  const auto whole = file.stream_int32(group, column, rows, [](std::int64_t, std::span<const std::int32_t>) {});
  MOMENTUM_CHECK(whole || is_damage(whole.error()));
}

void read_all(const std::string& bytes, Open open) {
  const auto file = open(std::as_bytes(std::span(bytes)), "input");
  if (!file) {
    MOMENTUM_CHECK(is_damage(file.error()));
    return;
  }
  const DataFileReader& reader = **file;
  std::int64_t rows = 0;
  for (std::size_t group = 0; group < reader.groups().size(); ++group) {
    const RowGroupPlace& place = reader.groups()[group];
    MOMENTUM_CHECK(place.rows > 0 && place.rows <= kMaxGroupRows && place.offset >= 0 && place.bytes >= 0 &&
                   place.offset + place.bytes <= static_cast<std::int64_t>(bytes.size()));
    rows += place.rows;
    const std::array<std::size_t, 1> last = {reader.specs().size() - 1};
    static_cast<void>(reader.fetch(group, last));
    for (std::size_t column = 0; column < reader.specs().size(); ++column) {
      MOMENTUM_CHECK(reader.bytes(group, column) >= 0 && reader.missing(group, column) <= place.rows);
      if (place.rows <= kMostRows) read_column(reader, group, column);
    }
  }
  MOMENTUM_CHECK(rows == reader.rows());
  static_cast<void>(reader.hash());
}

}  // namespace

void run_data_file(std::string_view bytes, Open open, std::string (*reseal)(std::string bytes)) {
  const std::string whole(bytes);
  read_all(whole, open);
  read_all(reseal(whole), open);
}

}  // namespace momentum::fuzz
