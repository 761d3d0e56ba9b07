#pragma once
// What a column of a column file is and how it is stored.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace momentum::formats {

enum class Physical : std::uint8_t { int32, int64, float64 };

// delta (DELTA_BINARY_PACKED) is for the integers alone. byte_stream_split on integers is not read by every peer.
enum class Encoding : std::uint8_t { plain, dictionary, delta, byte_stream_split };
// gzip (level 1 to 9) is for HDF5 alone: every reader of HDF5 has it.
enum class Codec : std::uint8_t { none, lz4, snappy, zstd, gzip };

// Which rows have a value: one bit per row, the lowest bit of a byte first as in Arrow, 1 for present.
constexpr std::size_t validity_bytes(std::int64_t rows) { return static_cast<std::size_t>((rows + 7) / 8); }

inline constexpr int kNoScale = -1;

struct ColumnSpec {
  std::string name;  // unique in a file, not empty, any UTF-8 without dots
  Physical physical = Physical::float64;
  int scale = kNoScale;  // digits after the point: decimal(9, scale) on int32, decimal(18, scale) on int64
  bool date = false;  // int32 as days since 1970-01-01
  bool required = false;  // no value is ever missing
  Encoding encoding = Encoding::dictionary;
  Codec codec = Codec::zstd;
  int level = 1;  // of zstd, 1 to 22 (1 to 9 in HDF5), and of gzip; the others have none

  bool operator==(const ColumnSpec&) const = default;
};

// A column stored as measurement says for daily bars in instrument order: integers delta without codec (7.5 times smaller
// than doubles, and decoded faster than any codec), doubles dictionary with zstd 1.
inline ColumnSpec column_spec(std::string name, Physical physical, int scale = kNoScale) {
  const bool real = physical == Physical::float64;
  return {.name = std::move(name),
          .physical = physical,
          .scale = scale,
          .encoding = real ? Encoding::dictionary : Encoding::delta,
          .codec = real ? Codec::zstd : Codec::none};
}

}  // namespace momentum::formats
