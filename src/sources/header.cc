#include "momentum/sources/header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace momentum::sources {
namespace {

constexpr int kHeaderLines = 10;  // the header stands among the first so many lines with text in them
constexpr std::size_t kShownHeadings = 20;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool contains(const std::vector<std::string_view>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

bool is_row_number(const std::string& heading) { return heading.empty() || heading == "unnamed: 0"; }

// How one line fares as the header of one dialect.
struct Fit {
  std::array<std::optional<std::size_t>, kFields> column;
  std::vector<std::string_view> missing;  // required fields without a column
  std::size_t known = 0;                  // headings that are this dialect's
  bool foreign = false;                   // has a heading that is not
  bool is_signed = false;                 // by a signature that the dialect has
  bool accepted = false;  // unasked: has no foreign heading, and a signature or an order, if there must be one
  std::string twice;  // two columns for one field
};

// `headings` in lower case, `written` as the file has them.
Fit fit(const Dialect& dialect, const std::vector<std::string>& headings,
        const std::vector<std::string_view>& written) {
  Fit result;
  for (std::size_t i = 0; i < headings.size(); ++i) {
    const std::string& heading = headings[i];
    const auto column =
        std::ranges::find_if(dialect.columns, [&](const Column& c) { return contains(c.spellings, heading); });
    if (column != dialect.columns.end()) {
      auto& place = result.column[static_cast<std::size_t>(column->field)];
      if (place && result.twice.empty()) result.twice = fmt::format("{} and {}", headings[*place], heading);
      if (!place) place = i;
      ++result.known;
    } else if (contains(dialect.ignored, heading)) {
      ++result.known;
    } else if (!is_row_number(heading)) {
      result.foreign = true;
    }
  }
  for (const Column& column : dialect.columns) {
    if (column.required && !result.column[static_cast<std::size_t>(column.field)])
      result.missing.push_back(column.spellings.front());
  }
  const auto stands = [&](Field field) { return result.column[static_cast<std::size_t>(field)].has_value(); };
  if (dialect.minutes && !stands(Field::datetime) && !(stands(Field::date) && stands(Field::time)))
    result.missing.push_back(stands(Field::date) ? "time" : "datetime (or date and time)");
  if (dialect.minutes && stands(Field::datetime) && (stands(Field::date) || stands(Field::time)) &&
      result.twice.empty())
    result.twice = "datetime beside date or time";
  // The day is read from one column in any case.
  if (dialect.minutes && stands(Field::datetime))
    result.column[static_cast<std::size_t>(Field::date)] = result.column[static_cast<std::size_t>(Field::datetime)];
  result.is_signed = !dialect.signature.empty() && std::ranges::all_of(dialect.signature, [&](std::string_view wanted) {
    return contains(written, wanted);
  });
  const bool ordered = !dialect.order.empty() && !std::ranges::search(written, dialect.order).empty();
  result.accepted = !result.foreign && (dialect.signature.empty() || result.is_signed || ordered);
  return result;
}

// The line that looks most like a header, for the message when none is one.
struct Candidate {
  std::int64_t line = 0;
  std::size_t known = 0;
  std::vector<std::string> headings;
  std::string lacking;  // of the dialect that knows most of them: what it needs beside
  std::optional<Error> error;
};

std::string shown(const std::vector<std::string>& headings) {
  const std::size_t n = std::min(headings.size(), kShownHeadings);
  return fmt::format("{}{}", fmt::join(headings.begin(), headings.begin() + static_cast<std::ptrdiff_t>(n), ","),
                     headings.size() > n ? ",..." : "");
}

std::string place(std::string_view file, const Candidate& candidate) {
  const std::string columns = shown(candidate.headings);
  return candidate.line == 0 ? fmt::format("{}, columns {}", file, columns)
                             : fmt::format("{}, line {}, columns {}", file, candidate.line, columns);
}

// What is wrong with a line that some dialect half knows.
std::optional<Error> complaint(const Dialect* forced, const std::vector<std::string>& headings,
                               const std::vector<std::string_view>& written) {
  const auto judge = [&](const Dialect& dialect) -> std::optional<Error> {
    const Fit f = fit(dialect, headings, written);
    if (!f.twice.empty()) {
      return Error{ErrorCode::wrong_columns, fmt::format("two columns for one field ({})", f.twice), "",
                   "remove one of them"};
    }
    if (f.missing.empty()) return std::nullopt;
    return Error{ErrorCode::wrong_columns,
                 fmt::format("dialect {} needs column{} {}", dialect.name, f.missing.size() > 1 ? "s" : "",
                             fmt::join(f.missing, ", ")),
                 "", fmt::format("add what is missing, or name another dialect: {}", dialect_names())};
  };
  if (forced != nullptr) return judge(*forced);
  // Of the dialects that know every heading, the one that misses least.
  const Dialect* nearest = nullptr;
  std::size_t least = 0;
  for (const Dialect& dialect : dialects()) {
    const Fit f = fit(dialect, headings, written);
    if (f.foreign || f.known == 0) continue;
    if (nearest == nullptr || f.missing.size() < least) {
      nearest = &dialect;
      least = f.missing.size();
    }
  }
  return nearest != nullptr ? judge(*nearest) : std::nullopt;
}

// What the dialects say to one line, or to the columns of one table.
struct Judged {
  std::vector<std::pair<const Dialect*, Fit>> fits;  // of those that take it
  std::size_t known = 0;
  Candidate candidate;  // for the message where none does
};

Judged judge(const std::vector<std::string_view>& written, const Dialect* forced, std::int64_t line) {
  Judged out;
  std::vector<std::string> headings;
  std::string lacking;
  for (const std::string_view cell : written) headings.push_back(lower(cell));
  for (const Dialect& dialect : dialects()) {
    if (forced != nullptr && &dialect != forced) continue;
    Fit f = fit(dialect, headings, written);
    if (f.known > out.known) {
      out.known = f.known;
      lacking = f.missing.empty() ? "" : fmt::format(" ({} needs {})", dialect.name, fmt::join(f.missing, ", "));
    }
    if ((forced != nullptr || f.accepted) && f.missing.empty() && f.twice.empty())
      out.fits.emplace_back(&dialect, std::move(f));
  }
  const auto is_signed = [](const auto& one) { return one.second.is_signed; };
  if (std::ranges::any_of(out.fits, is_signed)) std::erase_if(out.fits, std::not_fn(is_signed));
  out.candidate = {line, out.known, {written.begin(), written.end()}, std::move(lacking), {}};
  if (out.fits.empty()) out.candidate.error = complaint(forced, headings, written);
  return out;
}

std::unexpected<Error> several(const Judged& judged, std::string_view file) {
  std::vector<std::string_view> names;
  for (const auto& [dialect, f] : judged.fits) names.push_back(dialect->name);
  return fail(ErrorCode::unknown_dialect, fmt::format("the columns fit several dialects ({})", fmt::join(names, ", ")),
              place(file, judged.candidate), "name the one whose they are with --dialect");
}

std::unexpected<Error> none(Candidate best, std::string_view file) {
  if (best.error) {
    best.error->where = place(file, best);
    return std::unexpected(std::move(*best.error));
  }
  if (best.known == 0) {
    return fail(ErrorCode::unknown_dialect,
                best.line == 0 ? "no column of a known dialect" : "no header line of a known dialect",
                place(file, best), fmt::format("known dialects: {}", dialect_names()));
  }
  return fail(ErrorCode::unknown_dialect, fmt::format("no dialect matches the columns{}", best.lacking),
              place(file, best), fmt::format("name the one whose units these are with --dialect: {}", dialect_names()));
}

}  // namespace

std::string dialect_names() {
  std::vector<std::string_view> names;
  for (const Dialect& dialect : dialects()) names.push_back(dialect.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<std::optional<Header>> find_header(std::string_view text, const Dialect* forced, std::string_view file) {
  formats::LineCursor lines(text);
  std::vector<std::string_view> cells;
  std::string scratch;
  std::optional<Candidate> best;
  bool synthetic = false;
  for (int seen = 0; seen < kHeaderLines && lines.next();) {
    const char delimiter = formats::sniff_delimiter(lines.text());
    formats::split_line(lines.text(), delimiter, cells, scratch);
    if (std::ranges::all_of(cells, [](std::string_view cell) { return cell.empty(); })) continue;
    ++seen;
    Judged judged = judge(cells, forced, lines.line());
    if (judged.fits.size() > 1) return several(judged, file);
    if (judged.fits.size() == 1) {
      return Header{.dialect = judged.fits.front().first,
                    .column = judged.fits.front().second.column,
                    .headings = {cells.begin(), cells.end()},
                    .delimiter = delimiter,
                    .synthetic = synthetic,
                    .rest = lines};
    }
    if (!best || judged.known > best->known) best = std::move(judged.candidate);
    if (lines.text().find("SYNTHETIC") != std::string_view::npos ||
        lines.text().find("合成数据") != std::string_view::npos) {
      synthetic = true;
    }
  }
  if (!best) return std::nullopt;
  return none(*std::move(best), file);
}

Result<Header> match_headings(const std::vector<std::string>& headings, const Dialect* forced, std::string_view where) {
  Judged judged = judge({headings.begin(), headings.end()}, forced, 0);
  if (judged.fits.size() > 1) return several(judged, where);
  if (judged.fits.empty()) return none(std::move(judged.candidate), where);
  return Header{.dialect = judged.fits.front().first,
                .column = judged.fits.front().second.column,
                .headings = headings,
                .rest = formats::LineCursor("")};
}

bool is_beside_bars(std::span<const std::string> headings) {
  return std::ranges::any_of(dialects(), [&](const Dialect& dialect) {
    return !dialect.beside.empty() && std::ranges::is_permutation(headings, dialect.beside);
  });
}

}  // namespace momentum::sources
