#pragma once
// A whole file as bytes in memory, read-only.

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "momentum/base/error.h"
#include "momentum/formats/byte_source.h"

namespace momentum::formats {

// Bytes that are in memory already and outlive this.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<SourceBytes> read(ByteRange range) const override;
  std::shared_ptr<const void> fetch(std::vector<ByteRange>) const override { return nullptr; }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

class MappedFile final : public MemorySource {
 public:
  // Errors: file_not_found, no_permission, io_failed (also: no regular file).
  static Result<std::unique_ptr<MappedFile>> open(const std::string& path);
  ~MappedFile() override;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : MemorySource(bytes) {}
};

}  // namespace momentum::formats
