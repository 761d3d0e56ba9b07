#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/api/reader.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "column_file_internal.h"
#include "column_footer_internal.h"
#include "content_hash_internal.h"
#include "mapped_file_internal.h"
#include "momentum/formats/column_file.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::formats {
namespace {

// Rows decoded at once where they are looked at on the way: what a stretch takes stays in the first cache.
constexpr std::int64_t kStretch = 2048;

template <class T>
using ParquetType =
    std::conditional_t<std::is_same_v<T, std::int32_t>, parquet::Int32Type,
                       std::conditional_t<std::is_same_v<T, std::int64_t>, parquet::Int64Type, parquet::DoubleType>>;

std::unexpected<Error> damage_of(const std::string& path, std::string_view why) {
  return fail(ErrorCode::unreadable_data, fmt::format("damaged column file ({})", why), path,
              "restore it from a copy, or import its data again");
}

// Moves n present values from the front to their rows, from the back so that none is overwritten before it moved.
template <class T>
void spread(std::span<const std::int16_t> levels, T* values, std::int64_t n, T absent) {
  if (levels.empty() || n == static_cast<std::int64_t>(levels.size())) return;
  for (std::size_t k = levels.size(); k-- > 0;) values[k] = levels[k] != 0 ? values[--n] : absent;
}

// Bits from `row` on, which are 0, become the levels.
void set_bits(std::span<const std::int16_t> levels, std::size_t row, std::span<std::uint8_t> validity) {
  std::size_t k = 0;
  const auto one_by_one = [&](std::size_t end) {
    for (; k < end; ++k) {
      std::uint8_t& byte = validity[(row + k) / 8];
      byte = static_cast<std::uint8_t>(byte | levels[k] << (row + k) % 8);
    }
  };
  one_by_one(std::min((8 - row % 8) % 8, levels.size()));
  for (; k + 8 <= levels.size(); k += 8) {
    int byte = 0;
    for (std::size_t bit = 0; bit < 8; ++bit) byte |= levels[k + bit] << bit;
    validity[(row + k) / 8] = static_cast<std::uint8_t>(byte);
  }
  one_by_one(levels.size());
}

}  // namespace

struct ColumnFileReader::State {
  std::string path;
  std::unique_ptr<ByteSource> file;
  ColumnFooter footer;

  const ColumnChunk& chunk(std::size_t group, std::size_t column) const {
    MOMENTUM_CHECK(group < footer.groups.size() && column < footer.specs.size());
    return footer.chunks[group * footer.specs.size() + column];
  }

  // Calls f, which may throw whatever Parquet throws.
  template <class F>
  Result<void> guarded(F&& f) const {
    try {
      f();
      return {};
    } catch (const std::bad_alloc&) {
      return out_of_memory();
    } catch (SourceFailed& failed) {
      return std::unexpected(std::move(failed.error));
    } catch (const UnknownVersion& version) {
      return fail(ErrorCode::unreadable_data, fmt::format("column file of an unknown version ({})", version.what()),
                  path, "use the version of the program that wrote it, or a newer one");
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

  // `bytes`: the chunk's, which outlive what is returned
  std::shared_ptr<parquet::ColumnReader> open_chunk(std::size_t group, std::size_t column,
                                                    std::span<const std::byte> bytes) const;
  template <class T, class Place, class F>
  void decode(std::size_t group, std::size_t column, std::int64_t end, std::int64_t most, Place&& place,
              F&& on_stretch) const;
  template <class T>
  Result<void> read(std::size_t group, std::size_t column, std::span<T> into, std::span<std::uint8_t> validity) const;
  template <class T, class Place, class F>
  void decode_real(std::size_t group, std::size_t column, std::int64_t end, Place&& place, F&& on_stretch) const;
  template <class Place, class F>
  Result<void> real(std::size_t group, std::size_t column, std::int64_t end, Place&& place, F&& on_stretch) const;
};

std::shared_ptr<parquet::ColumnReader> ColumnFileReader::State::open_chunk(std::size_t group, std::size_t column,
                                                                           std::span<const std::byte> bytes) const {
  const ColumnChunk& from = chunk(group, column);
  if (content_hash(bytes) != from.seal.hash) damaged("checksum of a column chunk");
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                static_cast<std::int64_t>(bytes.size()));
  const parquet::ColumnDescriptor* const descriptor = footer.parquet->schema()->Column(static_cast<int>(column));
  // The CRC of each page stays off: it is for other readers, the seal has just covered the same bytes and the headers.
  auto pages =
      parquet::PageReader::Open(std::make_shared<arrow::io::BufferReader>(std::move(buffer)), footer.groups[group].rows,
                                from.codec, parquet::default_reader_properties(), *descriptor);
  return parquet::ColumnReader::Make(descriptor, std::move(pages));
}

// Decodes the rows before `end`, at most `most` at a time, to where place(first row) says; on_stretch(first row, present
// values, levels) comes after each time. The present values stand at the front of the place; no levels where none of the
// column is missing.
template <class T, class Place, class F>
void ColumnFileReader::State::decode(std::size_t group, std::size_t column, std::int64_t end, std::int64_t most,
                                     Place&& place, F&& on_stretch) const {
  const std::int64_t all = footer.groups[group].rows;
  const std::int64_t missing = chunk(group, column).seal.missing;
  const SourceBytes bytes = bytes_in(*file, chunk(group, column).bytes);
  const auto base = open_chunk(group, column, bytes.bytes);
  auto& reader = static_cast<parquet::TypedColumnReader<ParquetType<T>>&>(*base);
  std::array<std::int16_t, kStretch> levels;
  std::int64_t present = 0;
  for (std::int64_t row = 0; row < end;) {
    std::int64_t n = 0;
    const std::int64_t wanted = std::min(missing == 0 ? most : kStretch, end - row);
    T* const into = place(row);
    const std::int64_t got = reader.ReadBatch(wanted, missing == 0 ? nullptr : levels.data(), nullptr, into, &n);
    const std::int64_t read = missing == 0 ? n : got;
    if (read < 1 || read > wanted) damaged("a column chunk that ends early");
    const std::span rows = std::span(levels).first(static_cast<std::size_t>(missing == 0 ? 0 : read));
    // A page may hold fewer values than its levels promise; spread() would look for them before the buffer.
    if (missing != 0 && n != read && n != std::ranges::count(rows, 1)) damaged("a page without its values");
    present += n;
    on_stretch(row, n, rows);
    row += read;
  }
  if (end == all && (present != all - missing || reader.HasNext())) damaged("a column chunk of another length");
}

template <class T>
Result<void> ColumnFileReader::State::read(std::size_t group, std::size_t column, std::span<T> into,
                                           std::span<std::uint8_t> validity) const {
  constexpr Physical physical = std::is_same_v<T, std::int32_t>   ? Physical::int32
                                : std::is_same_v<T, std::int64_t> ? Physical::int64
                                                                  : Physical::float64;
  const bool some_missing = chunk(group, column).seal.missing != 0;
  const std::int64_t all = footer.groups[group].rows;
  MOMENTUM_CHECK(footer.specs[column].physical == physical && into.size() == static_cast<std::size_t>(all));
  MOMENTUM_CHECK(!some_missing || validity.size() == validity_bytes(all));
  return guarded([&] {
    if (some_missing) std::ranges::fill(validity, std::uint8_t{0});
    const auto place = [&](std::int64_t row) { return into.data() + row; };
    decode<T>(group, column, all, all, place,
              [&](std::int64_t row, std::int64_t n, std::span<const std::int16_t> levels) {
                if (levels.empty()) return;
                spread(levels, place(row), n, T{});
                set_bits(levels, static_cast<std::size_t>(row), validity);
              });
  });
}

// As decode(), but what stands at place(first row) when on_stretch(first row, rows) comes is a number for every row.
template <class T, class Place, class F>
void ColumnFileReader::State::decode_real(std::size_t group, std::size_t column, std::int64_t end, Place&& place,
                                          F&& on_stretch) const {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  const auto rows_of = [](std::int64_t n, std::span<const std::int16_t> levels) {
    return levels.empty() ? static_cast<std::size_t>(n) : levels.size();
  };
  if constexpr (std::is_same_v<T, double>) {
    decode<T>(group, column, end, kStretch, place,
              [&](std::int64_t row, std::int64_t n, std::span<const std::int16_t> levels) {
                spread(levels, place(row), n, kMissing);
                on_stretch(row, rows_of(n, levels));
              });
  } else {
    std::array<T, kStretch> integers;
    decode<T>(
        group, column, end, kStretch, [&](std::int64_t) { return integers.data(); },
        [&](std::int64_t row, std::int64_t n, std::span<const std::int16_t> levels) {
          const auto count = static_cast<std::size_t>(n);
          from_decimal(std::span<const T>(integers).first(count), footer.specs[column].scale, {}, {place(row), count});
          spread(levels, place(row), n, kMissing);
          on_stretch(row, rows_of(n, levels));
        });
  }
}

template <class Place, class F>
Result<void> ColumnFileReader::State::real(std::size_t group, std::size_t column, std::int64_t end, Place&& place,
                                           F&& on_stretch) const {
  return guarded([&] {
    switch (footer.specs[column].physical) {
      case Physical::int32: return decode_real<std::int32_t>(group, column, end, place, on_stretch);
      case Physical::int64: return decode_real<std::int64_t>(group, column, end, place, on_stretch);
      case Physical::float64: return decode_real<double>(group, column, end, place, on_stretch);
    }
  });
}

ColumnFileReader::ColumnFileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ColumnFileReader::~ColumnFileReader() = default;

Result<std::unique_ptr<ColumnFileReader>> ColumnFileReader::open(const std::string& path) {
  MOMENTUM_TRY(std::unique_ptr<MappedFile> file, MappedFile::open(path));
  return open(std::move(file), path);
}

Result<std::unique_ptr<ColumnFileReader>> ColumnFileReader::open(std::unique_ptr<ByteSource> file, std::string path) {
  auto state = std::make_unique<State>();
  state->path = std::move(path);
  state->file = std::move(file);
  MOMENTUM_TRY_VOID(state->guarded([&] { state->footer = read_footer(*state->file); }));
  return std::unique_ptr<ColumnFileReader>(new ColumnFileReader(std::move(state)));
}

Result<std::unique_ptr<ColumnFileReader>> ColumnFileReaderAccess::open_bytes(std::span<const std::byte> bytes,
                                                                             std::string path) {
  return ColumnFileReader::open(std::make_unique<MemorySource>(bytes), std::move(path));
}

const std::vector<ColumnSpec>& ColumnFileReader::specs() const { return state_->footer.specs; }
const FileMetadata& ColumnFileReader::metadata() const { return state_->footer.metadata; }
std::span<const RowGroupPlace> ColumnFileReader::groups() const { return state_->footer.groups; }
std::int64_t ColumnFileReader::rows() const { return state_->footer.rows; }
Result<std::uint64_t> ColumnFileReader::hash() const { return content_hash(*state_->file); }

std::shared_ptr<const void> ColumnFileReader::fetch(std::size_t group, std::span<const std::size_t> columns) const {
  std::vector<ByteRange> ranges;
  for (const std::size_t column : columns) ranges.push_back(state_->chunk(group, column).bytes);
  return state_->file->fetch(std::move(ranges));
}

std::int64_t ColumnFileReader::missing(std::size_t group, std::size_t column) const {
  return state_->chunk(group, column).seal.missing;
}

std::int64_t ColumnFileReader::bytes(std::size_t group, std::size_t column) const {
  return state_->chunk(group, column).bytes.length;
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
  MOMENTUM_CHECK(group < state_->footer.groups.size() && column < state_->footer.specs.size());
  const std::int64_t all = state_->footer.groups[group].rows;
  MOMENTUM_CHECK(into.size() == static_cast<std::size_t>(all));
  const auto place = [&](std::int64_t row) { return into.data() + row; };
  return state_->real(group, column, all, place, [](std::int64_t, std::size_t) {});
}

Result<void> ColumnFileReader::stream_real(std::size_t group, std::size_t column, std::int64_t end,
                                           const Take<double>& take) const {
  MOMENTUM_CHECK(group < state_->footer.groups.size() && column < state_->footer.specs.size());
  MOMENTUM_CHECK(end >= 0 && end <= state_->footer.groups[group].rows);
  std::array<double, kStretch> stretch;
  const auto place = [&](std::int64_t) { return stretch.data(); };
  return state_->real(group, column, end, place,
                      [&](std::int64_t row, std::size_t n) { take(row, std::span<const double>(stretch).first(n)); });
}

Result<void> ColumnFileReader::stream_int32(std::size_t group, std::size_t column, std::int64_t end,
                                            const Take<std::int32_t>& take) const {
  MOMENTUM_CHECK(state_->chunk(group, column).seal.missing == 0);
  MOMENTUM_CHECK(state_->footer.specs[column].physical == Physical::int32);
  MOMENTUM_CHECK(end >= 0 && end <= state_->footer.groups[group].rows);
  return state_->guarded([&] {
    std::array<std::int32_t, kStretch> stretch;
    const auto place = [&](std::int64_t) { return stretch.data(); };
    state_->decode<std::int32_t>(group, column, end, kStretch, place,
                                 [&](std::int64_t row, std::int64_t n, std::span<const std::int16_t>) {
                                   take(row, std::span<const std::int32_t>(stretch).first(static_cast<std::size_t>(n)));
                                 });
  });
}

}  // namespace momentum::formats
