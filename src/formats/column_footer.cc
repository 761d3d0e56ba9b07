#include "column_footer_internal.h"

#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "content_hash_internal.h"

namespace momentum::formats {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The chunks must cover everything from the first magic to the seal, which begins at `end`: a byte in between
// would have no checksum.
void read_places(std::int64_t end, const std::vector<ChunkSeal>& seals, ColumnFooter& footer) {
  const std::vector<ColumnSpec>& specs = footer.specs;
  const auto count = static_cast<std::size_t>(footer.parquet->num_row_groups());
  if (seals.size() != count * specs.size()) damaged("checksums of other chunks");
  auto at = static_cast<std::int64_t>(kMagic.size());
  for (std::size_t g = 0; g < count; ++g) {
    const auto group = footer.parquet->RowGroup(static_cast<int>(g));
    RowGroupPlace place{.rows = group->num_rows(), .offset = at};
    if (place.rows < 1 || place.rows > kMaxGroupRows) damaged("a row group of no possible size");
    if (group->num_columns() != static_cast<int>(specs.size())) damaged("a row group of other columns");
    for (std::size_t c = 0; c < specs.size(); ++c) {
      const auto column = group->ColumnChunk(static_cast<int>(c));
      const std::int64_t begin =
          column->has_dictionary_page() ? column->dictionary_page_offset() : column->data_page_offset();
      const std::int64_t size = column->total_compressed_size();
      if (begin != at || size < 1 || size > end - at) damaged("a column chunk out of place");
      const ChunkSeal& seal = seals[g * specs.size() + c];
      if (column->num_values() != place.rows ||
          column->type() != footer.parquet->schema()->Column(static_cast<int>(c))->physical_type() ||
          seal.missing > place.rows || (specs[c].required && seal.missing != 0))
        damaged("a column chunk of no possible size");
      footer.chunks.push_back({{at, size}, column->compression(), seal});
      at += size;
    }
    place.bytes = at - place.offset;
    footer.rows += place.rows;
    footer.groups.push_back(place);
  }
  if (at != end) damaged("bytes that belong to no column");
}

}  // namespace

void damaged(const char* why) { throw parquet::ParquetException(why); }

SourceBytes bytes_in(const ByteSource& file, ByteRange range) {
  auto bytes = file.read(range);
  if (!bytes) throw SourceFailed{std::move(bytes).error()};
  return *std::move(bytes);
}

// Nothing in the file is believed before its checksum is: first the tail, then the seal, then what the seal covers.
ColumnFooter read_footer(const ByteSource& file) {
  constexpr std::int64_t kLikely = 65'536;  // nearly all footers are shorter: one reading is enough
  constexpr auto kFirst = static_cast<std::int64_t>(kMagic.size());
  constexpr auto kSeal = static_cast<std::int64_t>(kSealBytes), kTail = static_cast<std::int64_t>(kTailBytes);
  ColumnFooter footer;
  const std::int64_t size = file.size();
  if (size < kFirst + kSeal + kTail) damaged("too short");
  const std::int64_t likely = std::min(size, kLikely);
  const auto fetched = file.fetch({{0, kFirst}, {size - likely, likely}});
  const SourceBytes first = bytes_in(file, {0, kFirst});
  SourceBytes last = bytes_in(file, {size - likely, likely});
  if (text_of(first.bytes) != kMagic || text_of(last.bytes.last(kMagic.size())) != kMagic) damaged("no Parquet file");
  std::uint32_t length = 0;
  const auto length_bytes = last.bytes.last(kTailBytes);
  for (std::size_t k = 0; k < 4; ++k) length |= static_cast<std::uint32_t>(length_bytes[k]) << (8 * k);
  if (length > size - kFirst - kSeal - kTail) damaged("its footer is longer than itself");
  const std::int64_t begin = size - kTail - length;
  if (begin - kSeal < size - likely) last = bytes_in(file, {begin - kSeal, size - begin + kSeal});
  const std::span<const std::byte> sealed = last.bytes.last(kSealBytes + length + kTailBytes);
  const std::span<const std::byte> seal = sealed.first(kSealBytes), text = sealed.subspan(kSealBytes, length);
  if (text_of(seal.first(kSealMagic.size())) != kSealMagic) damaged("not written by this program, or cut");
  if (!std::ranges::equal(seal, footer_seal(content_hash(text)))) damaged("checksum of the footer");

  footer.parquet = parquet::FileMetaData::Make(text.data(), &length);
  if (length != text.size()) damaged("bytes after the footer");
  std::string_view version, storage, seals_as_text;
  const auto& pairs = footer.parquet->key_value_metadata();
  if (!pairs) damaged("no metadata");
  for (std::int64_t k = 0; k < pairs->size(); ++k) {
    const std::string& key = pairs->key(k);
    const std::string& value = pairs->value(k);
    if (key == kVersionKey) version = value;
    if (key == kStorageKey) storage = value;
    if (key == kChunksKey) seals_as_text = value;
    if (!key.starts_with(kReservedPrefix)) footer.metadata.emplace_back(key, value);
  }
  if (version != kVersion) throw UnknownVersion(std::string(version));
  auto found = specs_of(*footer.parquet->schema(), storage);
  const auto seals = seals_of(seals_as_text);
  if (!found || !seals) damaged("columns that this format does not have");
  footer.specs = *std::move(found);
  read_places(begin - kSeal, *seals, footer);
  return footer;
}

}  // namespace momentum::formats
