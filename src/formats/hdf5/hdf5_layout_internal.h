#pragma once
// What stands behind the HDF5 part of a data file: its index and its seal, in code; docs/formats.md has them in words. Writer
// and reader share this, and with it the reader needs no HDF5 library: chunks are where the index says.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/formats/data_file.h"

namespace momentum::formats {

inline constexpr std::string_view kHdf5SealMagic = "MMHDF5";  // then two digits of the version
inline constexpr std::string_view kHdf5Version = "01";
inline constexpr std::size_t kHdf5SealBytes =
    8 + 4 * 8;  // magic, HDF5 bytes, hash of the rest, of the index, of the seal

// Rows of a chunk of HDF5, in files that have more. A power of two, so that neighbours start at whole bytes of validity.
inline constexpr std::int64_t kHdf5ChunkRows = 8192;

// What stands for a missing value in the datasets. Never written as a value of a column that may miss some.
inline constexpr std::int32_t kMissingInt32 = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int64_t kMissingInt64 = std::numeric_limits<std::int64_t>::min();
inline constexpr std::uint64_t kMissingDoubleBits = 0x7ff84d4953534e47;  // a NaN

template <class T>
constexpr T missing_of() {
  if constexpr (sizeof(T) == 4)
    return kMissingInt32;
  else if constexpr (std::numeric_limits<T>::is_integer)
    return kMissingInt64;
  else
    return std::bit_cast<double>(kMissingDoubleBits);
}
template <class T>
bool is_missing(T value) {
  if constexpr (std::numeric_limits<T>::is_integer)
    return value == missing_of<T>();
  else
    return std::bit_cast<std::uint64_t>(value) == kMissingDoubleBits;
}

inline std::size_t width_of(Physical physical) { return physical == Physical::int32 ? 4 : 8; }

struct Hdf5Chunk {
  std::uint64_t offset = 0, bytes = 0;
  std::uint64_t hash = 0;  // XXH3-64 of the bytes
};

struct Hdf5Index {
  std::int64_t chunk_rows = 0;
  std::vector<ColumnSpec> specs;
  FileMetadata metadata;
  std::vector<std::int64_t> group_rows;
  std::vector<std::uint32_t> missing;  // by group, then by column
  std::vector<Hdf5Chunk> chunks;  // by row, then by column

  std::int64_t rows() const;
  std::size_t chunk_count() const;  // of one column
};

// Where row groups are: their first chunk's place to their last one's. Neighbours share the chunk that both have rows in.
std::vector<RowGroupPlace> group_places(const Hdf5Index& index);

std::string index_bytes(const Hdf5Index& index);
// Nothing is taken on trust: no value where the bytes are no index of a file whose chunks lie in `hdf5_bytes`.
std::optional<Hdf5Index> index_of(std::span<const std::byte> bytes, std::uint64_t hdf5_bytes);

// What is in no chunk, in order. None: chunks that overlap, or that are not in the file.
std::optional<std::vector<ByteRange>> rest_of(std::uint64_t hdf5_bytes, std::vector<Hdf5Chunk> chunks);

// The hash of all of the HDF5 part that is in no chunk. `chunks` as in the index.
std::optional<std::uint64_t> rest_hash(std::span<const std::byte> hdf5, const std::vector<Hdf5Chunk>& chunks);

struct Hdf5Seal {
  std::uint64_t hdf5_bytes = 0, rest = 0, index = 0;
};
std::string seal_bytes(const Hdf5Seal& seal);
std::optional<Hdf5Seal> seal_of(std::span<const std::byte> bytes);

// Beyond check_specs(): what this form does not have.
Result<void> check_hdf5_specs(const std::vector<ColumnSpec>& specs);

}  // namespace momentum::formats
