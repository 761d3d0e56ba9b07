#pragma once
// Data files as CSV: a line of names, a line per row, and behind them lines that begin with # for who checks the bytes.
// docs/formats.md has it in words.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/data_file.h"
#include "output_file_internal.h"

namespace momentum::formats {

// What the lines at the end say.
struct CsvTrailer {
  struct Group {
    std::int64_t rows = 0, bytes = 0;
    std::uint64_t hash = 0;  // XXH3-64 of the bytes
    std::vector<std::int64_t> missing;  // by column
  };
  std::vector<ColumnSpec> specs;
  FileMetadata metadata;
  std::vector<Group> groups;
};

std::string csv_header(const std::vector<ColumnSpec>& specs);  // the first line
std::string trailer_text(const CsvTrailer& trailer);

// Of a whole file. No value: cut, changed, or no file of ours; `version` is then set where the file is of another version.
struct CsvLayout {
  CsvTrailer trailer;
  std::vector<std::int64_t> offsets;  // of the row groups
};
Result<std::optional<CsvLayout>> csv_layout(const ByteSource& file, std::string& version);

// As create_data_file() and open_data_file().
Result<std::unique_ptr<DataFileWriter>> create_csv_file(const std::string& path, std::vector<ColumnSpec> specs,
                                                        const FileMetadata& metadata);
Result<std::unique_ptr<DataFileReader>> open_csv_file(std::unique_ptr<ByteSource> file, std::string path);

// On any OutputFile, which may fail, and out of bytes, which may be damaged and outlive the reader.
Result<std::unique_ptr<DataFileWriter>> create_csv_on(std::unique_ptr<OutputFile> file, std::string path,
                                                      std::vector<ColumnSpec> specs, FileMetadata metadata);
Result<std::unique_ptr<DataFileReader>> open_csv_bytes(std::span<const std::byte> bytes, std::string path);

}  // namespace momentum::formats
