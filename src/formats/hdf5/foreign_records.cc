#include "foreign_records_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "foreign_dataset_internal.h"

namespace momentum::formats {
namespace {

constexpr int kDeepest = 16;
constexpr std::int64_t kMostBlocks = 4096;

class Walk {
 public:
  Walk(const std::string& file, std::uint64_t most_bytes) : file_(file), budget_{most_bytes} {}
  Result<void> group(hid_t at, const std::string& path, int depth);
  std::vector<ForeignRecords> take() { return std::move(found_); }

 private:
  Result<void> frame(hid_t at, const std::string& path);
  Result<ForeignBlock> block(hid_t at, const std::string& path, const std::string& name);
  std::string where(const std::string& path) const { return file_ + "!" + path; }

  const std::string& file_;
  ForeignBudget budget_;
  std::vector<ForeignRecords> found_;
};

// Hard links only: others may lead into other files.
std::vector<std::string> names_in(hid_t group) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t* link, void* to) -> herr_t {
    if (link->type == H5L_TYPE_HARD) static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names);
  return names;
}

Result<void> Walk::group(hid_t at, const std::string& path, int depth) {
  if (depth > kDeepest) return foreign_damage("groups within groups without end", where(path));
  if (text_attribute(at, "pandas_type") == "frame") return frame(at, path);
  for (const std::string& name : names_in(at)) {
    if (name.starts_with("_i_")) continue;  // an index of PyTables
    const std::string below = fmt::format("{}/{}", path, name);
    const Hdf5Handle object(H5Oopen(at, name.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object) return foreign_damage("an object", where(below));
    if (H5Iget_type(object.get()) == H5I_GROUP) {
      MOMENTUM_TRY_VOID(group(object.get(), below, depth + 1));
    } else if (H5Iget_type(object.get()) == H5I_DATASET && is_records(object.get())) {
      MOMENTUM_TRY(auto columns, read_records(object.get(), where(below), budget_));
      const bool nameless = std::ranges::any_of(
          columns, [](const ForeignColumn& column) { return column.name.starts_with("values_block_"); });
      if (nameless) return foreign_pickled("the names of the columns are", where(below));
      found_.push_back({below, std::move(columns)});
    }
  }
  return {};
}

Result<ForeignBlock> Walk::block(hid_t at, const std::string& path, const std::string& name) {
  const std::string below = fmt::format("{}/{}", path, name);
  const Hdf5Handle dataset(H5Dopen2(at, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset) return foreign_damage("a part of a frame is not there", where(below));
  MOMENTUM_TRY(ForeignBlock out, read_block(dataset.get(), where(below), budget_));
  for (const char* const said : {"kind", "value_type"})  // of an axis, of values
    if (const auto kind = text_attribute(dataset.get(), said))
      out.values.per_second = std::max(out.values.per_second, ticks_per_second(*kind));
  if (out.values.per_second != 0 && !std::holds_alternative<std::vector<std::int64_t>>(out.values.values))
    return foreign_damage("dates that are no integers", where(below));
  out.values.name = text_attribute(dataset.get(), "name").value_or("index");
  if (out.values.name.empty() || out.values.name == "N.") out.values.name = "index";  // a pickled None
  return out;
}

// axis0: names of the columns; axis1: the index; each block: some of the columns, row by row.
Result<void> Walk::frame(hid_t at, const std::string& path) {
  const std::int64_t blocks = number_attribute(at, "nblocks").value_or(-1);
  if (blocks < 0 || blocks > kMostBlocks) return foreign_damage("a frame of no known number of blocks", where(path));
  MOMENTUM_TRY(const ForeignBlock axis, block(at, path, "axis0"));
  MOMENTUM_TRY(ForeignBlock index, block(at, path, "axis1"));
  const auto* const names = std::get_if<std::vector<std::string>>(&axis.values.values);
  if (names == nullptr || index.columns != 1) return foreign_damage("a frame without names", where(path));
  std::map<std::string, ForeignColumn> columns;
  for (std::int64_t b = 0; b < blocks; ++b) {
    MOMENTUM_TRY(const ForeignBlock items, block(at, path, fmt::format("block{}_items", b)));
    MOMENTUM_TRY(const ForeignBlock values, block(at, path, fmt::format("block{}_values", b)));
    const auto* const of = std::get_if<std::vector<std::string>>(&items.values.values);
    if (of == nullptr || of->size() != values.columns || values.rows != index.rows)
      return foreign_damage("a block of another shape", where(path));
    for (std::size_t k = 0; k < of->size(); ++k) {
      ForeignColumn column{.name = (*of)[k], .per_second = values.values.per_second, .values = {}};
      std::visit(
          [&]<class T>(const std::vector<T>& all) {
            std::vector<T> picked;
            for (std::size_t row = 0; row < values.rows; ++row) picked.push_back(all[row * values.columns + k]);
            column.values = std::move(picked);
          },
          values.values.values);
      columns.insert_or_assign((*of)[k], std::move(column));
    }
  }
  ForeignRecords out{path, {}};
  out.columns.push_back(std::move(index.values));
  for (const std::string& name : *names) {
    const auto found = columns.find(name);
    if (found == columns.end()) return foreign_damage(fmt::format("a frame without its column {}", name), where(path));
    out.columns.push_back(std::move(found->second));
    columns.erase(found);
  }
  found_.push_back(std::move(out));
  return {};
}

}  // namespace

Result<std::vector<ForeignRecords>> read_foreign_records(const std::string& path, std::uint64_t most_bytes) {
  const Hdf5Turn turn;
  register_blosc();
  H5PLset_loading_state(0);  // a file may ask for any filter; none is loaded
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file) return foreign_damage("no HDF5 file, or a damaged one", path);
  const Hdf5Handle root(H5Gopen2(file.get(), "/", H5P_DEFAULT), H5Gclose);
  if (!root) return foreign_damage("its root", path);
  Walk walk(path, most_bytes);
  MOMENTUM_TRY_VOID(walk.group(root.get(), "", 0));
  std::vector<ForeignRecords> out = walk.take();
  if (out.empty())
    return fail(ErrorCode::empty_input, "no table in the HDF5 file", path,
                "records and frames of pandas (fixed) are read");
  return out;
}

}  // namespace momentum::formats
