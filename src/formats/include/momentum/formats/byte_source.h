#pragma once
// Bytes that are read in ranges: a file of this machine, or an object far away.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "momentum/base/error.h"

namespace momentum::formats {

struct ByteRange {
  std::int64_t offset = 0, length = 0;
};

struct SourceBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner = {};  // null: they lie in the source
};

// All const members are thread-safe. Its bytes do not change while it is open.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::int64_t size() const = 0;

  // Exactly these bytes, which lie within size() (checked). They are there as long as source and owner are. A mapped file gives
  // its own memory. Errors, naming the source: source_failed (the network, or whoever is behind it), unreadable_data (there are
  // fewer bytes than size() was), out_of_memory.
  virtual Result<SourceBytes> read(ByteRange range) const = 0;

  // Says what read() will be asked for soon: a source that is far away begins to fetch it, near ranges in one piece and several
  // pieces at a time, and keeps it for as long as what is returned lives. Errors come with read(). Null of a source that has
  // nothing to fetch.
  virtual std::shared_ptr<const void> fetch(std::vector<ByteRange> ranges) const = 0;
};

}  // namespace momentum::formats
