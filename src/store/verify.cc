#include "momentum/store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>

#include "momentum/base/parallel.h"
#include "store_file_internal.h"

namespace momentum::store {
namespace {

using formats::DataFileReader;

// The keys of a file's rows, in order, against the extents of the catalog.
class KeyCheck {
 public:
  KeyCheck(const catalog::FileRecord& file, Dataset dataset) : file_(file), dataset_(dataset) {}

  bool row(std::int32_t instrument, std::int32_t time) {
    if (extent_ == file_.extents.size()) return false;
    const catalog::Extent& extent = file_.extents[extent_];
    const bool first = row_ == extent.first_row, last = ++row_ == extent.first_row + extent.rows;
    const Date on = day_of(dataset_, time);
    const bool right = instrument == extent.instrument && (first ? on == extent.first : time > before_) &&
                       (!last || on == extent.last);
    before_ = time;
    extent_ += last;
    return right;
  }

 private:
  const catalog::FileRecord& file_;
  Dataset dataset_;
  std::size_t extent_ = 0;
  std::int64_t row_ = 0;
  std::int32_t before_ = 0;
};

Result<void> check_keys(const DataFileReader& reader, const catalog::FileRecord& file, Dataset dataset,
                        const std::string& path) {
  KeyCheck check(file, dataset);
  std::vector<std::int32_t> instruments, times;
  for (std::size_t g = 0; g < reader.groups().size(); ++g) {
    const auto rows = static_cast<std::size_t>(reader.groups()[g].rows);
    instruments.resize(rows);
    MOMENTUM_TRY_VOID(reader.read(g, *reader.find(kInstrumentColumn), std::span(instruments)));
    MOMENTUM_TRY_VOID(read_times(reader, g, dataset, times));
    for (std::size_t k = 0; k < rows; ++k) {
      if (!check.row(instruments[k], times[k]))
        return damaged_file(fmt::format("row {} of row group {} is not the catalog's bar", k, g), path);
    }
  }
  return {};
}

Result<void> check_values(const DataFileReader& reader, Dataset dataset, const std::string& path) {
  std::vector<double> values;
  for (std::size_t g = 0; g < reader.groups().size(); ++g) {
    values.resize(static_cast<std::size_t>(reader.groups()[g].rows));
    for (std::size_t c = key_specs(dataset).size(); c < reader.specs().size(); ++c) {
      MOMENTUM_TRY_VOID(reader.read_real(g, c, values));
      // A double column may hold NaN among its values, too.
      const std::int64_t missing = std::ranges::count_if(values, [](double v) { return std::isnan(v); });
      const bool integers = reader.specs()[c].physical != formats::Physical::float64;
      if (integers ? missing != reader.missing(g, c) : missing < reader.missing(g, c))
        return damaged_file(
            fmt::format("other missing values of {} in row group {} than its footer counts", reader.specs()[c].name, g),
            path);
    }
  }
  return {};
}

Result<void> check_file(const std::string& folder, const catalog::State& state, const catalog::FileRecord& file,
                        Depth depth) {
  const std::string path = folder + "/" + file.path;
  MOMENTUM_TRY(const auto reader, open_data_file(folder, state.info.uuid, file));
  if (depth == Depth::footers) return {};
  if (reader->hash() != file.checksum) return damaged_file("its checksum is not the catalog's", path);
  const std::optional<Dataset> dataset = dataset_named(file.dataset);
  if (!dataset) return {};
  MOMENTUM_TRY_VOID(check_keys(*reader, file, *dataset, path));
  return check_values(*reader, *dataset, path);
}

}  // namespace

Result<Health> verify(const Context& ctx, const std::string& folder, const catalog::State& state, Depth depth) {
  std::vector<std::optional<Error>> found(state.files.size());
  MOMENTUM_TRY_VOID(parallel_for(ctx, state.files.size(), [&](std::size_t f) -> Result<void> {
    if (auto checked = check_file(folder, state, state.files[f], depth); !checked)
      found[f] = of_store(std::move(checked).error());
    return {};
  }));
  Health health;
  for (std::size_t f = 0; f < found.size(); ++f) {
    ++health.files;
    health.rows += state.files[f].rows;
    health.bytes += state.files[f].bytes;
    if (found[f]) health.problems.push_back(*std::move(found[f]));
  }
  return health;
}

std::vector<Error> check_older(const std::string& folder, const std::vector<catalog::Garbage>& garbage) {
  std::vector<Error> problems;
  for (const catalog::Garbage& file : garbage) {
    const std::string path = folder + "/" + file.path;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (!error && bytes == static_cast<std::uintmax_t>(file.bytes)) continue;
    problems.push_back(damaged_file(error ? "it is gone" : "another size than the catalog says", path).error());
    problems.back().what += fmt::format(" of snapshots {} to {}", file.begun_by, file.ended_by - 1);
  }
  return problems;
}

}  // namespace momentum::store
