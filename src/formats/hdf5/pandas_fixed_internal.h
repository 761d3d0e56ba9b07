#pragma once
// Frames in the layout that pandas calls fixed: what DataFrame.to_hdf() makes and pandas.read_hdf(path, key) reads.

#include <memory>
#include <string>
#include <vector>

#include "momentum/formats/export_file.h"

namespace momentum::formats {

Result<std::unique_ptr<ExportWriter>> create_pandas_fixed(const std::string& path, ExportTime time,
                                                          std::vector<std::string> columns, const FileMetadata& notes);

}  // namespace momentum::formats
