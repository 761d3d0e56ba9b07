#include "pandas_fixed_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "export_file_internal.h"
#include "hdf5_attributes_internal.h"
#include "hdf5_disk_internal.h"
#include "hdf5_library_internal.h"
#include "output_file_internal.h"

namespace momentum::formats {
namespace {

constexpr std::int64_t kNanosecondsPerMinute = 60'000'000'000, kNanosecondsPerDay = 1440 * kNanosecondsPerMinute;

// The attributes of PyTables' own objects, which it reads by.
bool set_class(hid_t object, std::string_view name, std::string_view version) {
  return set_text(object, "CLASS", name) && set_text(object, "TITLE", "") && set_text(object, "VERSION", version);
}

Hdf5Handle make_file(Hdf5Disk& disk) {
  const Hdf5Handle access = disk.access();
  const Hdf5Handle create(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  // The oldest layout: readers of any age. No times: the same values, the same bytes.
  if (!access || H5Pset_obj_track_times(create.get(), false) < 0 ||
      H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) < 0)
    return {};
  return {H5Fcreate("momentum", H5F_ACC_TRUNC, create.get(), access.get()), H5Fclose};
}

Hdf5Handle make_group(hid_t file, const std::string& name) {
  const Hdf5Handle create(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  if (H5Pset_obj_track_times(create.get(), false) < 0) return {};
  return {H5Gcreate2(file, name.c_str(), H5P_DEFAULT, create.get(), H5P_DEFAULT), H5Gclose};
}

// A whole dataset; `shape` has one or two sizes.
Hdf5Handle make_array(hid_t group, const char* name, hid_t type, const std::vector<hsize_t>& shape, const void* data) {
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  const Hdf5Handle create(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (H5Pset_obj_track_times(create.get(), false) < 0) return {};
  Hdf5Handle out(H5Dcreate2(group, name, type, space.get(), H5P_DEFAULT, create.get(), H5P_DEFAULT), H5Dclose);
  if (!out || H5Dwrite(out.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) return {};
  if (!set_class(out.get(), "ARRAY", "2.4") || !set_text(out.get(), "FLAVOR", "numpy")) return {};
  return out;
}

class PandasFixed final : public ExportWriter {
 public:
  PandasFixed(std::string path, ExportTime time, std::vector<std::string> columns)
      : path_(std::move(path)), index_(time_column(time)), columns_(std::move(columns)) {
    for (const std::string& column : columns_) name_bytes_ = std::max(name_bytes_, column.size());
    for (const std::string& column : columns_) {
      names_ += column;
      names_.append(name_bytes_ - column.size(), '\0');
    }
  }
  ~PandasFixed() override {
    const Hdf5Turn turn;
    file_ = {};
  }

  Result<void> open(const FileMetadata& notes) {
    if (const int error = disk_.open(path_); error != 0) return write_failed(error, path_);
    const Hdf5Turn turn;
    file_ = make_file(disk_);
    if (!file_ || !set_class(file_.get(), "GROUP", "1.0") || !set_text(file_.get(), "PYTABLES_FORMAT_VERSION", "2.1"))
      return failed();
    for (const auto& [key, value] : notes)
      if (!value.empty() && !set_text(file_.get(), key, value)) return failed();
    return {};
  }

  Result<void> add(const ExportSeries& series) override {
    constexpr std::int64_t kDays = std::numeric_limits<std::int64_t>::max() / kNanosecondsPerDay;
    times_.clear();
    for (const std::int32_t day : series.dates) {
      if (day >= kDays || day < -kDays)
        return fail(ErrorCode::bad_value,
                    fmt::format("{} has a day that pandas cannot tell in nanoseconds", series.code), path_,
                    "write Parquet or CSV");
      times_.push_back(day * kNanosecondsPerDay);
    }
    for (std::size_t r = 0; r < series.minutes.size(); ++r) times_[r] += series.minutes[r] * kNanosecondsPerMinute;
    const std::size_t rows = times_.size(), columns = columns_.size();
    values_.resize(rows * columns);
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t r = 0; r < rows; ++r) values_[r * columns + c] = series.columns[c][r];
    const Hdf5Turn turn;
    const Hdf5Handle group = make_group(file_.get(), std::string(series.key));
    if (!group || !describe(group.get()) || !write(group.get()) || disk_.error() != 0) return failed();
    return {};
  }

  Result<void> close() override {
    const Hdf5Turn turn;
    if (H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) < 0) return failed();
    file_ = {};
    if (disk_.close() != 0) return failed();
    return {};
  }

 private:
  std::unexpected<Error> failed() const {
    if (disk_.error() != 0) return write_failed(disk_.error(), path_);
    return fail(ErrorCode::internal, "the HDF5 library refuses to write", path_, "please report this line");
  }

  // What pandas reads by: a frame of two axes, whose values are in one block.
  static bool describe(hid_t group) {
    const std::int64_t ndim = 2, nblocks = 1;
    return set_class(group, "GROUP", "1.0") && set_text(group, "pandas_type", "frame") &&
           set_text(group, "pandas_version", "0.15.2") && set_text(group, "encoding", "UTF-8") &&
           set_text(group, "errors", "strict") && set_number(group, "ndim", H5T_NATIVE_INT64, &ndim) &&
           set_number(group, "nblocks", H5T_NATIVE_INT64, &nblocks) && set_text(group, "axis0_variety", "regular") &&
           set_text(group, "axis1_variety", "regular") && set_text(group, "block0_items_variety", "regular");
  }

  bool write(hid_t group) const {
    const Hdf5Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
    if (H5Tset_size(text.get(), name_bytes_) < 0) return false;
    const hsize_t rows = times_.size(), columns = columns_.size();
    for (const char* const name : {"axis0", "block0_items"}) {
      const Hdf5Handle names = make_array(group, name, text.get(), {columns}, names_.data());
      if (!names || !set_text(names.get(), "kind", "string")) return false;
    }
    const Hdf5Handle index = make_array(group, "axis1", H5T_STD_I64LE, {rows}, times_.data());
    // a kind without a unit is nanoseconds to every pandas
    if (!index || !set_text(index.get(), "kind", "datetime64") || !set_text(index.get(), "index_class", "datetime") ||
        !set_text(index.get(), "name", index_))
      return false;
    const Hdf5Handle block = make_array(group, "block0_values", H5T_IEEE_F64LE, {rows, columns}, values_.data());
    const std::uint8_t transposed = 1;
    return block && set_number(block.get(), "transposed", H5T_NATIVE_B8, &transposed);
  }

  std::string path_, index_;
  std::vector<std::string> columns_;
  std::size_t name_bytes_ = 1;
  std::string names_;  // all of one length
  Hdf5Disk disk_;
  Hdf5Handle file_;
  std::vector<std::int64_t> times_;
  std::vector<double> values_;  // row by row
};

}  // namespace

Result<std::unique_ptr<ExportWriter>> create_pandas_fixed(const std::string& path, ExportTime time,
                                                          std::vector<std::string> columns, const FileMetadata& notes) {
  auto out = std::make_unique<PandasFixed>(path, time, std::move(columns));
  MOMENTUM_TRY_VOID(out->open(notes));
  return out;
}

}  // namespace momentum::formats
