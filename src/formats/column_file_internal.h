#pragma once
// A column file on any OutputFile: how the tests make writing fail.

#include <memory>
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

}  // namespace momentum::formats
