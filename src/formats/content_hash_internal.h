#pragma once
// XXH3-64, whole or bit by bit: the checksum of column files.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "momentum/formats/byte_source.h"

namespace momentum::formats {

std::uint64_t content_hash(std::span<const std::byte> bytes);
Result<std::uint64_t> content_hash(const ByteSource& file);  // of all of it, a few MB at a time

class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;
  void restart();
  void add(std::span<const std::byte> bytes);
  std::uint64_t value() const;  // of what was added since the start

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace momentum::formats
