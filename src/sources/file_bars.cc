#include "file_bars.h"

#include <arrow/table.h>
#include <arrow/util/byte_size.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <bit>
#include <utility>

#include "code_of_file.h"
#include "momentum/base/trading_hours.h"
#include "momentum/formats/encoding.h"
#include "momentum/formats/foreign_file.h"
#include "momentum/formats/foreign_rows.h"
#include "momentum/sources/header.h"

namespace momentum::sources {
namespace {

FileBars settled(FileRows rows, const Header& header, const std::string& name, std::size_t ordinal) {
  FileBars out;
  out.ordinal = out.file = ordinal;
  out.name = name;
  out.dialect = header.dialect;
  out.date_heading = header.headings[*header.at(Field::date)];
  out.synthetic = header.synthetic;
  out.rows_in = rows.rows_in;
  out.refusals = std::move(rows.refusals);
  out.words = std::move(rows.words);
  out.price_basis = rows.price_basis;
  std::size_t total = 0;
  for (const InstrumentRows& instrument : rows.instruments) total += instrument.rows.size();
  if (total > 0) out.columns.columns = rows.columns;
  out.columns.of_minutes = header.dialect->minutes;
  out.columns.reserve(total);
  for (InstrumentRows& instrument : rows.instruments) {
    Settled settled = settle(std::exchange(instrument.rows, {}), instrument.values);
    Piece piece{.id = std::move(instrument.id),
                .begin = out.columns.size(),
                .end = out.columns.size() + settled.bars.size(),
                .suspended = std::move(settled.suspended),
                .refused_days = std::move(instrument.refused_days)};
    out.columns.append(settled.bars);
    instrument.values = {};  // rows of a long file go as its columns come
    for (const Row& row : settled.refused) {
      out.refusals.push_back(conflict(row, out.date_heading));
      piece.refused_days.push_back(row.date);
    }
    out.duplicates += settled.duplicates;
    out.pieces.push_back(std::move(piece));
  }
  return out;
}

RowsRequest request_of(const Choices& choices, std::size_t ordinal, std::string_view name, std::string_view stem) {
  return {.file = ordinal,
          .name = name,
          .stem = stem,
          .given = choices.given,
          .bare = choices.bare,
          .today = choices.today,
          .named_by_begin = choices.named_by_begin};
}

Result<void> check_frequency(const Dialect& dialect, const Choices& choices, const std::string& name) {
  if (dialect.minutes == choices.minutes) return {};
  return fail(ErrorCode::unknown_dialect,
              dialect.minutes
                  ? "bars of minutes, where bars of days are wanted"
                  : fmt::format("bars of days (dialect {}), where bars of minutes are wanted", dialect.name),
              name, dialect.minutes ? "import --freq 1m takes them into a store" : "leave out --freq 1m");
}

Result<FileBars> read_text(formats::FileBytes file, const Choices& choices) {
  MOMENTUM_TRY(std::string text, formats::to_utf8(std::move(file.bytes), file.name));
  MOMENTUM_TRY(const std::optional<Header> header, find_header(text, choices.forced, file.name));
  if (!header) {
    FileBars nothing;
    nothing.ordinal = nothing.file = file.ordinal;
    nothing.name = file.name;
    return nothing;
  }
  MOMENTUM_TRY_VOID(check_frequency(*header->dialect, choices, file.name));
  MOMENTUM_TRY(FileRows rows, read_rows(*header, request_of(choices, file.ordinal, file.name, file.stem)));
  std::string().swap(text);  // a long file's text goes before its columns come; nothing of it is looked at again
  return settled(std::move(rows), *header, file.name, file.ordinal);
}

// As our own Parquet files say it.
bool says_synthetic(const arrow::Table& table) {
  const auto& notes = table.schema()->metadata();
  return notes != nullptr && notes->Get("synthetic").ValueOr("") == "true";
}

struct OpenTable {
  std::string path;
  formats::ForeignRows rows;
  bool synthetic;
};

// Tables of bars.
Result<std::vector<OpenTable>> open_tables(std::vector<formats::ForeignTable> tables, const std::string& file) {
  std::vector<OpenTable> out;
  for (formats::ForeignTable& table : tables) {
    if (is_beside_bars(table.table->schema()->field_names())) continue;
    const std::string where = table.path.empty() ? file : fmt::format("{}!{}", file, table.path);
    const bool synthetic = says_synthetic(*table.table);
    MOMENTUM_TRY(auto rows, formats::ForeignRows::open(std::exchange(table.table, nullptr), where));
    out.push_back({std::move(table.path), std::move(rows), synthetic});
  }
  if (out.empty()) return fail(ErrorCode::empty_input, "no table of bars", file, "name files that hold bars");
  return out;
}

Result<std::vector<FileBars>> read_tables(const formats::FileBytes& file, const Choices& choices,
                                          const std::function<Result<void>(std::size_t)>& fits) {
  if (choices.reader.program.empty())
    return fail(ErrorCode::unreadable_data, "a Parquet or HDF5 file, for which no reader is set", file.name,
                "read it by the program");
  MOMENTUM_TRY(auto tables, file.unread ? formats::read_foreign_file(choices.reader, file.name)
                                        : formats::read_foreign_bytes(choices.reader, file.bytes, file.name));
  std::int64_t bytes = 0;
  for (const formats::ForeignTable& table : tables) bytes += arrow::util::TotalBufferSize(*table.table);
  MOMENTUM_TRY_VOID(fits(2 * static_cast<std::size_t>(bytes)));  // the tables, and their rows beside them
  MOMENTUM_TRY(std::vector<OpenTable> open, open_tables(std::move(tables), file.name));
  std::vector<FileBars> out;
  for (OpenTable& table : open) {
    const std::string name = table.path.empty() ? file.name : fmt::format("{}!{}", file.name, table.path);
    MOMENTUM_TRY(Header header, match_headings(table.rows.headings(), choices.forced, name));
    MOMENTUM_TRY_VOID(check_frequency(*header.dialect, choices, name));
    header.synthetic = table.synthetic;
    const std::string stem = stem_of_table(table.path, file.stem, open.size() == 1);
    MOMENTUM_TRY(FileRows rows, read_rows(header, table.rows, request_of(choices, file.ordinal, name, stem)));
    out.push_back(settled(std::move(rows), header, name, file.ordinal));
  }
  return out;
}

}  // namespace

Refusal conflict(const Row& row, const std::string& date_heading) {
  if (row.minute == 0) return {row.file, row.line, date_heading, to_string(row.date), Reason::conflict};
  return {row.file, row.line, date_heading, fmt::format("{} {}", to_string(row.date), minute_text(row.minute)),
          Reason::minute_conflict};
}

std::size_t kept_bytes(const FileBars& file) {
  const auto numbers = static_cast<std::size_t>(std::popcount(file.columns.columns));
  const std::size_t keys = file.columns.of_minutes ? 24 : 20;
  return file.columns.size() * (keys + numbers * sizeof(double)) + file.refusals.size() * 4 * sizeof(Refusal);
}

Result<std::vector<FileBars>> read_file(formats::FileBytes file, const Choices& choices,
                                        const std::function<Result<void>(std::size_t)>& fits) {
  if (file.foreign) return read_tables(file, choices, fits);
  MOMENTUM_TRY_VOID(fits(2 * file.bytes.size()));  // the text, and its rows beside it
  MOMENTUM_TRY(FileBars bars, read_text(std::move(file), choices));
  std::vector<FileBars> out;
  out.push_back(std::move(bars));
  return out;
}

void set_ordinal(FileBars& bars, std::size_t ordinal) {
  bars.ordinal = ordinal;
  for (Refusal& refusal : bars.refusals) refusal.file = ordinal;
}

}  // namespace momentum::sources
