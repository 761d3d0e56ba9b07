#pragma once
// The flat form of a panel, byte by byte (docs/formats.md says the same in words). Little-endian; every section starts on
// a 64-byte boundary counted from the start of the block.

#include <cstddef>
#include <cstdint>

namespace momentum::panel {

inline constexpr std::uint64_t kMagic = 0x314c454e41504d4dULL;  // "MMPANEL1"

struct FlatHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t columns;
  std::uint32_t tiles;
  std::uint32_t instruments;
  std::uint64_t calendar_days;
  std::uint64_t bars;
  std::uint64_t total_bytes;
  std::uint64_t names_offset;  // columns * kNameBytes, zero-padded UTF-8
  std::uint64_t tiles_offset;  // tiles * FlatTile
  std::uint64_t lanes_offset;  // tiles * 32 instrument numbers (u32), then as many lengths (u32)
  std::uint64_t calendar_offset;  // calendar_days * i32, days since 1970-01-01, ascending
};

struct FlatTile {
  std::uint64_t rows;
  std::uint64_t days_offset;  // rows * 32 * i32
  std::uint64_t values_offset;  // columns * rows * 32 * f64
};

inline constexpr std::size_t kNameBytes = 32;

}  // namespace momentum::panel
