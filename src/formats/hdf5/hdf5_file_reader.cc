#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "content_hash_internal.h"
#include "hdf5_file_internal.h"
#include "hdf5_layout_internal.h"
#include "mapped_file_internal.h"
#include "packed_chunk_internal.h"
#include "stretch_reader_internal.h"

namespace momentum::formats {
namespace {

std::unexpected<Error> damage_of(const std::string& path, std::string_view why) {
  return fail(ErrorCode::unreadable_data, fmt::format("damaged HDF5 file ({})", why), path,
              "restore it from a copy, or import its data again");
}

class Hdf5FileReader final : public StretchReader<Hdf5FileReader> {
 public:
  Hdf5FileReader(std::string path, std::unique_ptr<ByteSource> file, Hdf5Index index)
      : path_(std::move(path)), file_(std::move(file)), index_(std::move(index)), groups_(group_places(index_)) {
    first_rows_.push_back(0);
    for (const std::int64_t rows : index_.group_rows) first_rows_.push_back(first_rows_.back() + rows);
  }

  const std::vector<ColumnSpec>& specs() const override { return index_.specs; }
  const FileMetadata& metadata() const override { return index_.metadata; }
  std::span<const RowGroupPlace> groups() const override { return groups_; }
  std::int64_t rows() const override { return first_rows_.back(); }

  std::int64_t missing(std::size_t group, std::size_t column) const override {
    MOMENTUM_CHECK(group < groups_.size() && column < specs().size());
    return index_.missing[group * specs().size() + column];
  }

  // A chunk counts for the row group of its first row.
  std::int64_t bytes(std::size_t group, std::size_t column) const override {
    MOMENTUM_CHECK(group < groups_.size() && column < specs().size());
    const std::int64_t size = index_.chunk_rows;
    std::int64_t sum = 0;
    for (std::int64_t k = (first_rows_[group] + size - 1) / size; k * size < first_rows_[group + 1]; ++k)
      sum += static_cast<std::int64_t>(chunk(k, column).bytes);
    return sum;
  }

  Result<std::uint64_t> hash() const override { return content_hash(*file_); }

  std::shared_ptr<const void> fetch(std::size_t group, std::span<const std::size_t> columns) const override {
    std::vector<ByteRange> ranges;
    for (std::int64_t k = first_rows_[group] / index_.chunk_rows; k * index_.chunk_rows < first_rows_[group + 1]; ++k)
      for (const std::size_t column : columns) ranges.push_back(range_of(chunk(k, column)));
    return file_->fetch(std::move(ranges));
  }

  std::unexpected<Error> damage(std::string_view why) const { return damage_of(path_, why); }
  template <class T, class F>
  Result<void> decode(std::size_t group, std::size_t column, std::int64_t end, F&& on_stretch) const;

 private:
  const Hdf5Chunk& chunk(std::int64_t number, std::size_t column) const {
    return index_.chunks[static_cast<std::size_t>(number) * specs().size() + column];
  }

  static ByteRange range_of(const Hdf5Chunk& chunk) {
    return {static_cast<std::int64_t>(chunk.offset), static_cast<std::int64_t>(chunk.bytes)};
  }

  std::string path_;
  std::unique_ptr<ByteSource> file_;
  Hdf5Index index_;
  std::vector<RowGroupPlace> groups_;
  std::vector<std::int64_t> first_rows_;  // of the row groups, and the end
};

template <class T, class F>
Result<void> Hdf5FileReader::decode(std::size_t group, std::size_t column, std::int64_t end, F&& on_stretch) const {
  const ColumnSpec& spec = specs()[column];
  const Packing packing{.codec = spec.codec, .level = spec.level, .width = sizeof(T)};
  const bool some_missing = missing(group, column) != 0;
  const std::int64_t size = index_.chunk_rows, first = first_rows_[group], last = first + end;
  std::array<std::uint8_t, kStretchRows> present;
  try {
    std::vector<T> values(static_cast<std::size_t>(size));
    for (std::int64_t k = first / size; k * size < first_rows_[group + 1]; ++k) {
      const Hdf5Chunk& place = chunk(k, column);
      MOMENTUM_TRY(const SourceBytes held, file_->read(range_of(place)));
      const std::span<const std::byte> packed = held.bytes;
      if (content_hash(packed) != place.hash) return damage(fmt::format("checksum of column {}", spec.name));
      const std::int64_t from = std::max(first, k * size), to = std::min(last, (k + 1) * size);
      if (from >= to) continue;
      if (!unpack(packed, packing, std::as_writable_bytes(std::span(values))))
        return damage(fmt::format("a chunk of column {}", spec.name));
      for (std::int64_t row = from; row < to; row += kStretchRows) {
        const auto n = static_cast<std::size_t>(std::min(kStretchRows, to - row));
        const auto stretch = std::span<const T>(values).subspan(static_cast<std::size_t>(row - k * size), n);
        for (std::size_t i = 0; some_missing && i < n; ++i) present[i] = !is_missing(stretch[i]);
        on_stretch(row - first, stretch, std::span<const std::uint8_t>(present).first(some_missing ? n : 0));
      }
    }
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to read", path_, "close other programs");
  }
  return {};
}

// Of all that is in no chunk.
Result<std::optional<std::uint64_t>> rest_hash_of(const ByteSource& file, std::uint64_t hdf5_bytes,
                                                  const std::vector<Hdf5Chunk>& chunks) {
  const auto rest = rest_of(hdf5_bytes, chunks);
  if (!rest) return std::nullopt;
  const auto fetched = file.fetch(*rest);
  ContentHash hash;
  for (const ByteRange& range : *rest) {
    MOMENTUM_TRY(const SourceBytes bytes, file.read(range));
    hash.add(bytes.bytes);
  }
  return hash.value();
}

}  // namespace

Result<std::unique_ptr<DataFileReader>> open_hdf5_file(std::unique_ptr<ByteSource> file, std::string path) {
  constexpr auto kSeal = static_cast<std::int64_t>(kHdf5SealBytes);
  const std::int64_t size = file->size();
  if (size < kSeal) return damage_of(path, "no seal at its end");
  MOMENTUM_TRY(const SourceBytes tail, file->read({size - kSeal, kSeal}));
  const std::string_view magic(reinterpret_cast<const char*>(tail.bytes.data()), 8);
  if (!magic.starts_with(kHdf5SealMagic)) return damage_of(path, "no seal at its end");
  const std::string_view version = magic.substr(kHdf5SealMagic.size());
  const auto seal = seal_of(tail.bytes);
  if (!seal) return damage_of(path, "its seal");
  if (version != kHdf5Version)
    return fail(ErrorCode::unreadable_data, fmt::format("HDF5 file of an unknown version ({})", version),
                std::move(path), "use the version of the program that wrote it, or a newer one");
  if (seal->hdf5_bytes > static_cast<std::uint64_t>(size - kSeal)) return damage_of(path, "its length");
  const auto hdf5_bytes = static_cast<std::int64_t>(seal->hdf5_bytes);
  MOMENTUM_TRY(const SourceBytes packed, file->read({hdf5_bytes, size - kSeal - hdf5_bytes}));
  if (content_hash(packed.bytes) != seal->index) return damage_of(path, "checksum of its index");
  try {
    auto index = index_of(packed.bytes, seal->hdf5_bytes);
    if (!index) return damage_of(path, "its index");
    MOMENTUM_TRY(const auto rest, rest_hash_of(*file, seal->hdf5_bytes, index->chunks));
    if (rest != seal->rest) return damage_of(path, "checksum of its descriptions");
    return std::make_unique<Hdf5FileReader>(std::move(path), std::move(file), *std::move(index));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to read", std::move(path), "close other programs");
  }
}

Result<std::unique_ptr<DataFileReader>> open_hdf5_bytes(std::span<const std::byte> bytes, std::string path) {
  return open_hdf5_file(std::make_unique<MemorySource>(bytes), std::move(path));
}

}  // namespace momentum::formats
