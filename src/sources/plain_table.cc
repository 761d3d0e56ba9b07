#include "plain_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "momentum/base/progress.h"
#include "momentum/formats/csv.h"
#include "momentum/formats/encoding.h"
#include "momentum/formats/file_feed.h"
#include "momentum/formats/number.h"

namespace momentum::sources {
namespace {

constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string described(const KindLayout& layout) {
  std::vector<std::string> names;
  for (const KindColumn& column : layout.columns) {
    names.push_back(column.required ? std::string(column.name) : fmt::format("[{}]", column.name));
  }
  return fmt::format("{} has the columns {}", layout.name, fmt::join(names, ","));
}

// Where each column of the layout stands among the headings.
Result<std::vector<std::size_t>> find_columns(const KindLayout& layout, const std::vector<std::string>& headings,
                                              const std::string& where) {
  std::vector<std::size_t> places(layout.columns.size(), kAbsent);
  for (std::size_t i = 0; i < headings.size(); ++i) {
    const auto column = std::ranges::find(layout.columns, lower(headings[i]), &KindColumn::name);
    if (column == layout.columns.end()) {
      return fail(ErrorCode::wrong_columns, fmt::format("unknown column '{}'", headings[i]), where, described(layout));
    }
    std::size_t& place = places[static_cast<std::size_t>(column - layout.columns.begin())];
    if (place != kAbsent) {
      return fail(ErrorCode::wrong_columns, fmt::format("two columns {}", column->name), where, "remove one of them");
    }
    place = i;
  }
  for (std::size_t c = 0; c < places.size(); ++c) {
    if (places[c] == kAbsent && layout.columns[c].required) {
      return fail(ErrorCode::wrong_columns, fmt::format("no column {}", layout.columns[c].name), where,
                  described(layout));
    }
  }
  return places;
}

using Take = std::function<std::optional<WrongCell>(const CellRow&, Origin)>;

// Returns how many rows the text holds.
Result<std::int64_t> read_text(std::string_view text, const KindLayout& layout, const std::string& name,
                               std::size_t file, const Take& take, std::vector<RefusedRow>& refused) {
  formats::LineCursor lines(text);
  std::vector<std::string_view> first;
  std::string scratch;
  char delimiter = ',';
  const auto has_text = [](std::string_view cell) { return !cell.empty(); };
  do {
    if (!lines.next()) return 0;
    delimiter = formats::sniff_delimiter(lines.text());
    formats::split_line(lines.text(), delimiter, first, scratch);
  } while (std::ranges::none_of(first, has_text));
  const std::vector<std::string> headings(first.begin(), first.end());
  MOMENTUM_TRY(const auto places, find_columns(layout, headings, fmt::format("{}, line {}", name, lines.line())));

  std::int64_t rows = 0;
  CellRow row(places.size());
  formats::CsvReader csv(lines, delimiter);
  while (csv.next()) {
    ++rows;
    const auto& cells = csv.cells();
    const Origin origin{file, csv.line()};
    const auto width = static_cast<std::ptrdiff_t>(headings.size());
    if (cells.size() < headings.size() || std::any_of(cells.begin() + width, cells.end(), has_text)) {
      refused.push_back({origin, "", fmt::format("{} cells where the header has {}", cells.size(), headings.size()),
                         "wrong number of cells"});
      continue;
    }
    for (std::size_t c = 0; c < places.size(); ++c) {
      row[c] = places[c] == kAbsent ? std::string_view{} : cells[places[c]];
      if (formats::parse_number(row[c]).kind == formats::NumberKind::missing) row[c] = {};
    }
    if (const auto wrong = take(row, origin)) {
      const std::size_t at = places[wrong->column];
      refused.push_back({origin, std::string(at == kAbsent ? layout.columns[wrong->column].name : headings[at]),
                         std::string(at == kAbsent ? std::string_view{} : cells[at]), std::string(wrong->reason)});
    }
  }
  return rows;
}

}  // namespace

Result<TableFiles> read_table(const Context& ctx, const std::vector<std::string>& paths, const KindLayout& layout,
                              const Take& take) {
  MOMENTUM_TRY(const auto feed, formats::FileFeed::open(paths));
  Progress progress(ctx.progress, "reading", feed->total_bytes());
  TableFiles out;
  out.stores = feed->stores();
  for (;;) {
    if (ctx.cancelled()) return Context::interrupted();
    formats::FileBytes file;
    MOMENTUM_TRY(const bool more, feed->next(file));
    if (!more) break;
    progress.advance(file.read);
    if (file.foreign)
      return fail(ErrorCode::unreadable_data, fmt::format("{} are read from text, and this is none", layout.name),
                  file.name, "write it as CSV");
    out.names.push_back(file.name);
    MOMENTUM_TRY(const std::string text, formats::to_utf8(std::move(file.bytes), file.name));
    MOMENTUM_TRY(const std::int64_t rows, read_text(text, layout, file.name, out.names.size() - 1, take, out.refused));
    if (rows == 0) out.empty_files.push_back(file.name);
    out.rows_in += rows;
  }
  if (out.rows_in == 0) {
    return fail(ErrorCode::empty_input, "no rows",
                out.names.size() == 1 ? out.names.front() : fmt::format("{} files", out.names.size()),
                described(layout));
  }
  return out;
}

}  // namespace momentum::sources
