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
  Hdf5FileReader(std::string path, std::span<const std::byte> bytes, Hdf5Index index)
      : path_(std::move(path)), bytes_(bytes), index_(std::move(index)), groups_(group_places(index_)) {
    first_rows_.push_back(0);
    for (const std::int64_t rows : index_.group_rows) first_rows_.push_back(first_rows_.back() + rows);
  }
  void own(std::unique_ptr<MappedFile> file) { file_ = std::move(file); }

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

  std::uint64_t hash() const override { return content_hash(bytes_); }

  std::unexpected<Error> damage(std::string_view why) const { return damage_of(path_, why); }
  template <class T, class F>
  Result<void> decode(std::size_t group, std::size_t column, std::int64_t end, F&& on_stretch) const;

 private:
  const Hdf5Chunk& chunk(std::int64_t number, std::size_t column) const {
    return index_.chunks[static_cast<std::size_t>(number) * specs().size() + column];
  }

  std::unique_ptr<MappedFile> file_;  // what bytes lie in; none in tests
  std::string path_;
  std::span<const std::byte> bytes_;
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
      const std::span<const std::byte> packed = bytes_.subspan(place.offset, place.bytes);
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

Result<std::unique_ptr<Hdf5FileReader>> open_bytes(std::span<const std::byte> bytes, std::string path) {
  if (bytes.size() < kHdf5SealBytes) return damage_of(path, "no seal at its end");
  const std::span<const std::byte> tail = bytes.last(kHdf5SealBytes);
  const std::string_view magic(reinterpret_cast<const char*>(tail.data()), 8);
  if (!magic.starts_with(kHdf5SealMagic)) return damage_of(path, "no seal at its end");
  const std::string_view version = magic.substr(kHdf5SealMagic.size());
  const auto seal = seal_of(tail);
  if (!seal) return damage_of(path, "its seal");
  if (version != kHdf5Version)
    return fail(ErrorCode::unreadable_data, fmt::format("HDF5 file of an unknown version ({})", version),
                std::move(path), "use the version of the program that wrote it, or a newer one");
  const std::size_t before = bytes.size() - kHdf5SealBytes;
  if (seal->hdf5_bytes > before) return damage_of(path, "its length");
  const auto hdf5 = bytes.first(seal->hdf5_bytes), packed = bytes.subspan(hdf5.size(), before - hdf5.size());
  if (content_hash(packed) != seal->index) return damage_of(path, "checksum of its index");
  try {
    auto index = index_of(packed, hdf5.size());
    if (!index) return damage_of(path, "its index");
    if (rest_hash(hdf5, index->chunks) != seal->rest) return damage_of(path, "checksum of its descriptions");
    return std::make_unique<Hdf5FileReader>(std::move(path), bytes, *std::move(index));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to read", std::move(path), "close other programs");
  }
}

}  // namespace

Result<std::unique_ptr<DataFileReader>> open_hdf5_bytes(std::span<const std::byte> bytes, std::string path) {
  return open_bytes(bytes, std::move(path));
}

Result<std::unique_ptr<DataFileReader>> open_hdf5_file(const std::string& path,
                                                       std::optional<std::int64_t> expected_bytes) {
  MOMENTUM_TRY(std::unique_ptr<MappedFile> file, MappedFile::open(path));
  const auto size = static_cast<std::int64_t>(file->bytes().size());
  if (expected_bytes.value_or(size) != size)
    return damage_of(path, fmt::format("it has {} bytes, not {}", size, *expected_bytes));
  MOMENTUM_TRY(auto reader, open_bytes(file->bytes(), path));
  reader->own(std::move(file));
  return reader;
}

}  // namespace momentum::formats
