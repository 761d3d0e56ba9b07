#pragma once
// A whole file as bytes in memory, read-only.

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "momentum/base/error.h"

namespace momentum::formats {

class MappedFile {
 public:
  // Errors: file_not_found, no_permission, io_failed (also: no regular file).
  static Result<std::unique_ptr<MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace momentum::formats
