#pragma once
// A data file: number columns in row groups, written once and never changed. Parquet, HDF5 and CSV are three forms of the same
// thing: what one of them stores, each of them stores, exactly. Every byte is under a checksum: a file that reads, reads what
// was written. The bytes of each form are described in docs/formats.md.
//
// Errors name the file. Nothing throws. Numbers are raw: what a scale or a date means is the caller's affair
// (decimal_column.h), except in read_real() and stream_real().

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
#include "momentum/formats/byte_source.h"
#include "momentum/formats/column_spec.h"

namespace momentum::formats {

enum class FileForm : std::uint8_t { parquet, hdf5, csv };

// The form is in the name: .parquet, .h5, .csv
std::string_view suffix_of(FileForm form) noexcept;
std::optional<FileForm> form_of(std::string_view path) noexcept;  // none: another suffix
// By the word that options and catalogs have for it: parquet, hdf, csv.
std::optional<FileForm> form_named(std::string_view word) noexcept;

// Rows of one group at most, so that a forged file cannot make a reader allocate without end.
inline constexpr std::int64_t kMaxGroupRows = std::int64_t{1} << 24;

// Key and value, kept in their order; keys that begin with `momentum.` are the file's own.
using FileMetadata = std::vector<std::pair<std::string, std::string>>;

struct RowGroupPlace {
  std::int64_t rows = 0;
  std::int64_t offset = 0;  // of its first byte in the file
  std::int64_t bytes = 0;  // to the end of its last one; neighbours overlap where a form packs them together (HDF5)
};

// One column of one row group to be written. An empty `validity`: none missing. What stands in `values` at a missing row is
// not kept.
struct ColumnValues {
  std::variant<std::span<const std::int32_t>, std::span<const std::int64_t>, std::span<const double>> values;
  std::span<const std::uint8_t> validity = {};
};

// Not thread-safe. A writer that is destroyed without a successful close() removes its file.
class DataFileWriter {
 public:
  struct Summary {
    std::vector<RowGroupPlace> groups;
    std::int64_t bytes = 0;
    std::uint64_t hash = 0;  // XXH3-64 of the whole file
  };

  virtual ~DataFileWriter() = default;

  // One span per spec, of its type, all of one length: 1 to kMaxGroupRows. Nothing of it is kept after the call.
  // Errors: bad_value (other types or lengths, a validity of another length, missing values in a required column, a value
  // that this form cannot hold; nothing is written then, the writer goes on), disk_full, io_failed, out_of_memory (after
  // these the writer is of no more use).
  virtual Result<void> write_row_group(std::span<const ColumnValues> columns) = 0;

  // Completes the file and syncs it, not its folder. Errors: disk_full, io_failed, out_of_memory.
  virtual Result<Summary> close() = 0;
};

// An open file. All const members are thread-safe, and no two calls wait for each other. The file must not shrink while it
// is open: stored files never change. Closed on destruction.
class DataFileReader {
 public:
  virtual ~DataFileReader() = default;

  virtual const std::vector<ColumnSpec>& specs() const = 0;
  std::optional<std::size_t> find(std::string_view name) const;  // of a column, in specs()
  virtual const FileMetadata& metadata() const = 0;
  virtual std::span<const RowGroupPlace> groups() const = 0;
  virtual std::int64_t rows() const = 0;

  // Exact and without reading the column.
  virtual std::int64_t missing(std::size_t group, std::size_t column) const = 0;
  // How much of the file one column of one group takes.
  virtual std::int64_t bytes(std::size_t group, std::size_t column) const = 0;

  // Decodes one column of one group. `into` has exactly the group's rows and the column's type. Where missing() is 0
  // `validity` is left alone and may be empty; else it has validity_bytes(rows) bytes, is written whole (unused bits 0),
  // and missing rows of `into` are 0. Checks the checksum of the column's bytes first.
  // Errors: unreadable_data (damaged bytes), out_of_memory, source_failed; `into` is then undefined. No buffer of the column's
  // size is allocated. Group, column and sizes are the caller's promise (checked).
  virtual Result<void> read(std::size_t group, std::size_t column, std::span<std::int32_t> into,
                            std::span<std::uint8_t> validity = {}) const = 0;
  virtual Result<void> read(std::size_t group, std::size_t column, std::span<std::int64_t> into,
                            std::span<std::uint8_t> validity = {}) const = 0;
  virtual Result<void> read(std::size_t group, std::size_t column, std::span<double> into,
                            std::span<std::uint8_t> validity = {}) const = 0;

  // The same of any column as numbers: i / 10^scale correctly rounded, dates as days, missing as NaN. Integers without a
  // scale beyond 2^53 round to the nearest double.
  virtual Result<void> read_real(std::size_t group, std::size_t column, std::span<double> into) const = 0;

  // The rows of a group up to `end` without it, for those who want them in many places: take(row, values) gets them in order,
  // a few thousand at a time, in memory that stays in the first cache and is the reader's. Rows from `end` on are not
  // decoded (the checksum covers them all the same). Numbers as read_real() gives them; stream_int32() is for int32 columns
  // without missing values (checked). Errors as above; what was taken before one is then not to be used.
  template <class T>
  using Take = std::function<void(std::int64_t row, std::span<const T> values)>;
  virtual Result<void> stream_real(std::size_t group, std::size_t column, std::int64_t end,
                                   const Take<double>& take) const = 0;
  virtual Result<void> stream_int32(std::size_t group, std::size_t column, std::int64_t end,
                                    const Take<std::int32_t>& take) const = 0;

  // Reads the whole file: the XXH3-64 that its writer returned, if not a bit has changed. Errors: those of ByteSource::read().
  virtual Result<std::uint64_t> hash() const = 0;

  // Says which columns of a group will be read soon (ByteSource::fetch()).
  virtual std::shared_ptr<const void> fetch(std::size_t group, std::span<const std::size_t> columns) const = 0;
};

// The file must not exist. Errors: bad_value (specs that contradict themselves or that the form has not: no column, names,
// delta on doubles, a scale or date on the wrong type, a level out of range, reserved metadata keys), no_permission,
// disk_full, io_failed (also: it exists).
Result<std::unique_ptr<DataFileWriter>> create_data_file(FileForm form, const std::string& path,
                                                         std::vector<ColumnSpec> specs,
                                                         const FileMetadata& metadata = {});

// Checks what describes the file; its cost grows with the number of row groups, not of rows. `expected_bytes`: what the
// catalog says of the file's size. Errors: file_not_found, no_permission, io_failed, unreadable_data (another size, no
// file of ours, a newer format, damage of any kind), out_of_memory.
Result<std::unique_ptr<DataFileReader>> open_data_file(FileForm form, const std::string& path,
                                                       std::optional<std::int64_t> expected_bytes = {});

// The same of any source. `path` is what errors name. Errors: those of source->read() too.
Result<std::unique_ptr<DataFileReader>> open_data_file(FileForm form, std::unique_ptr<ByteSource> source,
                                                       std::string path,
                                                       std::optional<std::int64_t> expected_bytes = {});

// How a form stores a column that Parquet would store as `spec`, at a compression of 0 (quickest to read) to 9 (smallest), or
// less than 0 (what every reader has). Of Parquet it is `spec` itself. HDF5: 0 as it is, 1 Blosc with LZ4, 2 to 9 Blosc with
// Zstd 1 to 8, less than 0 shuffle and gzip. CSV: text in any case.
ColumnSpec spec_of_form(FileForm form, ColumnSpec spec, int compression);

}  // namespace momentum::formats
