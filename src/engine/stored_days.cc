#include "stored_days.h"

#include <algorithm>
#include <memory>

#include "momentum/base/parallel.h"
#include "momentum/formats/column_file.h"

namespace momentum::engine {
namespace {

std::unexpected<Error> damaged(Error error, const std::string& path) {
  if (error.category() == Category::storage || error.category() == Category::limit)
    return std::unexpected(std::move(error));
  return fail(ErrorCode::damaged_store, "the store is damaged: " + error.what, path,
              "restore this file from a copy of the store");
}

Result<DayList> days_of_file(const std::string& path, const catalog::FileRecord& file) {
  auto opened = formats::ColumnFileReader::open(path, file.bytes);
  if (!opened) return damaged(std::move(opened).error(), path);
  const formats::ColumnFileReader& reader = **opened;
  const auto column = reader.find("date");
  if (!column || reader.rows() != file.rows || reader.specs()[*column].physical != formats::Physical::int32) {
    return damaged({.code = ErrorCode::unreadable_data, .what = "not the file of the catalog", .where = {}, .remedy = {}},
                   path);
  }
  DayList days(static_cast<std::size_t>(file.rows));
  std::size_t row = 0;
  for (std::size_t group = 0; group < reader.groups().size(); ++group) {
    const auto rows = static_cast<std::size_t>(reader.groups()[group].rows);
    std::vector<std::uint8_t> validity(reader.missing(group, *column) > 0 ? (rows + 7) / 8 : 0);
    auto read = reader.read(group, *column, std::span(days).subspan(row, rows), validity);
    if (!read) return damaged(std::move(read).error(), path);
    row += rows;
  }
  return days;
}

struct Piece {
  std::size_t file;
  const catalog::Extent* extent;
};

}  // namespace

Result<std::vector<DayList>> stored_days(const Context& ctx, const std::string& folder, const catalog::State& state) {
  std::vector<DayList> of_file(state.files.size());
  MOMENTUM_TRY_VOID(parallel_for(ctx, state.files.size(), [&](std::size_t f) -> Result<void> {
    const catalog::FileRecord& file = state.files[f];
    MOMENTUM_TRY(of_file[f], days_of_file(folder + "/" + file.path, file));
    return {};
  }));

  std::vector<std::vector<Piece>> pieces(state.instruments.size());
  for (std::size_t f = 0; f < state.files.size(); ++f) {
    for (const catalog::Extent& extent : state.files[f].extents)
      pieces[static_cast<std::size_t>(extent.instrument)].push_back({f, &extent});
  }
  std::vector<DayList> days(state.instruments.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    std::ranges::sort(pieces[i], {}, [](const Piece& p) { return p.extent->first; });
    for (const Piece& piece : pieces[i]) {
      const auto begin = of_file[piece.file].begin() + piece.extent->first_row;
      days[i].insert(days[i].end(), begin, begin + piece.extent->rows);
    }
  }
  return days;
}

}  // namespace momentum::engine
