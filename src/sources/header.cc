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
  bool is_signed = true;
  std::string twice;                      // two columns for one field
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
  result.is_signed =
      std::ranges::all_of(dialect.signature, [&](std::string_view wanted) { return contains(written, wanted); });
  return result;
}

// The line that looks most like a header, for the message when none is one.
struct Candidate {
  std::int64_t line = 0;
  std::size_t known = 0;
  std::vector<std::string> headings;
  std::optional<Error> error;
};

std::string shown(const std::vector<std::string>& headings) {
  const std::size_t n = std::min(headings.size(), kShownHeadings);
  return fmt::format("{}{}", fmt::join(headings.begin(), headings.begin() + static_cast<std::ptrdiff_t>(n), ","),
                     headings.size() > n ? ",..." : "");
}

std::string place(std::string_view file, const Candidate& candidate) {
  return fmt::format("{}, line {}, columns {}", file, candidate.line, shown(candidate.headings));
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

    std::vector<std::string> headings;
    for (std::string_view cell : cells) headings.push_back(lower(cell));
    std::vector<std::pair<const Dialect*, Fit>> fits;
    std::size_t known = 0;
    for (const Dialect& dialect : dialects()) {
      if (forced != nullptr && &dialect != forced) continue;
      Fit f = fit(dialect, headings, cells);
      known = std::max(known, f.known);
      const bool accepted = forced != nullptr || (!f.foreign && f.is_signed);
      if (accepted && f.missing.empty() && f.twice.empty()) fits.emplace_back(&dialect, std::move(f));
    }
    const auto has_signature = [](const auto& one) { return !one.first->signature.empty(); };
    if (std::ranges::any_of(fits, has_signature)) std::erase_if(fits, std::not_fn(has_signature));
    if (fits.size() == 1) {
      Header header{.dialect = fits.front().first,
                    .column = fits.front().second.column,
                    .headings = {cells.begin(), cells.end()},
                    .delimiter = delimiter,
                    .synthetic = synthetic,
                    .rest = lines};
      return header;
    }
    if (fits.size() > 1) {
      return fail(ErrorCode::unknown_dialect,
                  fmt::format("the header fits both {} and {}", fits[0].first->name, fits[1].first->name),
                  place(file, {lines.line(), known, {cells.begin(), cells.end()}, {}}), "name one with --dialect");
    }
    if (!best || known > best->known) {
      best = {lines.line(), known, {cells.begin(), cells.end()}, complaint(forced, headings, cells)};
    }
    if (lines.text().find("SYNTHETIC") != std::string_view::npos ||
        lines.text().find("合成数据") != std::string_view::npos) {
      synthetic = true;
    }
  }
  if (!best) return std::nullopt;
  if (best->error) {
    best->error->where = place(file, *best);
    return std::unexpected(std::move(*best->error));
  }
  if (best->known == 0) {
    return fail(ErrorCode::unknown_dialect, "no header line of a known dialect", place(file, *best),
                fmt::format("known dialects: {}", dialect_names()));
  }
  return fail(ErrorCode::unknown_dialect, "no dialect matches the columns", place(file, *best),
              fmt::format("name the one whose units these are with --dialect: {}", dialect_names()));
}

}  // namespace momentum::sources
