#pragma once
// The layout of a column file in code; docs/formats.md has it in words. Writer and reader share nothing else.

#include <parquet/api/schema.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/column_spec.h"
#include "writer_checks_internal.h"

namespace momentum::formats {

inline constexpr std::string_view kMagic = "PAR1";  // first and last bytes of the file
inline constexpr std::string_view kSealMagic = "MMCOLF01";  // before the footer, then the hash of the footer (u64)
inline constexpr std::size_t kSealBytes = 16;
inline constexpr std::size_t kTailBytes = 8;  // length of the footer (u32), magic

// Keys in the footer's metadata.
inline constexpr std::string_view kVersionKey = "momentum.column_file";
inline constexpr std::string_view kStorageKey = "momentum.storage";
inline constexpr std::string_view kChunksKey = "momentum.chunks";
inline constexpr std::string_view kVersion = "1";

// What the footer of Parquet has no place for: of one column in one row group.
struct ChunkSeal {
  std::uint64_t hash = 0;  // XXH3-64 of the chunk's bytes, page headers included
  std::uint32_t missing = 0;
};

std::shared_ptr<parquet::schema::GroupNode> schema_of(const std::vector<ColumnSpec>& specs);
std::string storage_text(const std::vector<ColumnSpec>& specs);
std::string seals_text(const std::vector<ChunkSeal>& seals);

// The inverse of the three. Nothing is taken on trust: no value where the text or the schema is not of this format.
std::optional<std::vector<ColumnSpec>> specs_of(const parquet::SchemaDescriptor& schema, std::string_view storage);
std::optional<std::vector<ChunkSeal>> seals_of(std::string_view text);

std::array<std::byte, kSealBytes> footer_seal(std::uint64_t hash);

}  // namespace momentum::formats
