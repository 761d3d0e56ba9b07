#pragma once
// The two kinds of Folder.

#include <arrow/filesystem/filesystem.h>

#include <memory>
#include <string>

#include "momentum/formats/folder.h"

namespace momentum::formats {

std::shared_ptr<Folder> local_folder(std::string name, std::string path);

// `root`: where in the file system; tests have file systems of their own.
std::shared_ptr<Folder> object_folder(std::string name, std::shared_ptr<arrow::fs::FileSystem> system,
                                      std::string root);

// An object, or any file of Arrow's. `name` is what errors have.
std::unique_ptr<ByteSource> object_source(std::shared_ptr<arrow::io::RandomAccessFile> file, std::int64_t size,
                                          std::string name);

// What Arrow says of a place, in one line.
std::unexpected<Error> object_failed(const arrow::Status& status, std::string where);

}  // namespace momentum::formats
