#include <algorithm>
#include <array>

#include "decode_cost_internal.h"

namespace momentum::formats {
namespace {

constexpr std::size_t at(auto value) { return static_cast<std::size_t>(value); }

// Without codec, until it is a double: `least` where runs are decoded at once, so much more with every encoded byte, up to
// `most`.
struct Decode {
  double least, byte, most;
};
// By encoding (plain, dictionary, delta, byte_stream_split), then by type (int32, int64, float64).
constexpr std::array<std::array<Decode, 3>, 4> kDecode = {{
    {{{0.30, 0, 0.30}, {0.55, 0, 0.55}, {0.25, 0, 0.25}}},
    {{{0.25, 2, 1.35}, {0.50, 2, 1.50}, {0.20, 2, 1.10}}},
    {{{0.35, 4, 1.65}, {0.60, 4, 1.85}, {}}},
    {{{}, {}, {0.65, 0, 0.65}}},
}};

// Large integers with digits after the point need a division each.
constexpr double kDivision = 1.0;

// Hashing a stored byte and bringing it near.
constexpr double kFetch = 0.04;

// Unpacking works by the byte it makes, unless long repeats make many of few. ns a byte, by encoding.
struct Unpack {
  double encoded, stored;
};
constexpr std::array<std::array<Unpack, 4>, 4> kUnpack = {{
    {{{0, 0}, {0, 0}, {0, 0}, {0, 0}}},  // none
    {{{0.25, 0.5}, {0.15, 0.5}, {0.10, 0.5}, {0.10, 0.5}}},  // lz4
    {{{1.4, 2.0}, {1.0, 2.0}, {0.10, 0.5}, {0.35, 0.5}}},  // snappy
    {{{0.95, 2.6}, {0.60, 2.0}, {0.50, 2.0}, {0.50, 1.0}}},  // zstd, at every level
}};

}  // namespace

double decode_cost(Physical physical, bool scaled, Encoding encoding, Codec codec, StoredSize size) {
  const Unpack unpack = kUnpack[at(codec)][at(encoding)];
  const double division = physical == Physical::int64 && scaled ? kDivision : 0;
  const Decode decode = kDecode[at(encoding)][at(physical)];
  return std::min(decode.least + decode.byte * size.encoded, decode.most) + division + kFetch * size.stored +
         std::min(unpack.encoded * size.encoded, unpack.stored * size.stored);
}

}  // namespace momentum::formats
