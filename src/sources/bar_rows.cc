#include "bar_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "code_of_file.h"
#include "momentum/formats/number.h"

namespace momentum::sources {
namespace {

using formats::NumberKind;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
using TextIndex = std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>;

bool is_missing(std::string_view cell) {
  return cell.empty() || formats::parse_number(cell).kind == NumberKind::missing;
}

enum class Trading : std::uint8_t { yes, no, unknown };

Trading trading_of(std::string_view status) {
  std::string lower(status);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == "trading") return Trading::yes;
  return lower == "suspended" ? Trading::no : Trading::unknown;
}

struct Wrong {
  Field field;
  Reason reason;
};

// Rules that hold for a bar, whatever its dialect. Suspension records are exempt from all but the signs.
std::optional<Wrong> judge(Row& row) {
  std::array<double, kValues>& v = row.values;
  for (std::size_t i = 0; i < kValues; ++i) {
    if (!(v[i] < 0)) continue;
    const Reason reason = i == kVolume     ? Reason::negative_volume
                          : i == kAmount   ? Reason::negative_amount
                          : i == kTurnover ? Reason::negative_turnover
                                           : Reason::negative_price;
    return Wrong{kValueFields[i], reason};
  }
  // A previous close of 0 is a vendor's way to say that there is none (first day).
  if (v[kPreclose] == 0) v[kPreclose] = std::numeric_limits<double>::quiet_NaN();
  if (row.suspended) return std::nullopt;
  const bool no_range = v[kOpen] == 0 && v[kHigh] == 0 && v[kLow] == 0;
  const bool no_volume = v[kVolume] == 0 || std::isnan(v[kVolume]);
  // Some vendors repeat the last close in the record of a suspended day.
  if (no_range && (v[kClose] == 0 || no_volume)) {
    row.suspended = true;
    return std::nullopt;
  }
  for (std::size_t i : {kOpen, kHigh, kLow, kClose}) {
    if (v[i] == 0) return Wrong{kValueFields[i], Reason::zero_price};
  }
  if (v[kHigh] < v[kLow]) return Wrong{Field::high, Reason::high_below_low};
  return std::nullopt;
}

class RowReader {
 public:
  RowReader(const Header& header, const RowsRequest& request) : header_(header), request_(request) {
    for (std::size_t i = 0; i < kValues; ++i) {
      places_[i] = header.at(kValueFields[i]);
      if (places_[i]) columns_ |= value_bit(i);
    }
    for (std::size_t i = 0; i < kTexts; ++i) {
      texts_[i].place = header.at(kTextFields[i]);
      if (texts_[i].place) columns_ |= text_bit(i);
    }
    shifts_[kVolume] = header.dialect->volume_shift;
    shifts_[kAmount] = header.dialect->amount_shift;
    shifts_[kTurnover] = header.dialect->turnover_shift;
  }

  Result<FileRows> read() {
    formats::CsvReader csv(header_.rest, header_.delimiter);
    while (csv.next()) {
      if (!header_.at(Field::code) && out_.instruments.empty()) {
        MOMENTUM_TRY(Instrument id, code_of_file(request_.stem, request_.given, request_.name));
        out_.instruments.push_back({.id = std::move(id), .rows = {}, .refused_days = {}});
        current_ = 0;
      }
      ++out_.rows_in;
      read_row(csv.cells(), csv.line());
    }
    return std::move(out_);
  }

 private:
  void refuse(std::int64_t line, std::string column, std::string value, Reason reason) {
    out_.refusals.push_back({request_.file, line, std::move(column), std::move(value), reason});
  }

  // Sets current_; false where the row has no usable code.
  bool find_instrument(std::string_view code, std::int64_t line) {
    if (code == last_code_ && current_ != kNone) return true;
    const auto known = codes_.find(code);
    if (known == codes_.end()) {
      const auto parsed = is_missing(code) ? fail(ErrorCode::bad_code, "") : parse_code(code);
      if (!parsed) {
        refuse(line, heading(Field::code), std::string(code),
               is_missing(code) ? Reason::missing_code : Reason::bad_code);
        return false;
      }
      // Two spellings of one code are one instrument.
      const auto [same, is_new] = ids_.try_emplace(*parsed, out_.instruments.size());
      current_ = same->second;
      if (is_new) out_.instruments.push_back({.id = *parsed, .rows = {}, .refused_days = {}});
      codes_.emplace(code, static_cast<std::int32_t>(current_));
    } else {
      current_ = static_cast<std::size_t>(known->second);
    }
    last_code_ = code;
    return true;
  }

  std::int32_t word_index(std::size_t text, std::string_view word) {
    TextColumn& column = texts_[text];
    std::vector<std::string>& words = out_.words[text];
    if (column.last >= 0 && words[static_cast<std::size_t>(column.last)] == word) return column.last;
    const auto [at, is_new] = column.index.try_emplace(std::string(word), static_cast<std::int32_t>(words.size()));
    if (is_new) words.emplace_back(word);
    return column.last = at->second;
  }

  const std::string& heading(Field field) const { return header_.headings[*header_.at(field)]; }

  void read_row(const std::vector<std::string_view>& cells, std::int64_t line) {
    const std::size_t width = header_.headings.size();
    const bool ragged = cells.size() < width || std::any_of(
                                                    cells.begin() + static_cast<std::ptrdiff_t>(width), cells.end(),
                                                    [](std::string_view cell) { return !cell.empty(); });
    // Too few cells: the last line of an interrupted download. Too many: an unquoted thousands separator. Both shift columns.
    if (ragged) {
      return refuse(line, "", fmt::format("{} cells where the header has {}", cells.size(), width), Reason::cell_count);
    }
    if (const auto at = header_.at(Field::code); at && !find_instrument(cells[*at], line)) return;
    InstrumentRows& instrument = out_.instruments[current_];

    const std::string_view day = cells[*header_.at(Field::date)];
    const auto date = parse_date(day);
    if (!date) {
      return refuse(line, heading(Field::date), std::string(day),
                    is_missing(day) ? Reason::missing_date : Reason::bad_date);
    }
    if (*date > request_.today) return refuse(line, heading(Field::date), std::string(day), Reason::future_date);

    const auto refuse_cell = [&](Field field, Reason reason) {
      const std::size_t at = *header_.at(field);
      refuse(line, header_.headings[at], std::string(cells[at]), reason);
      instrument.refused_days.push_back(*date);
    };
    Row row{.date = *date,
            .file = static_cast<std::uint32_t>(request_.file),
            .columns = columns_,
            .line = line,
            .values = {}};
    if (const auto at = header_.at(Field::status); at && !is_missing(cells[*at])) {
      const Trading trading = trading_of(cells[*at]);
      if (trading == Trading::unknown) return refuse_cell(Field::status, Reason::bad_status);
      row.suspended = trading == Trading::no;
    }
    for (std::size_t i = 0; i < kValues; ++i) {
      row.values[i] = std::numeric_limits<double>::quiet_NaN();
      if (!places_[i]) continue;
      const formats::Number number = formats::parse_number(cells[*places_[i]], shifts_[i]);
      if (number.kind == NumberKind::bad) return refuse_cell(kValueFields[i], Reason::bad_number);
      if (number.kind == NumberKind::infinite) return refuse_cell(kValueFields[i], Reason::infinite_number);
      row.values[i] = number.value;
    }
    if (const auto wrong = judge(row)) return refuse_cell(wrong->field, wrong->reason);
    for (std::size_t i = 0; i < kTexts; ++i) {
      if (const auto at = texts_[i].place; at && !is_missing(cells[*at])) row.texts[i] = word_index(i, cells[*at]);
    }
    instrument.rows.push_back(row);
  }

  struct TextColumn {
    std::optional<std::size_t> place;
    std::int32_t last = -1;
    TextIndex index;
  };

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const Header& header_;
  const RowsRequest& request_;
  std::array<std::optional<std::size_t>, kValues> places_;
  std::array<int, kValues> shifts_{};
  std::array<TextColumn, kTexts> texts_;
  ColumnSet columns_ = 0;
  FileRows out_;
  std::size_t current_ = kNone;
  std::string last_code_;
  TextIndex codes_;  // spelling -> instrument
  std::map<Instrument, std::size_t> ids_;
};

}  // namespace

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::cell_count: return "wrong number of cells";
    case Reason::missing_code: return "missing code";
    case Reason::bad_code: return "unreadable code";
    case Reason::missing_date: return "missing date";
    case Reason::bad_date: return "unreadable date";
    case Reason::future_date: return "date after today";
    case Reason::bad_status: return "unknown status";
    case Reason::bad_number: return "unreadable number";
    case Reason::infinite_number: return "infinite number";
    case Reason::negative_price: return "negative price";
    case Reason::zero_price: return "zero price";
    case Reason::negative_volume: return "negative volume";
    case Reason::negative_amount: return "negative amount";
    case Reason::negative_turnover: return "negative turnover";
    case Reason::high_below_low: return "high < low";
    case Reason::conflict: return "two different rows for one date";
  }
  return "";
}

Result<FileRows> read_rows(const Header& header, const RowsRequest& request) {
  return RowReader(header, request).read();
}

}  // namespace momentum::sources
