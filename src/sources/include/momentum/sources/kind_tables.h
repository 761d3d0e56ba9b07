#pragma once
// What is no bars, as plain CSV files -> vectors of structs: `momentum import --kind NAME FILE`.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/date.h"
#include "momentum/base/decimal.h"
#include "momentum/base/error.h"
#include "momentum/base/instrument.h"
#include "momentum/sources/bar_set.h"

namespace momentum::sources {

struct KindColumn {
  std::string_view name;
  bool required;  // an optional one may be absent, and is then as if all its cells were empty
};
// The columns of one kind of file, in the order in which they are listed to people.
struct KindLayout {
  std::string_view name;
  std::vector<KindColumn> columns;
};
// instruments: code [name] [market] [kind] [board] [list_date] [delist_date] [industry] [alias_of] [from] [to]
// calendar: market date | suspensions: code from to | factors: code date factor
// actions: code date [cash] [bonus] [transfer] [rights] [rights_price] | limits: code date up down
// Pointers into it stay valid for ever.
std::span<const KindLayout> kind_layouts();
const KindLayout* find_kind(std::string_view name);  // nullptr when there is no such kind

// What a row says of a code. What it does not say is empty, Kind::unknown, no date.
struct InstrumentFact {
  Instrument id;  // the market from the code or from the column `market`
  std::string name = {};
  Kind kind = Kind::unknown;  // stock b_share fund index bond
  std::string board = {};          // one of board_of(): main star chinext bse b fund index bond us hk
  Date listed = {}, delisted = {};      // first and last day of the listing
  std::string industry = {};
  std::optional<Instrument> alias_of = {};  // from..to, `id` is another code of this instrument
  Date from = {}, to = {};  // the days, both included, on which the row holds; no date: without a bound
  bool operator==(const InstrumentFact&) const = default;
};

struct SessionDay {
  Market market = Market::none;
  Date date;
  bool operator==(const SessionDay&) const = default;
};

struct Suspension {
  Instrument id;
  Date from = {}, to = {};  // both included; no date: it has not ended
  bool operator==(const Suspension&) const = default;
};

struct FactorPoint {
  Instrument id;
  Date date;  // the first day on which it holds
  double factor = 1;  // finite, above 0
  bool operator==(const FactorPoint&) const = default;
};

// Per share held before the day; not negative, 0 where nothing is said, and not all 0.
struct CorporateAction {
  Instrument id;
  Date date;  // ex-date
  Decimal cash = {};  // yuan
  Decimal bonus = {}, transfer = {};  // new shares
  Decimal rights = {};  // shares offered
  Decimal rights_price = {};  // yuan each; above 0 where rights is
  bool operator==(const CorporateAction&) const = default;
};

struct PriceLimit {
  Instrument id;
  Date date;
  Decimal up = {}, down = {};  // yuan, at most four digits after the point, down <= up; 0: no limit that day
  bool operator==(const PriceLimit&) const = default;
};

template <class Row>
struct KindTable {
  std::vector<Row> rows;                // ascending by key, one per key
  std::vector<Quarantined> quarantine;  // in the order of files and lines
  ReadSummary summary;                  // suspensions is 0: these rows are no bars
};

// `paths` as read_bars takes them; encodings, delimiters and missing cells (empty, NaN, None, null, --) as there. The first
// line with text is the header: columns in any order and letter case. Codes in every common spelling, dates as parse_date
// reads them; dates after today are accepted (calendars and ex-dates are known ahead).
// The key is code and from (instruments, suspensions), market and date (calendar), else code and date. Equal rows of a key
// are duplicates, different ones are all quarantined; intervals that overlap are not judged.
// A wrong row goes to quarantine with its line.
// Errors: wrong_columns (unknown by name, missing, twice), empty_input (no rows), file_not_found, no_permission,
// bad_encoding, unreadable_data, too_large, io_failed, interrupted.
Result<KindTable<InstrumentFact>> read_instruments(const Context& ctx, const std::vector<std::string>& paths);
Result<KindTable<SessionDay>> read_calendar(const Context& ctx, const std::vector<std::string>& paths);
Result<KindTable<Suspension>> read_suspensions(const Context& ctx, const std::vector<std::string>& paths);
Result<KindTable<FactorPoint>> read_factors(const Context& ctx, const std::vector<std::string>& paths);
Result<KindTable<CorporateAction>> read_actions(const Context& ctx, const std::vector<std::string>& paths);
Result<KindTable<PriceLimit>> read_limits(const Context& ctx, const std::vector<std::string>& paths);

}  // namespace momentum::sources
