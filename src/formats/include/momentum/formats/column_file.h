#pragma once
// Immutable Parquet files of number columns, cut into row groups. Every byte is under a checksum: a file that reads, reads
// what was written. The bytes are described in docs/formats.md; any Parquet reader reads them.
//
// Errors of both classes name the file. Nothing throws. Numbers are raw: what a scale or a date means is the caller's
// affair (decimal_column.h), except in read_real().

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/column_spec.h"

namespace momentum::formats {

// Rows of one group at most, so that a forged footer cannot make a reader allocate without end.
inline constexpr std::int64_t kMaxGroupRows = std::int64_t{1} << 24;

// Key and value, kept in their order; keys that begin with `momentum.` are the file's own.
using FileMetadata = std::vector<std::pair<std::string, std::string>>;

struct RowGroupPlace {
  std::int64_t rows = 0;
  std::int64_t offset = 0;  // of its first byte in the file
  std::int64_t bytes = 0;  // its columns stand in order and without a gap
};

// One column of one row group to be written. An empty `validity`: none missing. What stands in `values` at a missing row is
// not kept.
struct ColumnValues {
  std::variant<std::span<const std::int32_t>, std::span<const std::int64_t>, std::span<const double>> values;
  std::span<const std::uint8_t> validity = {};
};

// Not thread-safe. A writer that is destroyed without a successful close() removes its file.
class ColumnFileWriter {
 public:
  struct Summary {
    std::vector<RowGroupPlace> groups;
    std::int64_t bytes = 0;
    std::uint64_t hash = 0;  // XXH3-64 of the whole file
  };

  // The file must not exist. Errors: bad_value (specs that contradict themselves: no column, names, delta on doubles, a
  // scale or date on the wrong type, a level out of range, reserved metadata keys), no_permission, disk_full, io_failed
  // (also: it exists).
  static Result<std::unique_ptr<ColumnFileWriter>> create(const std::string& path, std::vector<ColumnSpec> specs,
                                                          const FileMetadata& metadata = {});
  ~ColumnFileWriter();
  ColumnFileWriter(const ColumnFileWriter&) = delete;
  ColumnFileWriter& operator=(const ColumnFileWriter&) = delete;

  // One span per spec, of its type, all of one length: 1 to kMaxGroupRows. Nothing of it is kept after the call.
  // Errors: bad_value (other types or lengths, a validity of another length, missing values in a required column; nothing
  // is written then, the writer goes on), disk_full, io_failed (after these the writer is of no more use).
  Result<void> write_row_group(std::span<const ColumnValues> columns);

  // Writes the footer and syncs the file, not its folder. Errors: disk_full, io_failed.
  Result<Summary> close();

 private:
  struct State;
  explicit ColumnFileWriter(std::unique_ptr<State> state);
  friend struct ColumnFileWriterAccess;  // a file of the tests' own making; so below
  std::unique_ptr<State> state_;
};

// An open file, mapped. All const members are thread-safe. The file must not shrink while it is open: stored files never
// change. Closed on destruction.
class ColumnFileReader {
 public:
  // Reads and checks the footer only: its cost does not depend on the rows. `expected_bytes`: what the catalog says of the
  // file's size. Errors: file_not_found, no_permission, io_failed, unreadable_data (another size, no file of ours, a newer
  // format, damage of any kind), out_of_memory.
  static Result<std::unique_ptr<ColumnFileReader>> open(const std::string& path,
                                                        std::optional<std::int64_t> expected_bytes = {});
  ~ColumnFileReader();
  ColumnFileReader(const ColumnFileReader&) = delete;
  ColumnFileReader& operator=(const ColumnFileReader&) = delete;

  const std::vector<ColumnSpec>& specs() const;
  std::optional<std::size_t> find(std::string_view name) const;  // of a column, in specs()
  const FileMetadata& metadata() const;
  std::span<const RowGroupPlace> groups() const;
  std::int64_t rows() const;

  // Exact, from the checked footer: without reading the column.
  std::int64_t missing(std::size_t group, std::size_t column) const;
  // How much of the file one column of one group takes.
  std::int64_t bytes(std::size_t group, std::size_t column) const;

  // Decodes one column of one group. `into` has exactly the group's rows and the column's type. Where missing() is 0
  // `validity` is left alone and may be empty; else it has validity_bytes(rows) bytes, is written whole (unused bits 0),
  // and missing rows of `into` are 0. Checks the checksum of the column's bytes first.
  // Errors: unreadable_data (damaged bytes), out_of_memory; `into` is then undefined. No buffer of the column's size is
  // allocated. Group, column and sizes are the caller's promise (checked).
  Result<void> read(std::size_t group, std::size_t column, std::span<std::int32_t> into,
                    std::span<std::uint8_t> validity = {}) const;
  Result<void> read(std::size_t group, std::size_t column, std::span<std::int64_t> into,
                    std::span<std::uint8_t> validity = {}) const;
  Result<void> read(std::size_t group, std::size_t column, std::span<double> into,
                    std::span<std::uint8_t> validity = {}) const;

  // The same of any column as numbers: i / 10^scale correctly rounded, dates as days, missing as NaN. Integers without a
  // scale beyond 2^53 round to the nearest double.
  Result<void> read_real(std::size_t group, std::size_t column, std::span<double> into) const;

  // The rows of a group up to `end` without it, for those who want them in many places: take(row, values) gets them in order,
  // a few thousand at a time, in memory that stays in the first cache and is the reader's. Rows from `end` on are not
  // decoded (the checksum covers them all the same). Numbers as read_real() gives them; stream_int32() is for int32 columns
  // without missing values (checked). Errors as above; what was taken before one is then not to be used.
  template <class T>
  using Take = std::function<void(std::int64_t row, std::span<const T> values)>;
  Result<void> stream_real(std::size_t group, std::size_t column, std::int64_t end, const Take<double>& take) const;
  Result<void> stream_int32(std::size_t group, std::size_t column, std::int64_t end,
                            const Take<std::int32_t>& take) const;

  // Reads the whole file: the XXH3-64 that its writer returned, if not a bit has changed.
  std::uint64_t hash() const;

 private:
  struct State;
  explicit ColumnFileReader(std::unique_ptr<State> state);
  friend struct ColumnFileReaderAccess;
  std::unique_ptr<State> state_;
};

}  // namespace momentum::formats
