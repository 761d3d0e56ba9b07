#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/api/reader.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "column_file_internal.h"
#include "column_layout_internal.h"
#include "content_hash_internal.h"
#include "mapped_file_internal.h"
#include "momentum/formats/column_file.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::formats {
namespace {

// Rows decoded at once where they are looked at on the way: what a stretch takes stays in the first cache.
constexpr std::int64_t kStretch = 2048;

struct Chunk {
  std::span<const std::byte> bytes;
  parquet::Compression::type codec = parquet::Compression::UNCOMPRESSED;
  ChunkSeal seal;
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class T>
using ParquetType =
    std::conditional_t<std::is_same_v<T, std::int32_t>, parquet::Int32Type,
                       std::conditional_t<std::is_same_v<T, std::int64_t>, parquet::Int64Type, parquet::DoubleType>>;

// Damage found below this border travels as this exception, beside those of Parquet, and ends at guarded().
[[noreturn]] void damaged(const char* why) { throw parquet::ParquetException(why); }

std::unexpected<Error> damage_of(const std::string& path, std::string_view why) {
  return fail(ErrorCode::unreadable_data, fmt::format("damaged column file ({})", why), path,
              "restore it from a copy, or import its data again");
}

// Moves n present values from the front to their rows, from the back so that none is overwritten before it moved.
template <class T>
void spread(std::span<const std::int16_t> levels, T* values, std::int64_t n, T absent) {
  for (std::size_t k = levels.size(); k-- > 0;) values[k] = levels[k] != 0 ? values[--n] : absent;
}

}  // namespace

struct ColumnFileReader::State {
  std::string path;
  std::unique_ptr<MappedFile> file;  // what bytes lie in; none in tests
  std::span<const std::byte> bytes;
  std::shared_ptr<parquet::FileMetaData> footer;  // owns the column descriptors
  std::vector<ColumnSpec> specs;
  FileMetadata metadata;
  std::vector<RowGroupPlace> groups;
  std::vector<Chunk> chunks;  // by group, then by column
  std::int64_t rows = 0;

  const Chunk& chunk(std::size_t group, std::size_t column) const {
    MOMENTUM_CHECK(group < groups.size() && column < specs.size());
    return chunks[group * specs.size() + column];
  }

  // Calls f, which may throw whatever Parquet throws.
  template <class F>
  Result<void> guarded(F&& f) const {
    try {
      f();
      return {};
    } catch (const std::bad_alloc&) {
      return out_of_memory();
    } catch (const parquet::ParquetStatusException& why) {
      if (why.status().IsOutOfMemory()) return out_of_memory();
      return damage(why.what());
    } catch (const std::exception& why) {
      return damage(why.what());
    }
  }
  std::unexpected<Error> out_of_memory() const {
    return fail(ErrorCode::out_of_memory, "not enough memory to read", path, "close other programs");
  }
  std::unexpected<Error> damage(std::string_view why) const { return damage_of(path, why); }

  void read_footer();
  void read_places(const std::vector<ChunkSeal>& seals, std::size_t end);

  std::shared_ptr<parquet::ColumnReader> open_chunk(std::size_t group, std::size_t column) const;
  template <class T, class F>
  void decode(std::size_t group, std::size_t column, T* into, std::int64_t stretch, F&& on_stretch) const;
  template <class T>
  Result<void> read(std::size_t group, std::size_t column, std::span<T> into, std::span<std::uint8_t> validity) const;
  template <class T>
  void read_real(std::size_t group, std::size_t column, std::span<double> into) const;
};

// Nothing in the file is believed before its checksum is: first the tail, then the seal, then what the seal covers.
void ColumnFileReader::State::read_footer() {
  if (bytes.size() < kMagic.size() + kSealBytes + kTailBytes) damaged("too short");
  if (text_of(bytes.first(kMagic.size())) != kMagic || text_of(bytes.last(kMagic.size())) != kMagic)
    damaged("no Parquet file");
  std::uint32_t length = 0;
  for (std::size_t k = 0; k < 4; ++k)
    length |= static_cast<std::uint32_t>(bytes[bytes.size() - kTailBytes + k]) << (8 * k);
  if (length > bytes.size() - kMagic.size() - kSealBytes - kTailBytes) damaged("its footer is longer than itself");
  const std::size_t begin = bytes.size() - kTailBytes - length;
  const std::span<const std::byte> text = bytes.subspan(begin, length);
  const std::span<const std::byte> seal = bytes.subspan(begin - kSealBytes, kSealBytes);
  if (text_of(seal.first(kSealMagic.size())) != kSealMagic) damaged("not written by this program, or cut");
  if (!std::ranges::equal(seal, footer_seal(content_hash(text)))) damaged("checksum of the footer");

  footer = parquet::FileMetaData::Make(text.data(), &length);
  if (length != text.size()) damaged("bytes after the footer");
  std::string_view version, storage, seals_as_text;
  const auto& pairs = footer->key_value_metadata();
  if (!pairs) damaged("no metadata");
  for (std::int64_t k = 0; k < pairs->size(); ++k) {
    const std::string& key = pairs->key(k);
    const std::string& value = pairs->value(k);
    if (key == kVersionKey) version = value;
    if (key == kStorageKey) storage = value;
    if (key == kChunksKey) seals_as_text = value;
    if (!key.starts_with(kReservedPrefix)) metadata.emplace_back(key, value);
  }
  if (version != kVersion) damaged("a format version that this program does not know");
  auto found = specs_of(*footer->schema(), storage);
  const auto seals = seals_of(seals_as_text);
  if (!found || !seals) damaged("columns that this format does not have");
  specs = *std::move(found);
  read_places(*seals, begin - kSealBytes);
}

// The chunks must cover everything between the first magic and the seal: a byte in between would have no checksum.
void ColumnFileReader::State::read_places(const std::vector<ChunkSeal>& seals, std::size_t end) {
  const auto count = static_cast<std::size_t>(footer->num_row_groups());
  if (seals.size() != count * specs.size()) damaged("checksums of other chunks");
  std::size_t at = kMagic.size();
  for (std::size_t g = 0; g < count; ++g) {
    const auto group = footer->RowGroup(static_cast<int>(g));
    RowGroupPlace place{.rows = group->num_rows(), .offset = static_cast<std::int64_t>(at)};
    if (place.rows < 1 || place.rows > kMaxGroupRows) damaged("a row group of no possible size");
    if (group->num_columns() != static_cast<int>(specs.size())) damaged("a row group of other columns");
    for (std::size_t c = 0; c < specs.size(); ++c) {
      const auto column = group->ColumnChunk(static_cast<int>(c));
      const std::int64_t begin =
          column->has_dictionary_page() ? column->dictionary_page_offset() : column->data_page_offset();
      const std::int64_t size = column->total_compressed_size();
      if (begin != static_cast<std::int64_t>(at) || size < 1 || size > static_cast<std::int64_t>(end - at))
        damaged("a column chunk out of place");
      const ChunkSeal& seal = seals[g * specs.size() + c];
      if (column->num_values() != place.rows ||
          column->type() != footer->schema()->Column(static_cast<int>(c))->physical_type() ||
          seal.missing > place.rows || (specs[c].required && seal.missing != 0))
        damaged("a column chunk of no possible size");
      chunks.push_back({bytes.subspan(at, static_cast<std::size_t>(size)), column->compression(), seal});
      at += static_cast<std::size_t>(size);
    }
    place.bytes = static_cast<std::int64_t>(at) - place.offset;
    rows += place.rows;
    groups.push_back(place);
  }
  if (at != end) damaged("bytes that belong to no column");
}

std::shared_ptr<parquet::ColumnReader> ColumnFileReader::State::open_chunk(std::size_t group,
                                                                           std::size_t column) const {
  const Chunk& from = chunk(group, column);
  if (content_hash(from.bytes) != from.seal.hash) damaged("checksum of a column chunk");
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(from.bytes.data()),
                                                static_cast<std::int64_t>(from.bytes.size()));
  const parquet::ColumnDescriptor* const descriptor = footer->schema()->Column(static_cast<int>(column));
  // The CRC of each page stays off: it is for other readers, the seal has just covered the same bytes and the headers.
  auto pages =
      parquet::PageReader::Open(std::make_shared<arrow::io::BufferReader>(std::move(buffer)), groups[group].rows,
                                from.codec, parquet::default_reader_properties(), *descriptor);
  return parquet::ColumnReader::Make(descriptor, std::move(pages));
}

// Decodes into `into`: behind each other where `stretch` is the group's rows, else always to its front. After each stretch
// of rows comes on_stretch(first row, rows, present values at the front, levels); no levels where none is missing.
template <class T, class F>
void ColumnFileReader::State::decode(std::size_t group, std::size_t column, T* into, std::int64_t stretch,
                                     F&& on_stretch) const {
  const std::int64_t all = groups[group].rows;
  const std::int64_t missing = chunk(group, column).seal.missing;
  const auto base = open_chunk(group, column);
  auto& reader = static_cast<parquet::TypedColumnReader<ParquetType<T>>&>(*base);
  const bool moves = stretch >= all;
  std::array<std::int16_t, kStretch> levels;
  std::int64_t present = 0;
  for (std::int64_t row = 0; row < all;) {
    std::int64_t n = 0;
    const std::int64_t wanted = std::min(missing == 0 ? stretch : kStretch, all - row);
    const std::int64_t got =
        reader.ReadBatch(wanted, missing == 0 ? nullptr : levels.data(), nullptr, moves ? into + row : into, &n);
    const std::int64_t read = missing == 0 ? n : got;
    if (read < 1 || read > wanted || n > read) damaged("a column chunk that ends early");
    present += n;
    on_stretch(row, read, n, std::span(levels).first(static_cast<std::size_t>(missing == 0 ? 0 : read)));
    row += read;
  }
  if (present != all - missing || reader.HasNext()) damaged("a column chunk of another length");
}

template <class T>
Result<void> ColumnFileReader::State::read(std::size_t group, std::size_t column, std::span<T> into,
                                           std::span<std::uint8_t> validity) const {
  constexpr Physical physical = std::is_same_v<T, std::int32_t>   ? Physical::int32
                                : std::is_same_v<T, std::int64_t> ? Physical::int64
                                                                  : Physical::float64;
  const bool some_missing = chunk(group, column).seal.missing != 0;
  const std::int64_t all = groups[group].rows;
  MOMENTUM_CHECK(specs[column].physical == physical && into.size() == static_cast<std::size_t>(all));
  MOMENTUM_CHECK(!some_missing || validity.size() == validity_bytes(all));
  return guarded([&] {
    if (some_missing) std::ranges::fill(validity, std::uint8_t{0});
    decode(group, column, into.data(), all,
           [&](std::int64_t row, std::int64_t, std::int64_t n, std::span<const std::int16_t> levels) {
             if (levels.empty()) return;
             spread(levels, into.data() + row, n, T{});
             for (std::size_t k = 0; k < levels.size(); ++k) {
               const std::size_t at = static_cast<std::size_t>(row) + k;
               validity[at / 8] = static_cast<std::uint8_t>(validity[at / 8] | (levels[k] << (at % 8)));
             }
           });
  });
}

template <class T>
void ColumnFileReader::State::read_real(std::size_t group, std::size_t column, std::span<double> into) const {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  if constexpr (std::is_same_v<T, double>) {
    decode(group, column, into.data(), groups[group].rows,
           [&](std::int64_t row, std::int64_t, std::int64_t n, std::span<const std::int16_t> levels) {
             spread(levels, into.data() + row, n, kMissing);
           });
  } else {
    std::array<T, kStretch> integers;
    decode(group, column, integers.data(), kStretch,
           [&](std::int64_t row, std::int64_t, std::int64_t n, std::span<const std::int16_t> levels) {
             double* const to = into.data() + row;
             from_decimal(std::span<const T>(integers).first(static_cast<std::size_t>(n)), specs[column].scale, {},
                          {to, static_cast<std::size_t>(n)});
             spread(levels, to, n, kMissing);
           });
  }
}

ColumnFileReader::ColumnFileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ColumnFileReader::~ColumnFileReader() = default;

Result<std::unique_ptr<ColumnFileReader>> ColumnFileReader::open(const std::string& path,
                                                                 std::optional<std::int64_t> expected_bytes) {
  MOMENTUM_TRY(std::unique_ptr<MappedFile> file, MappedFile::open(path));
  const auto size = static_cast<std::int64_t>(file->bytes().size());
  if (expected_bytes.value_or(size) != size)
    return damage_of(path, fmt::format("it has {} bytes, not {}", size, *expected_bytes));
  MOMENTUM_TRY(auto reader, ColumnFileReaderAccess::open_bytes(file->bytes(), path));
  reader->state_->file = std::move(file);
  return reader;
}

Result<std::unique_ptr<ColumnFileReader>> ColumnFileReaderAccess::open_bytes(std::span<const std::byte> bytes,
                                                                             std::string path) {
  auto state = std::make_unique<ColumnFileReader::State>();
  state->path = std::move(path);
  state->bytes = bytes;
  MOMENTUM_TRY_VOID(state->guarded([&] { state->read_footer(); }));
  return std::unique_ptr<ColumnFileReader>(new ColumnFileReader(std::move(state)));
}

const std::vector<ColumnSpec>& ColumnFileReader::specs() const { return state_->specs; }
const FileMetadata& ColumnFileReader::metadata() const { return state_->metadata; }
std::span<const RowGroupPlace> ColumnFileReader::groups() const { return state_->groups; }
std::int64_t ColumnFileReader::rows() const { return state_->rows; }
std::uint64_t ColumnFileReader::hash() const { return content_hash(state_->bytes); }

std::optional<std::size_t> ColumnFileReader::find(std::string_view name) const {
  const auto found = std::ranges::find(state_->specs, name, &ColumnSpec::name);
  if (found == state_->specs.end()) return {};
  return static_cast<std::size_t>(found - state_->specs.begin());
}

std::int64_t ColumnFileReader::missing(std::size_t group, std::size_t column) const {
  return state_->chunk(group, column).seal.missing;
}

Result<void> ColumnFileReader::read(std::size_t group, std::size_t column, std::span<std::int32_t> into,
                                    std::span<std::uint8_t> validity) const {
  return state_->read(group, column, into, validity);
}
Result<void> ColumnFileReader::read(std::size_t group, std::size_t column, std::span<std::int64_t> into,
                                    std::span<std::uint8_t> validity) const {
  return state_->read(group, column, into, validity);
}
Result<void> ColumnFileReader::read(std::size_t group, std::size_t column, std::span<double> into,
                                    std::span<std::uint8_t> validity) const {
  return state_->read(group, column, into, validity);
}

Result<void> ColumnFileReader::read_real(std::size_t group, std::size_t column, std::span<double> into) const {
  MOMENTUM_CHECK(group < state_->groups.size() && column < state_->specs.size());
  MOMENTUM_CHECK(into.size() == static_cast<std::size_t>(state_->groups[group].rows));
  return state_->guarded([&] {
    switch (state_->specs[column].physical) {
      case Physical::int32: return state_->read_real<std::int32_t>(group, column, into);
      case Physical::int64: return state_->read_real<std::int64_t>(group, column, into);
      case Physical::float64: return state_->read_real<double>(group, column, into);
    }
  });
}

}  // namespace momentum::formats
