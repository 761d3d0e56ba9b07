#include "bar_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "bare_codes.h"
#include "code_of_file.h"
#include "momentum/base/trading_hours.h"
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

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The entry of a dialect's list of words; nullptr if it has none.
template <class Word>
const Word* find_word(const std::vector<Word>& words, std::string_view cell) {
  const auto at = std::ranges::find(words, lower(cell), &Word::word);
  return at == words.end() ? nullptr : &*at;
}

struct Wrong {
  Field field;
  Reason reason;
};

// The ratios are negative where the company makes a loss; all else counts something.
Reason below_zero(std::size_t value) {
  switch (value) {
    case kVolume: return Reason::negative_volume;
    case kAmount: return Reason::negative_amount;
    case kTurnover: return Reason::negative_turnover;
    case kFloatValue:
    case kTotalValue: return Reason::negative_value;
    default: return Reason::negative_price;
  }
}

// Rules that hold for a bar, whatever its dialect. Suspension records are exempt from all but the signs.
std::optional<Wrong> judge(std::array<double, kValues>& v, bool& suspended) {
  for (std::size_t i = 0; i < kIsSt; ++i) {
    if (v[i] < 0) return Wrong{kValueFields[i], below_zero(i)};
  }
  if (v[kIsSt] != 0 && v[kIsSt] != 1 && !std::isnan(v[kIsSt])) return Wrong{Field::is_st, Reason::bad_flag};
  // A previous close of 0 is a vendor's way to say that there is none (first day).
  if (v[kPreclose] == 0) v[kPreclose] = std::numeric_limits<double>::quiet_NaN();
  if (suspended) return std::nullopt;
  const bool no_range = v[kOpen] == 0 && v[kHigh] == 0 && v[kLow] == 0;
  const bool no_volume = v[kVolume] == 0 || std::isnan(v[kVolume]);
  // Some vendors repeat the last close in the record of a suspended day.
  if (no_range && (v[kClose] == 0 || no_volume)) {
    suspended = true;
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
      const auto place = header.at(kValueFields[i]);
      if (!place) continue;
      out_.columns |= value_bit(i);
      places_.push_back({i, *place, 0});
    }
    for (std::size_t i = 0; i < kTexts; ++i) {
      texts_[i].place = header.at(kTextFields[i]);
      if (texts_[i].place) out_.columns |= text_bit(i);
    }
    for (ValueColumn& column : places_) {
      if (column.value <= kClose || column.value == kPreclose) column.shift = header.dialect->price_shift;
      if (column.value == kVolume) column.shift = header.dialect->volume_shift;
      if (column.value == kAmount) column.shift = header.dialect->amount_shift;
      if (column.value == kTurnover) column.shift = header.dialect->turnover_shift;
    }
    values_.fill(std::numeric_limits<double>::quiet_NaN());
    out_.price_basis = header.dialect->price_basis;
  }

  // `Rows`: what has next(), cells(), line() and records_left().
  template <class Rows>
  Result<FileRows> read(Rows& rows) {
    while (rows.next()) {
      if (out_.rows_in == 0) rows_expected_ = std::min(rows.records_left() + 1, kMostExpected);
      if (!header_.at(Field::code) && out_.instruments.empty()) {
        MOMENTUM_TRY(Instrument id, code_of_file(request_.stem, request_.given, request_.name));
        place(id);
        add_instrument(std::move(id));
      }
      ++out_.rows_in;
      read_row(rows.cells(), rows.line());
      if (mixed_) return std::unexpected(*std::move(mixed_));
    }
    return std::move(out_);
  }

 private:
  void refuse(std::int64_t line, std::string column, std::string value, Reason reason) {
    out_.refusals.push_back({request_.file, line, std::move(column), std::move(value), reason});
  }

  void place(Instrument& id) const {
    if (id.market == Market::none) id.market = header_.dialect->market;
    if (id.market == Market::none) id.market = market_of_bare(id.symbol, request_.bare);
  }

  void add_instrument(Instrument id) {
    current_ = out_.instruments.size();
    out_.instruments.push_back({.id = std::move(id), .rows = {}, .values = {}, .refused_days = {}});
    // A file of one instrument is the usual one: its rows do not move. Of a file of many a part stays untouched, so no memory.
    if (current_ == 0) out_.instruments.front().rows.reserve(rows_expected_);
  }

  // Sets current_; false where the row has no usable code.
  bool find_instrument(std::string_view code, std::int64_t line) {
    if (code == last_code_ && current_ != kNone) return true;
    const auto known = codes_.find(code);
    if (known == codes_.end()) {
      auto parsed = is_missing(code) ? fail(ErrorCode::bad_code, "") : parse_code(code);
      if (parsed) place(*parsed);
      if (!parsed) {
        refuse(line, heading(Field::code), std::string(code),
               is_missing(code) ? Reason::missing_code : Reason::bad_code);
        return false;
      }
      // Two spellings of one code are one instrument.
      const auto [same, is_new] = ids_.try_emplace(*parsed, out_.instruments.size());
      current_ = same->second;
      if (is_new) add_instrument(*parsed);
      codes_.emplace(code, static_cast<std::int32_t>(current_));
    } else {
      current_ = static_cast<std::size_t>(known->second);
    }
    last_code_ = code;
    return true;
  }

  // -1 where the cell says that there is none. Most rows repeat the word of the row before.
  std::int32_t word_index(std::size_t text, std::string_view word) {
    TextColumn& column = texts_[text];
    std::vector<std::string>& words = out_.words[text];
    if (column.last >= 0 && words[static_cast<std::size_t>(column.last)] == word) return column.last;
    if (is_missing(word)) return -1;
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

    std::string_view day = cells[*header_.at(Field::date)];
    std::string_view time;
    if (header_.dialect->minutes) time = split_time(cells, day);
    const auto date = parse_date(day_of(day));
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
    std::int32_t minute = 0;
    if (header_.dialect->minutes) {
      const auto found = parse_minute(time);
      const Field field = header_.at(Field::time) ? Field::time : Field::date;
      if (!found) return refuse_cell(field, is_missing(time) ? Reason::missing_time : Reason::bad_time);
      minute = request_.named_by_begin ? *found + 1 : *found;
      const TradingHours& hours = trading_hours(instrument.id.market);
      if (!request_.named_by_begin && hours.opens_at(minute)) return name_begin(heading(field), time, line);
      if (!hours.names_bar(minute)) return refuse_cell(field, Reason::closed);
    }
    bool suspended = false;
    if (const auto at = header_.at(Field::status); at && !is_missing(cells[*at])) {
      const StatusWord* const status = find_word(header_.dialect->statuses, cells[*at]);
      if (status == nullptr) return refuse_cell(Field::status, Reason::bad_status);
      suspended = status->suspended;
    }
    if (const auto at = header_.at(Field::basis); at && !is_missing(cells[*at])) {
      if (!read_basis(cells[*at], line)) return refuse_cell(Field::basis, Reason::bad_basis);
    }
    for (const ValueColumn& column : places_) {
      const formats::Number number = formats::parse_number(cells[column.place], column.shift);
      if (number.kind == NumberKind::bad) return refuse_cell(kValueFields[column.value], Reason::bad_number);
      if (number.kind == NumberKind::infinite) return refuse_cell(kValueFields[column.value], Reason::infinite_number);
      values_[column.value] = number.value;
    }
    if (const auto wrong = judge(values_, suspended)) return refuse_cell(wrong->field, wrong->reason);
    if (suspended && header_.dialect->minutes) return refuse_cell(Field::open, Reason::zero_price);
    Row row{.date = *date,
            .minute = minute,
            .file = static_cast<std::uint32_t>(request_.file),
            .suspended = suspended,
            .line = line};
    if (suspended) return instrument.rows.push_back(row);
    row.columns = out_.columns;
    double* to = instrument.values.take(places_.size());
    row.values = to;
    for (const ValueColumn& column : places_) *to++ = values_[column.value];
    for (std::size_t i = 0; i < kTexts; ++i) {
      if (const auto at = texts_[i].place) row.texts[i] = word_index(i, cells[*at]);
    }
    instrument.rows.push_back(row);
  }

  // A suffix that is another's is left where it is: a minute of the day makes no daily bar.
  std::string_view day_of(std::string_view cell) const {
    constexpr std::size_t kDigits = 8;
    const std::string_view suffix = header_.dialect->date_suffix;
    return cell.size() == kDigits + suffix.size() && cell.ends_with(suffix) ? cell.substr(0, kDigits) : cell;
  }

  // Takes the time of day off a day that has both, or from its own column.
  std::string_view split_time(const std::vector<std::string_view>& cells, std::string_view& day) const {
    if (const auto at = header_.at(Field::time)) return cells[*at];
    const std::size_t cut = day.find_first_of(" T");
    if (cut == std::string_view::npos) return {};
    const std::string_view time = day.substr(cut + 1);
    day = day.substr(0, cut);
    return time;
  }

  // Whose first minute is the market's opening names all its minutes by their begin: taken as they stand, every bar would be of
  // another minute.
  void name_begin(std::string heading, std::string_view time, std::int64_t line) {
    mixed_ = Error{
        ErrorCode::unreadable_data,
        fmt::format("a bar named {}, when trading opens, where names are of the minute in which a bar ends", time),
        fmt::format("{}, line {}, column {}", request_.name, line, heading),
        "--minute-names begin, if this file names all its minutes by their begin; else take these rows out"};
  }

  // False where the dialect does not know the word. A file that says two things makes an error of it all.
  bool read_basis(std::string_view cell, std::int64_t line) {
    if (cell == basis_cell_) return true;
    const BasisWord* const basis = find_word(header_.dialect->bases, cell);
    if (basis == nullptr) return false;
    if (!basis_cell_.empty() && basis->price_basis != out_.price_basis) {
      mixed_ = Error{ErrorCode::unreadable_data,
                     fmt::format("prices of two kinds in one file ({} and {})", out_.price_basis, basis->price_basis),
                     fmt::format("{}, line {}, column {}", request_.name, line, heading(Field::basis)),
                     "split it, one kind a file, and read them apart"};
    }
    basis_cell_ = cell;
    out_.price_basis = basis->price_basis;
    return true;
  }

  struct ValueColumn {
    std::size_t value;  // index in kValueFields
    std::size_t place;  // index in the file's columns
    int shift;
  };
  struct TextColumn {
    std::optional<std::size_t> place;
    std::int32_t last = -1;
    TextIndex index;
  };

  static constexpr std::size_t kMostExpected = std::size_t{1} << 16;  // more days than any instrument has
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const Header& header_;
  const RowsRequest& request_;
  std::vector<ValueColumn> places_;  // ascending by value
  std::array<double, kValues> values_;  // of the row in hand; NaN for ever where the file has no column
  std::array<TextColumn, kTexts> texts_;
  FileRows out_;
  std::size_t rows_expected_ = 0;
  std::size_t current_ = kNone;
  std::string last_code_;
  TextIndex codes_;  // spelling -> instrument
  std::map<Instrument, std::size_t> ids_;
  std::string basis_cell_;  // the last
  std::optional<Error> mixed_;
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
    case Reason::missing_time: return "missing time";
    case Reason::bad_time: return "unreadable time";
    case Reason::closed: return "minute outside of the trading hours";
    case Reason::bad_status: return "unknown status";
    case Reason::bad_basis: return "unknown price basis";
    case Reason::bad_number: return "unreadable number";
    case Reason::infinite_number: return "infinite number";
    case Reason::negative_price: return "negative price";
    case Reason::zero_price: return "zero price";
    case Reason::negative_volume: return "negative volume";
    case Reason::negative_amount: return "negative amount";
    case Reason::negative_turnover: return "negative turnover";
    case Reason::negative_value: return "negative market value";
    case Reason::bad_flag: return "neither 0 nor 1";
    case Reason::high_below_low: return "high < low";
    case Reason::conflict: return "two different rows for one date";
    case Reason::minute_conflict: return "two different rows for one minute";
  }
  return "";
}

double* ValueStore::take(std::size_t n) {
  static_assert(kFirstBlock >= kValues);
  if (used_ + n > size_) {
    size_ = blocks_.empty() ? kFirstBlock : std::min(2 * size_, kLargestBlock);
    blocks_.push_back(std::make_unique_for_overwrite<double[]>(size_));
    used_ = 0;
  }
  double* const at = blocks_.back().get() + used_;
  used_ += n;
  return at;
}

Result<FileRows> read_rows(const Header& header, const RowsRequest& request) {
  formats::CsvReader csv(header.rest, header.delimiter);
  return RowReader(header, request).read(csv);
}

Result<FileRows> read_rows(const Header& header, formats::ForeignRows& table, const RowsRequest& request) {
  return RowReader(header, request).read(table);
}

}  // namespace momentum::sources
