#pragma once
// Data files in HDF5: docs/formats.md has the layout, h5py and PyTables read it.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/data_file.h"
#include "output_file_internal.h"

namespace momentum::formats {

// As create_data_file() and open_data_file(). A writer keeps what it packed in memory until close(), which makes the file.
Result<std::unique_ptr<DataFileWriter>> create_hdf5_file(const std::string& path, std::vector<ColumnSpec> specs,
                                                         const FileMetadata& metadata);
Result<std::unique_ptr<DataFileReader>> open_hdf5_file(std::unique_ptr<ByteSource> file, std::string path);

// On any OutputFile, which may fail, and out of bytes, which may be damaged and outlive the reader.
Result<std::unique_ptr<DataFileWriter>> create_hdf5_on(std::unique_ptr<OutputFile> file, std::string path,
                                                       std::vector<ColumnSpec> specs, FileMetadata metadata);
Result<std::unique_ptr<DataFileReader>> open_hdf5_bytes(std::span<const std::byte> bytes, std::string path);

}  // namespace momentum::formats
