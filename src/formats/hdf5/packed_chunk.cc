#include "packed_chunk_internal.h"

#include <blosc.h>
#include <zlib.h>

#include <cstring>

#include "momentum/base/error.h"

namespace momentum::formats {
namespace {

constexpr int kLz4Level = 9;  // of Blosc: LZ4 at its most thorough, which reads as quickly

// Byte k of every value, then byte k + 1 of every value: the shuffle filter of HDF5.
void shuffle_bytes(std::span<const std::byte> from, std::size_t width, std::byte* to) {
  const std::size_t n = from.size() / width;
  for (std::size_t byte = 0; byte < width; ++byte) {
    for (std::size_t k = 0; k < n; ++k) to[byte * n + k] = from[k * width + byte];
  }
}

void unshuffle_bytes(std::span<const std::byte> from, std::size_t width, std::byte* to) {
  const std::size_t n = from.size() / width;
  for (std::size_t byte = 0; byte < width; ++byte) {
    for (std::size_t k = 0; k < n; ++k) to[k * width + byte] = from[byte * n + k];
  }
}

std::vector<std::byte> gzip(std::span<const std::byte> values, const Packing& packing) {
  std::vector<std::byte> shuffled(values.size());
  shuffle_bytes(values, packing.width, shuffled.data());
  uLongf bytes = compressBound(static_cast<uLong>(values.size()));
  std::vector<std::byte> out(bytes);
  const int done = compress2(reinterpret_cast<Bytef*>(out.data()), &bytes,
                             reinterpret_cast<const Bytef*>(shuffled.data()), shuffled.size(), packing.level);
  MOMENTUM_CHECK(done == Z_OK);  // the space is enough by zlib's own word
  out.resize(bytes);
  return out;
}

bool gunzip(std::span<const std::byte> packed, const Packing& packing, std::span<std::byte> values) {
  std::vector<std::byte> shuffled(values.size());
  uLongf bytes = shuffled.size();
  uLong read = packed.size();
  const int done = uncompress2(reinterpret_cast<Bytef*>(shuffled.data()), &bytes,
                               reinterpret_cast<const Bytef*>(packed.data()), &read);
  if (done != Z_OK || bytes != values.size() || read != packed.size()) return false;
  unshuffle_bytes(shuffled, packing.width, values.data());
  return true;
}

// One block: a chunk is always read whole.
std::vector<std::byte> blosc(std::span<const std::byte> values, const Packing& packing) {
  std::vector<std::byte> out(values.size() + BLOSC_MAX_OVERHEAD);
  const bool lz4 = packing.codec == Codec::lz4;
  const int bytes = blosc_compress_ctx(lz4 ? kLz4Level : packing.level, static_cast<int>(packing.shuffle),
                                       packing.width, values.size(), values.data(), out.data(), out.size(),
                                       lz4 ? BLOSC_LZ4_COMPNAME : BLOSC_ZSTD_COMPNAME, values.size(), 1);
  MOMENTUM_CHECK(bytes > 0);
  out.resize(static_cast<std::size_t>(bytes));
  return out;
}

bool unblosc(std::span<const std::byte> packed, const Packing& packing, std::span<std::byte> values) {
  std::size_t bytes = 0, width = 0;
  int flags = 0;
  if (blosc_cbuffer_validate(packed.data(), packed.size(), &bytes) != 0 || bytes != values.size()) return false;
  blosc_cbuffer_metainfo(packed.data(), &width, &flags);
  if (width != packing.width) return false;
  return blosc_decompress_ctx(packed.data(), values.data(), values.size(), 1) == static_cast<int>(values.size());
}

}  // namespace

std::vector<std::byte> pack(std::span<const std::byte> values, const Packing& packing) {
  switch (packing.codec) {
    case Codec::lz4:
    case Codec::zstd: return blosc(values, packing);
    case Codec::gzip: return gzip(values, packing);
    case Codec::none:
    case Codec::snappy: break;
  }
  return {values.begin(), values.end()};
}

Shuffle best_shuffle(std::span<const std::byte> values, Packing packing) {
  if (packing.codec != Codec::lz4 && packing.codec != Codec::zstd) return Shuffle::bytes;
  Shuffle best = Shuffle::none;
  std::size_t least = 0;
  for (const Shuffle shuffle : {Shuffle::bytes, Shuffle::bits, Shuffle::none}) {
    packing.shuffle = shuffle;
    const std::size_t bytes = blosc(values, packing).size();
    if (least != 0 && bytes >= least) continue;
    least = bytes;
    best = shuffle;
  }
  return best;
}

bool unpack(std::span<const std::byte> packed, const Packing& packing, std::span<std::byte> values) {
  switch (packing.codec) {
    case Codec::lz4:
    case Codec::zstd: return unblosc(packed, packing, values);
    case Codec::gzip: return gunzip(packed, packing, values);
    case Codec::none:
    case Codec::snappy: break;
  }
  if (packed.size() != values.size()) return false;
  std::memcpy(values.data(), packed.data(), packed.size());
  return true;
}

}  // namespace momentum::formats
