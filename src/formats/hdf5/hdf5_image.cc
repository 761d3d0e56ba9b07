#include "hdf5_image_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "content_hash_internal.h"
#include "hdf5_attributes_internal.h"
#include "hdf5_library_internal.h"

namespace momentum::formats {
namespace {

constexpr std::size_t kGrowth = std::size_t{1} << 20;
constexpr std::string_view kVersionAttribute = "momentum.data_file";

std::unexpected<Error> refused(std::string_view what) {
  return fail(ErrorCode::internal, fmt::format("the HDF5 library refuses to make {}", what), {},
              "please report this line");
}

hid_t type_of(Physical physical) {
  return physical == Physical::int32 ? H5T_STD_I32LE : physical == Physical::int64 ? H5T_STD_I64LE : H5T_IEEE_F64LE;
}

// The filters that undo what pack() did.
bool set_filters(hid_t properties, const Packing& packing, std::int64_t chunk_rows) {
  switch (packing.codec) {
    case Codec::none:
    case Codec::snappy: return true;
    case Codec::gzip:
      return H5Pset_shuffle(properties) >= 0 && H5Pset_deflate(properties, static_cast<unsigned>(packing.level)) >= 0;
    case Codec::lz4:
    case Codec::zstd: break;
  }
  // As the filter's own code lays them out: its revision, the format of Blosc, width and bytes of a chunk, then its choices.
  const std::array<unsigned, 7> values = {2,
                                          2,
                                          static_cast<unsigned>(packing.width),
                                          static_cast<unsigned>(packing.width * static_cast<std::size_t>(chunk_rows)),
                                          static_cast<unsigned>(packing.level),
                                          static_cast<unsigned>(packing.shuffle),
                                          packing.codec == Codec::lz4 ? 1U : 5U};
  return H5Pset_filter(properties, kBloscFilter, H5Z_FLAG_MANDATORY, values.size(), values.data()) >= 0;
}

const void* fill_of(Physical physical) {
  static constexpr double kDouble = missing_of<double>();
  if (physical == Physical::int32) return &kMissingInt32;
  return physical == Physical::int64 ? static_cast<const void*>(&kMissingInt64) : &kDouble;
}

bool describe(hid_t dataset, const ColumnSpec& spec) {
  if (spec.scale != kNoScale && !set_number(dataset, "scale", H5T_NATIVE_INT, &spec.scale)) return false;
  if (spec.date && !set_text(dataset, "unit", "days since 1970-01-01")) return false;
  return spec.required || set_number(dataset, "missing", type_of(spec.physical), fill_of(spec.physical));
}

Hdf5Handle make_dataset(hid_t file, const PackedColumn& column, hsize_t rows, std::int64_t chunk_rows) {
  const hsize_t most = rows == 0 ? H5S_UNLIMITED : rows;  // no chunk fits a dataset that is empty for ever
  const Hdf5Handle space(H5Screate_simple(1, &rows, &most), H5Sclose);
  const Hdf5Handle create(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const Hdf5Handle link(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  const auto chunk = static_cast<hsize_t>(chunk_rows);
  const hid_t type = type_of(column.spec.physical);
  if (H5Pset_chunk(create.get(), 1, &chunk) < 0 || H5Pset_obj_track_times(create.get(), false) < 0 ||
      H5Pset_char_encoding(link.get(), H5T_CSET_UTF8) < 0 || !set_filters(create.get(), column.packing, chunk_rows))
    return {};
  if (!column.spec.required && H5Pset_fill_value(create.get(), type, fill_of(column.spec.physical)) < 0) return {};
  Hdf5Handle dataset(
      H5Dcreate2(file, column.spec.name.c_str(), type, space.get(), link.get(), create.get(), H5P_DEFAULT), H5Dclose);
  if (!dataset || !describe(dataset.get(), column.spec)) return {};
  return dataset;
}

Hdf5Handle make_file() {
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  const Hdf5Handle create(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  // The oldest layout: readers of any age. Memory only: the name is never opened.
  if (H5Pset_fapl_core(access.get(), kGrowth, false) < 0 || H5Pset_obj_track_times(create.get(), false) < 0 ||
      H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) < 0)
    return {};
  return {H5Fcreate("momentum", H5F_ACC_TRUNC, create.get(), access.get()), H5Fclose};
}

}  // namespace

Result<Hdf5Image> hdf5_image(std::span<const PackedColumn> columns, std::int64_t rows, std::int64_t chunk_rows,
                             const FileMetadata& metadata) {
  const Hdf5Turn turn;
  if (!register_blosc()) return refused("use of Blosc");
  const Hdf5Handle file = make_file();
  if (!file) return refused("a file");
  if (!set_text(file.get(), kVersionAttribute, "1")) return refused("an attribute");
  for (const auto& [key, value] : metadata) {
    if (!set_text(file.get(), key, value)) return refused(fmt::format("an attribute {}", key));
  }
  std::vector<Hdf5Handle> datasets;
  for (const PackedColumn& column : columns) {
    datasets.push_back(make_dataset(file.get(), column, static_cast<hsize_t>(rows), chunk_rows));
    if (!datasets.back()) return refused(fmt::format("a dataset {}", column.spec.name));
  }
  for (std::size_t k = 0; k < columns[0].chunks.size(); ++k) {
    const auto at = static_cast<hsize_t>(k) * static_cast<hsize_t>(chunk_rows);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::vector<std::byte>& chunk = columns[c].chunks[k];
      if (H5Dwrite_chunk(datasets[c].get(), H5P_DEFAULT, 0, &at, chunk.size(), chunk.data()) < 0)
        return refused("a chunk");
    }
  }
  Hdf5Image image;
  for (std::size_t k = 0; k < columns[0].chunks.size(); ++k) {
    const auto at = static_cast<hsize_t>(k) * static_cast<hsize_t>(chunk_rows);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      unsigned mask = 0;
      haddr_t offset = 0;
      hsize_t bytes = 0;
      if (H5Dget_chunk_info_by_coord(datasets[c].get(), &at, &mask, &offset, &bytes) < 0 ||
          bytes != columns[c].chunks[k].size())
        return refused("known where a chunk is");
      image.chunks.push_back({offset, bytes, content_hash(columns[c].chunks[k])});
    }
  }
  datasets.clear();
  if (H5Fflush(file.get(), H5F_SCOPE_GLOBAL) < 0) return refused("an image");
  const ssize_t size = H5Fget_file_image(file.get(), nullptr, 0);
  if (size <= 0) return refused("an image");
  image.bytes.resize(static_cast<std::size_t>(size));
  if (H5Fget_file_image(file.get(), image.bytes.data(), image.bytes.size()) != size) return refused("an image");
  for (std::size_t k = 0; k < image.chunks.size(); ++k) {
    const std::vector<std::byte>& chunk = columns[k % columns.size()].chunks[k / columns.size()];
    const auto end = image.chunks[k].offset + chunk.size();
    if (end > image.bytes.size() ||
        !std::equal(chunk.begin(), chunk.end(),
                    image.bytes.begin() + static_cast<std::ptrdiff_t>(image.chunks[k].offset)))
      return refused("known where a chunk is");
  }
  return image;
}

}  // namespace momentum::formats
