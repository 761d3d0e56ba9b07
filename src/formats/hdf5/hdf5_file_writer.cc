#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <set>

#include "content_hash_internal.h"
#include "hdf5_file_internal.h"
#include "hdf5_image_internal.h"
#include "hdf5_layout_internal.h"
#include "writer_checks_internal.h"

namespace momentum::formats {
namespace {

// HDF5 keeps an attribute in a message of less than 64 KB.
constexpr std::size_t kLongestAttribute = 60'000;

Result<void> check_attributes(const FileMetadata& metadata) {
  MOMENTUM_TRY_VOID(check_metadata(metadata));
  std::set<std::string_view> keys;
  for (const auto& [key, value] : metadata) {
    if (key.empty() || key.find('\0') != std::string::npos || !keys.insert(key).second)
      return fail(ErrorCode::bad_value, "a metadata key that HDF5 cannot hold", key);
    if (key.size() + value.size() > kLongestAttribute)
      return fail(ErrorCode::bad_value, "metadata too long for HDF5", key);
  }
  return {};
}

template <class T>
std::span<const T> values_of(const ColumnValues& column) {
  return std::get<std::span<const T>>(column.values);
}

template <class F>
decltype(auto) with_type(Physical physical, F&& f) {
  switch (physical) {
    case Physical::int32: return f(std::int32_t{});
    case Physical::int64: return f(std::int64_t{});
    case Physical::float64: break;
  }
  return f(double{});
}

class Hdf5FileWriter final : public DataFileWriter {
 public:
  Hdf5FileWriter(std::unique_ptr<OutputFile> file, std::string path, std::vector<ColumnSpec> specs,
                 FileMetadata metadata)
      : file_(std::move(file)), path_(std::move(path)), pending_(specs.size()) {
    for (const ColumnSpec& spec : specs)
      columns_.push_back({spec, {.codec = spec.codec, .level = spec.level, .width = width_of(spec.physical)}, {}});
    index_.specs = std::move(specs);
    index_.metadata = std::move(metadata);
  }
  ~Hdf5FileWriter() override {
    if (!closed_) file_->discard();
  }

  Result<void> write_row_group(std::span<const ColumnValues> columns) override {
    MOMENTUM_CHECK(!failed_ && !closed_);
    MOMENTUM_TRY(const std::size_t rows, check_group(index_.specs, columns, path_));
    MOMENTUM_TRY_VOID(check_values(columns, rows));
    return guarded([&]() -> Result<void> {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        index_.missing.push_back(static_cast<std::uint32_t>(count_missing(columns[c].validity, rows)));
        with_type(index_.specs[c].physical, [&]<class T>(T) { add<T>(c, columns[c]); });
      }
      index_.group_rows.push_back(static_cast<std::int64_t>(rows));
      return {};
    });
  }

  Result<Summary> close() override;

 private:
  // What stands for missing may be nobody's value.
  Result<void> check_values(std::span<const ColumnValues> columns, std::size_t rows) const {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (index_.specs[c].required) continue;
      const bool taken = with_type(index_.specs[c].physical, [&]<class T>(T) {
        const std::span<const T> values = values_of<T>(columns[c]);
        for (std::size_t row = 0; row < rows; ++row) {
          if (is_missing(values[row]) && is_present(columns[c].validity, row)) return true;
        }
        return false;
      });
      if (taken)
        return fail(ErrorCode::bad_value, "the value that stands for a missing one in HDF5",
                    fmt::format("{}, column {}", path_, index_.specs[c].name));
    }
    return {};
  }

  template <class T>
  void add(std::size_t c, const ColumnValues& column) {
    const std::span<const T> values = values_of<T>(column);
    std::vector<std::byte>& pending = pending_[c];
    const std::size_t full = kHdf5ChunkRows * sizeof(T);
    for (std::size_t row = 0; row < values.size();) {
      const std::size_t n = std::min(values.size() - row, (full - pending.size()) / sizeof(T));
      const std::size_t at = pending.size();
      pending.resize(at + n * sizeof(T));
      std::memcpy(pending.data() + at, values.data() + row, n * sizeof(T));
      if (!column.validity.empty()) {
        constexpr T kMissing = missing_of<T>();
        for (std::size_t k = 0; k < n; ++k) {
          if (!is_present(column.validity, row + k))
            std::memcpy(pending.data() + at + k * sizeof(T), &kMissing, sizeof(T));
        }
      }
      if (pending.size() == full) flush(c);
      row += n;
    }
  }

  void flush(std::size_t c) {
    PackedColumn& column = columns_[c];
    if (column.chunks.empty()) column.packing.shuffle = best_shuffle(pending_[c], column.packing);
    column.chunks.push_back(pack(pending_[c], column.packing));
    pending_[c].clear();
  }

  // The last chunk has the size of all others; nobody sees what it is filled up with.
  void flush_rest(std::size_t c) {
    if (pending_[c].empty()) return;
    pending_[c].resize(static_cast<std::size_t>(index_.chunk_rows) * columns_[c].packing.width);
    flush(c);
  }

  template <class F>
  auto guarded(F&& f) -> decltype(f()) {
    try {
      return f();
    } catch (const std::bad_alloc&) {
      failed_ = true;
      return fail(ErrorCode::out_of_memory, "not enough memory to write", path_, "close other programs");
    }
  }

  Result<Summary> make_file();

  std::unique_ptr<OutputFile> file_;
  std::string path_;
  Hdf5Index index_;
  std::vector<PackedColumn> columns_;
  std::vector<std::vector<std::byte>> pending_;  // rows of each column that fill no chunk yet
  bool failed_ = false, closed_ = false;
};

Result<DataFileWriter::Summary> Hdf5FileWriter::close() {
  MOMENTUM_CHECK(!failed_ && !closed_);
  return guarded([&] { return make_file(); });
}

Result<DataFileWriter::Summary> Hdf5FileWriter::make_file() {
  const std::int64_t rows = index_.rows();
  index_.chunk_rows = std::clamp<std::int64_t>(rows, 1, kHdf5ChunkRows);
  for (std::size_t c = 0; c < columns_.size(); ++c) flush_rest(c);
  MOMENTUM_TRY(Hdf5Image image, hdf5_image(columns_, rows, index_.chunk_rows, index_.metadata));
  index_.chunks = std::move(image.chunks);
  const auto rest = rest_hash(image.bytes, index_.chunks);
  MOMENTUM_CHECK(rest.has_value());
  const std::string index = index_bytes(index_);
  const std::string seal = seal_bytes({image.bytes.size(), *rest, content_hash(std::as_bytes(std::span(index)))});
  Summary summary{.groups = group_places(index_), .bytes = 0, .hash = 0};
  ContentHash hash;
  int error = 0;
  for (const std::span<const std::byte> part :
       {std::span<const std::byte>(image.bytes), std::as_bytes(std::span(index)), std::as_bytes(std::span(seal))}) {
    hash.add(part);
    summary.bytes += static_cast<std::int64_t>(part.size());
    if (error == 0) error = file_->write(part);
  }
  if (error == 0) error = file_->sync();
  if (error == 0) error = file_->close();
  if (error != 0) {
    failed_ = true;
    return write_failed(error, path_);
  }
  closed_ = true;
  summary.hash = hash.value();
  return summary;
}

}  // namespace

Result<std::unique_ptr<DataFileWriter>> create_hdf5_on(std::unique_ptr<OutputFile> file, std::string path,
                                                       std::vector<ColumnSpec> specs, FileMetadata metadata) {
  return std::make_unique<Hdf5FileWriter>(std::move(file), std::move(path), std::move(specs), std::move(metadata));
}

Result<std::unique_ptr<DataFileWriter>> create_hdf5_file(const std::string& path, std::vector<ColumnSpec> specs,
                                                         const FileMetadata& metadata) {
  MOMENTUM_TRY_VOID(check_specs(specs));
  MOMENTUM_TRY_VOID(check_hdf5_specs(specs));
  MOMENTUM_TRY_VOID(check_attributes(metadata));
  MOMENTUM_TRY(auto file, create_output_file(path));
  return create_hdf5_on(std::move(file), path, std::move(specs), metadata);
}

}  // namespace momentum::formats
