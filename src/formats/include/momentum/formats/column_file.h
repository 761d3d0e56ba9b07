#pragma once
// Data files in Parquet: any Parquet reader reads them, and every byte is under a checksum. The contract is that of
// data_file.h; the bytes are described in docs/formats.md.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/column_spec.h"
#include "momentum/formats/data_file.h"

namespace momentum::formats {

class ColumnFileWriter final : public DataFileWriter {
 public:
  // As create_data_file().
  static Result<std::unique_ptr<ColumnFileWriter>> create(const std::string& path, std::vector<ColumnSpec> specs,
                                                          const FileMetadata& metadata = {});
  ~ColumnFileWriter() override;
  ColumnFileWriter(const ColumnFileWriter&) = delete;
  ColumnFileWriter& operator=(const ColumnFileWriter&) = delete;

  Result<void> write_row_group(std::span<const ColumnValues> columns) override;
  Result<Summary> close() override;

 private:
  struct State;
  explicit ColumnFileWriter(std::unique_ptr<State> state);
  friend struct ColumnFileWriterAccess;  // a file of the tests' own making; so below
  std::unique_ptr<State> state_;
};

// A file of this machine is mapped. Its columns stand in order and without a gap in each row group.
class ColumnFileReader final : public DataFileReader {
 public:
  // As open_data_file(). Reads and checks the footer only.
  static Result<std::unique_ptr<ColumnFileReader>> open(const std::string& path);
  static Result<std::unique_ptr<ColumnFileReader>> open(std::unique_ptr<ByteSource> file, std::string path);
  ~ColumnFileReader() override;
  ColumnFileReader(const ColumnFileReader&) = delete;
  ColumnFileReader& operator=(const ColumnFileReader&) = delete;

  const std::vector<ColumnSpec>& specs() const override;
  const FileMetadata& metadata() const override;
  std::span<const RowGroupPlace> groups() const override;
  std::int64_t rows() const override;

  std::int64_t missing(std::size_t group, std::size_t column) const override;
  std::int64_t bytes(std::size_t group, std::size_t column) const override;

  Result<void> read(std::size_t group, std::size_t column, std::span<std::int32_t> into,
                    std::span<std::uint8_t> validity = {}) const override;
  Result<void> read(std::size_t group, std::size_t column, std::span<std::int64_t> into,
                    std::span<std::uint8_t> validity = {}) const override;
  Result<void> read(std::size_t group, std::size_t column, std::span<double> into,
                    std::span<std::uint8_t> validity = {}) const override;
  Result<void> read_real(std::size_t group, std::size_t column, std::span<double> into) const override;

  Result<void> stream_real(std::size_t group, std::size_t column, std::int64_t end,
                           const Take<double>& take) const override;
  Result<void> stream_int32(std::size_t group, std::size_t column, std::int64_t end,
                            const Take<std::int32_t>& take) const override;

  Result<std::uint64_t> hash() const override;
  std::shared_ptr<const void> fetch(std::size_t group, std::span<const std::size_t> columns) const override;

 private:
  struct State;
  explicit ColumnFileReader(std::unique_ptr<State> state);
  friend struct ColumnFileReaderAccess;
  std::unique_ptr<State> state_;
};

}  // namespace momentum::formats
