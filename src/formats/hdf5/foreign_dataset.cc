#include "foreign_dataset_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>

namespace momentum::formats {
namespace {

constexpr std::uint64_t kMostRows = std::uint64_t{1} << 31;
constexpr std::size_t kMostColumns = 4096;

struct Shape {
  std::size_t rows = 0, columns = 1;
};

// Not followed: what lies in other files.
bool is_stored_here(hid_t dataset) {
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  return properties && H5Pget_external_count(properties.get()) == 0 && H5Pget_layout(properties.get()) != H5D_VIRTUAL;
}

Result<Shape> shape_of(hid_t dataset, int most_dimensions, const std::string& where) {
  if (!is_stored_here(dataset)) return foreign_damage("its data is in another file", where);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const int dimensions = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
  if (dimensions < 1 || dimensions > most_dimensions) return foreign_damage("no table: other dimensions", where);
  std::array<hsize_t, 2> sizes = {0, 1};
  if (H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr) < 0) return foreign_damage("its dimensions", where);
  if (sizes[0] > kMostRows || sizes[1] > kMostColumns) return foreign_too_large(where);
  return Shape{sizes[0], sizes[1]};
}

// `wrap` makes the type to ask for out of the type of a value.
using Wrap = std::function<Hdf5Handle(hid_t)>;

template <class T>
Result<std::vector<T>> read_numbers(hid_t dataset, hid_t native, std::size_t count, const Wrap& wrap,
                                    const std::string& where, ForeignBudget& budget) {
  if (!budget.take(count * sizeof(T))) return foreign_too_large(where);
  std::vector<T> values(count);
  const Hdf5Handle type = wrap(native);
  if (!type || H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    return foreign_damage("its values", where);
  return values;
}

Result<ForeignColumn> read_texts(hid_t dataset, hid_t of, std::size_t count, const Wrap& wrap, const std::string& where,
                                 ForeignBudget& budget) {
  const std::size_t width = H5Tget_size(of);
  if (H5Tis_variable_str(of) != 0 || width == 0) return foreign_damage("texts of no fixed length", where);
  if (width > kMostColumns || !budget.take(count * (width + sizeof(std::string)))) return foreign_too_large(where);
  std::vector<char> bytes(count * width);
  const Hdf5Handle type = wrap(of);
  if (!type || H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    return foreign_damage("its texts", where);
  std::vector<std::string> texts(count);
  for (std::size_t k = 0; k < count; ++k) {
    const char* const from = bytes.data() + k * width;
    texts[k].assign(from, std::find(from, from + width, '\0'));
  }
  return ForeignColumn{.name = {}, .values = std::move(texts)};
}

// `of`: the type of a value as the file has it.
Result<ForeignColumn> read_values(hid_t dataset, hid_t of, std::size_t count, const Wrap& wrap,
                                  const std::string& where, ForeignBudget& budget) {
  switch (H5Tget_class(of)) {
    case H5T_FLOAT: {
      MOMENTUM_TRY(auto values, read_numbers<double>(dataset, H5T_NATIVE_DOUBLE, count, wrap, where, budget));
      return ForeignColumn{.name = {}, .values = std::move(values)};
    }
    case H5T_INTEGER: {
      if (H5Tget_sign(of) == H5T_SGN_NONE && H5Tget_size(of) >= 8) {
        MOMENTUM_TRY(auto large, read_numbers<std::uint64_t>(dataset, H5T_NATIVE_UINT64, count, wrap, where, budget));
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (std::ranges::any_of(large, [](std::uint64_t value) { return value > kMost; }))
          return foreign_damage("an integer beyond 63 bits", where);
        return ForeignColumn{.name = {}, .values = std::vector<std::int64_t>(large.begin(), large.end())};
      }
      MOMENTUM_TRY(auto values, read_numbers<std::int64_t>(dataset, H5T_NATIVE_INT64, count, wrap, where, budget));
      return ForeignColumn{.name = {}, .values = std::move(values)};
    }
    case H5T_STRING: return read_texts(dataset, of, count, wrap, where, budget);
    case H5T_VLEN: return foreign_pickled("the values are", where);
    default: return foreign_damage("values that are neither numbers nor texts", where);
  }
}

// Column k of values that come row by row, `width` of them.
ForeignColumn column_of(const ForeignColumn& block, std::size_t width, std::size_t k, std::string name) {
  ForeignColumn out{.name = std::move(name), .per_second = block.per_second, .values = {}};
  std::visit(
      [&]<class T>(const std::vector<T>& values) {
        std::vector<T> picked;
        picked.reserve(values.size() / width);
        for (std::size_t at = k; at < values.size(); at += width) picked.push_back(values[at]);
        out.values = std::move(picked);
      },
      block.values);
  return out;
}

Result<void> read_member(hid_t dataset, hid_t records, unsigned number, std::size_t rows, const std::string& where,
                         ForeignBudget& budget, std::vector<ForeignColumn>& out) {
  char* const text = H5Tget_member_name(records, number);
  const std::string name = text == nullptr ? "" : text;
  H5free_memory(text);
  const std::string at = fmt::format("{}, column {}", where, name);
  const Hdf5Handle member(H5Tget_member_type(records, number), H5Tclose);
  if (!member || name.empty()) return foreign_damage("a column without name or type", at);
  const bool is_array = H5Tget_class(member.get()) == H5T_ARRAY;
  hsize_t width = 1;
  if (is_array && (H5Tget_array_ndims(member.get()) != 1 || H5Tget_array_dims2(member.get(), &width) < 0))
    return foreign_damage("a column of tables", at);
  if (width < 1 || width > kMostColumns) return foreign_too_large(at);
  const Hdf5Handle of(is_array ? H5Tget_super(member.get()) : H5Tcopy(member.get()), H5Tclose);
  // The library fills a record of this one member.
  const Wrap wrap = [&](hid_t value) -> Hdf5Handle {
    const Hdf5Handle whole(is_array ? H5Tarray_create2(value, 1, &width) : H5Tcopy(value), H5Tclose);
    Hdf5Handle record(H5Tcreate(H5T_COMPOUND, H5Tget_size(whole.get())), H5Tclose);
    if (H5Tinsert(record.get(), name.c_str(), 0, whole.get()) < 0) return {};
    return record;
  };
  MOMENTUM_TRY(ForeignColumn values, read_values(dataset, of.get(), rows * width, wrap, at, budget));
  if (!is_array) {
    values.name = name;
    if (std::holds_alternative<std::vector<std::int64_t>>(values.values)) {
      for (const char* const said : {"_kind", "_dtype"})  // of an index, of a column
        if (const auto kind = text_attribute(dataset, (name + said).c_str()))
          values.per_second = std::max(values.per_second, ticks_per_second(*kind));
    }
    out.push_back(std::move(values));
    return {};
  }
  for (std::size_t k = 0; k < width; ++k) out.push_back(column_of(values, width, k, fmt::format("{}_{}", name, k)));
  return {};
}

}  // namespace

std::unexpected<Error> foreign_damage(std::string_view why, const std::string& where) {
  return fail(ErrorCode::unreadable_data, fmt::format("unreadable HDF5 ({})", why), where, "check the file");
}

std::unexpected<Error> foreign_pickled(std::string_view what, const std::string& where) {
  return fail(ErrorCode::unreadable_data, fmt::format("{} pickled, which only Python reads", what), where,
              "write it by to_hdf(format='table', data_columns=True)");
}

std::unexpected<Error> foreign_too_large(const std::string& where) {
  return fail(ErrorCode::too_large, "more than 4 GiB, 4096 columns or 2^31 rows in one HDF5 file", where,
              "split the file");
}

bool is_records(hid_t dataset) {
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  return type && H5Tget_class(type.get()) == H5T_COMPOUND;
}

Result<std::vector<ForeignColumn>> read_records(hid_t dataset, const std::string& where, ForeignBudget& budget) {
  MOMENTUM_TRY(const Shape shape, shape_of(dataset, 1, where));
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const int members = H5Tget_nmembers(type.get());
  if (members < 1) return foreign_damage("records without columns", where);
  std::vector<ForeignColumn> out;
  for (int k = 0; k < members; ++k)
    MOMENTUM_TRY_VOID(read_member(dataset, type.get(), static_cast<unsigned>(k), shape.rows, where, budget, out));
  return out;
}

Result<ForeignBlock> read_block(hid_t dataset, const std::string& where, ForeignBudget& budget) {
  MOMENTUM_TRY(const Shape shape, shape_of(dataset, 2, where));
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Wrap wrap = [](hid_t value) { return Hdf5Handle(H5Tcopy(value), H5Tclose); };
  MOMENTUM_TRY(ForeignColumn values, read_values(dataset, type.get(), shape.rows * shape.columns, wrap, where, budget));
  return ForeignBlock{shape.rows, shape.columns, std::move(values)};
}

std::int64_t ticks_per_second(std::string_view kind) {
  if (kind == "datetime64" || kind == "datetime64[ns]") return 1'000'000'000;
  if (kind == "datetime64[us]") return 1'000'000;
  if (kind == "datetime64[ms]") return 1'000;
  return kind == "datetime64[s]" ? 1 : 0;
}

std::optional<std::string> text_attribute(hid_t at, const char* name) {
  if (H5Aexists(at, name) <= 0) return {};
  const Hdf5Handle attribute(H5Aopen(at, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const std::size_t width = type ? H5Tget_size(type.get()) : 0;
  if (width == 0 || width > kMostColumns || H5Tget_class(type.get()) != H5T_STRING ||
      H5Tis_variable_str(type.get()) != 0)
    return {};
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  std::string text(width, '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0) return {};
  return text.substr(0, text.find('\0'));
}

std::optional<std::int64_t> number_attribute(hid_t at, const char* name) {
  if (H5Aexists(at, name) <= 0) return {};
  const Hdf5Handle attribute(H5Aopen(at, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (!type || H5Tget_class(type.get()) != H5T_INTEGER || H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  std::int64_t value = 0;
  if (H5Aread(attribute.get(), H5T_NATIVE_INT64, &value) < 0) return {};
  return value;
}

}  // namespace momentum::formats
