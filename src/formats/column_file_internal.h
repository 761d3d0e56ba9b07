#pragma once
// A column file that is no file: on any OutputFile, which may fail, and out of bytes, which may be damaged.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "momentum/formats/column_file.h"
#include "output_file_internal.h"

namespace momentum::formats {

struct ColumnFileWriterAccess {
  static Result<std::unique_ptr<ColumnFileWriter>> create_on(std::unique_ptr<OutputFile> file, std::string path,
                                                             std::vector<ColumnSpec> specs,
                                                             const FileMetadata& metadata);
};

struct ColumnFileReaderAccess {
  // `bytes` outlive the reader; `path` is what errors name.
  static Result<std::unique_ptr<ColumnFileReader>> open_bytes(std::span<const std::byte> bytes, std::string path);
};

}  // namespace momentum::formats
