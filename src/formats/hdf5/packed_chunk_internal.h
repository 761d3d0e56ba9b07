#pragma once
// The bytes of one chunk of a dataset, as the filters of HDF5 make and read them, without HDF5.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "momentum/formats/column_spec.h"

namespace momentum::formats {

// Blosc before it compresses: bytes or bits of equal weight side by side. Gzip always shuffles bytes.
enum class Shuffle : std::uint8_t { none = 0, bytes = 1, bits = 2 };

// Blosc with LZ4 or Zstd, or Gzip, or as it is.
struct Packing {
  Codec codec = Codec::none;
  int level = 1;
  std::size_t width = 4;  // of a value
  Shuffle shuffle = Shuffle::bytes;
};

std::vector<std::byte> pack(std::span<const std::byte> values, const Packing& packing);

// The shuffle that makes this chunk smallest; the first of equals.
Shuffle best_shuffle(std::span<const std::byte> values, Packing packing);

// The inverse: `values` has the size of the chunk. False: the bytes are no chunk of that size. Damage is found, but for bits
// that stand for other values.
bool unpack(std::span<const std::byte> packed, const Packing& packing, std::span<std::byte> values);

}  // namespace momentum::formats
