#pragma once
// What the footer of a column file says, once it is known to be true.

#include <parquet/api/reader.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "column_layout_internal.h"
#include "momentum/formats/byte_source.h"
#include "momentum/formats/column_file.h"

namespace momentum::formats {

struct ColumnChunk {
  ByteRange bytes;  // in the file, all of them there
  parquet::Compression::type codec = parquet::Compression::UNCOMPRESSED;
  ChunkSeal seal;
};

struct ColumnFooter {
  std::shared_ptr<parquet::FileMetaData> parquet;  // owns the column descriptors
  std::vector<ColumnSpec> specs;
  FileMetadata metadata;
  std::vector<RowGroupPlace> groups;
  std::vector<ColumnChunk> chunks;  // by group, then by column
  std::int64_t rows = 0;
};

// Throws ParquetException, as Parquet does, where the bytes are no whole column file, and SourceFailed. Reads no chunk.
ColumnFooter read_footer(const ByteSource& file);

// Bytes that could not be had.
struct SourceFailed {
  Error error;
};
SourceBytes bytes_in(const ByteSource& file, ByteRange range);  // throws it

// What read_footer() throws of a whole file in a version of the format to come.
struct UnknownVersion : parquet::ParquetException {
  using ParquetException::ParquetException;
};

// How damage found on this side of the border travels: beside that which Parquet finds.
[[noreturn]] void damaged(const char* why);

}  // namespace momentum::formats
