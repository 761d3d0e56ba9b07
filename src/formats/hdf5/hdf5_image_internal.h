#pragma once
// Packed columns -> the bytes of an HDF5 file, made in memory by the HDF5 library.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hdf5_layout_internal.h"
#include "momentum/base/error.h"
#include "packed_chunk_internal.h"

namespace momentum::formats {

struct PackedColumn {
  ColumnSpec spec;
  Packing packing;
  std::vector<std::vector<std::byte>> chunks;  // each of all chunk_rows, the last one filled up
};

struct Hdf5Image {
  std::vector<std::byte> bytes;
  std::vector<Hdf5Chunk> chunks;  // by row, then by column
};

// One dataset per column, of `rows` rows in chunks of `chunk_rows`, and metadata as attributes of the root. Same input, same
// bytes. Errors: out_of_memory, internal (the library refuses).
Result<Hdf5Image> hdf5_image(std::span<const PackedColumn> columns, std::int64_t rows, std::int64_t chunk_rows,
                             const FileMetadata& metadata);

}  // namespace momentum::formats
