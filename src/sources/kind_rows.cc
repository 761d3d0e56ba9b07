#include "kind_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "momentum/formats/number.h"

namespace momentum::sources {
namespace {

// What each kind's columns are called here: their places in its layout.
namespace instruments {
enum : std::size_t { code, name, market, kind, board, list_date, delist_date, industry, alias_of, from, to };
}
namespace actions {
enum : std::size_t { code, date, cash, bonus, transfer, rights, rights_price };
}

std::unexpected<WrongCell> wrong(std::size_t column, std::string_view reason) {
  return std::unexpected(WrongCell{column, reason});
}

Parsed<Instrument> code_at(const CellRow& row, std::size_t column) {
  if (row[column].empty()) return wrong(column, "missing code");
  auto code = parse_code(row[column]);
  if (!code) return wrong(column, "unreadable code");
  return *std::move(code);
}

// No date where the cell is empty.
Parsed<Date> date_or_none(const CellRow& row, std::size_t column) {
  if (row[column].empty()) return Date{};
  const auto date = parse_date(row[column]);
  if (!date) return wrong(column, "unreadable date");
  return *date;
}

Parsed<Date> date_at(const CellRow& row, std::size_t column) {
  if (row[column].empty()) return wrong(column, "missing date");
  return date_or_none(row, column);
}

// The days of an interval in two columns, in order.
Parsed<std::pair<Date, Date>> interval_at(const CellRow& row, std::size_t first, std::size_t last) {
  MOMENTUM_TRY(const Date from, date_or_none(row, first));
  MOMENTUM_TRY(const Date to, date_or_none(row, last));
  if (from.has_value() && to.has_value() && to < from) return wrong(last, "ends before it begins");
  return std::pair(from, to);
}

Parsed<std::optional<double>> number_at(const CellRow& row, std::size_t column) {
  if (row[column].empty()) return std::nullopt;
  const formats::Number number = formats::parse_number(row[column]);
  if (number.kind == formats::NumberKind::infinite) return wrong(column, "infinite number");
  if (number.kind != formats::NumberKind::value) return wrong(column, "unreadable number");
  if (number.value < 0) return wrong(column, "negative number");
  return number.value;
}

// 0 where the cell is empty.
Parsed<Decimal> amount_at(const CellRow& row, std::size_t column) {
  MOMENTUM_TRY(const std::optional<double> number, number_at(row, column));
  if (!number) return Decimal{};
  const std::optional<Decimal> amount = decimal_of(*number);
  if (!amount) return wrong(column, *number > 100'000 ? "number above 100,000" : "more than ten decimals");
  return *amount;
}

Parsed<Decimal> price_at(const CellRow& row, std::size_t column) {
  constexpr std::int64_t kFourDigits = Decimal::kOne / 10'000;
  MOMENTUM_TRY(const Decimal price, amount_at(row, column));
  if (price.units == 0 && !row[column].empty()) return wrong(column, "zero price");
  if (price.units % kFourDigits != 0) return wrong(column, "more than four decimals");
  return price;
}

Parsed<Market> market_at(const CellRow& row, std::size_t column) {
  for (Market market : {Market::SH, Market::SZ, Market::BJ, Market::HK, Market::US}) {
    if (row[column] == to_string(market)) return market;
  }
  return wrong(column, row[column].empty() ? "missing market" : "unknown market");
}

Parsed<Kind> kind_at(const CellRow& row, std::size_t column) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {{"", Kind::unknown},        {"stock", Kind::stock},
                                                          {"b_share", Kind::b_share}, {"fund", Kind::fund},
                                                          {"index", Kind::index},     {"bond", Kind::bond}};
  const auto* const kind = std::ranges::find(kKinds, row[column], &std::pair<std::string_view, Kind>::first);
  if (kind == std::end(kKinds)) return wrong(column, "unknown kind");
  return kind->second;
}

Parsed<std::string> board_at(const CellRow& row, std::size_t column) {
  constexpr std::string_view kBoards[] = {"",     "main",  "star", "chinext", "bse", "b",
                                          "fund", "index", "bond", "us",      "hk"};
  if (std::ranges::find(kBoards, row[column]) == std::end(kBoards)) return wrong(column, "unknown board");
  return std::string(row[column]);
}

// The code in its market, whichever of the two cells says so.
Parsed<Instrument> code_and_market(const CellRow& row) {
  MOMENTUM_TRY(Instrument id, code_at(row, instruments::code));
  if (row[instruments::market].empty()) return id;
  MOMENTUM_TRY(const Market market, market_at(row, instruments::market));
  if (id.market == Market::none) {
    const auto placed = parse_code(fmt::format("{}.{}", id.symbol, to_string(market)));
    if (!placed) return wrong(instruments::code, "no code of that market");
    id = *placed;
  }
  if (id.market != market) return wrong(instruments::market, "not the market of the code");
  return id;
}

}  // namespace

Parsed<InstrumentFact> instrument_of(const CellRow& row) {
  namespace c = instruments;
  InstrumentFact fact;
  MOMENTUM_TRY(fact.id, code_and_market(row));
  fact.name = row[c::name];
  MOMENTUM_TRY(fact.kind, kind_at(row, c::kind));
  MOMENTUM_TRY(fact.board, board_at(row, c::board));
  MOMENTUM_TRY(std::tie(fact.listed, fact.delisted), interval_at(row, c::list_date, c::delist_date));
  fact.industry = row[c::industry];
  if (!row[c::alias_of].empty()) {
    MOMENTUM_TRY(fact.alias_of, code_at(row, c::alias_of));
    if (*fact.alias_of == fact.id) return wrong(c::alias_of, "alias of itself");
  }
  MOMENTUM_TRY(std::tie(fact.from, fact.to), interval_at(row, c::from, c::to));
  return fact;
}

Parsed<SessionDay> session_of(const CellRow& row) {
  SessionDay day;
  MOMENTUM_TRY(day.market, market_at(row, 0));
  MOMENTUM_TRY(day.date, date_at(row, 1));
  return day;
}

Parsed<Suspension> suspension_of(const CellRow& row) {
  Suspension out;
  MOMENTUM_TRY(out.id, code_at(row, 0));
  MOMENTUM_TRY_VOID(date_at(row, 1));
  MOMENTUM_TRY(std::tie(out.from, out.to), interval_at(row, 1, 2));
  return out;
}

Parsed<FactorPoint> factor_of(const CellRow& row) {
  FactorPoint out;
  MOMENTUM_TRY(out.id, code_at(row, 0));
  MOMENTUM_TRY(out.date, date_at(row, 1));
  MOMENTUM_TRY(const std::optional<double> factor, number_at(row, 2));
  if (!factor) return wrong(2, "missing factor");
  if (*factor == 0) return wrong(2, "zero factor");
  out.factor = *factor;
  return out;
}

Parsed<CorporateAction> action_of(const CellRow& row) {
  namespace c = actions;
  CorporateAction out;
  MOMENTUM_TRY(out.id, code_at(row, c::code));
  MOMENTUM_TRY(out.date, date_at(row, c::date));
  const std::pair<std::size_t, Decimal*> amounts[] = {{c::cash, &out.cash},
                                                      {c::bonus, &out.bonus},
                                                      {c::transfer, &out.transfer},
                                                      {c::rights, &out.rights},
                                                      {c::rights_price, &out.rights_price}};
  for (const auto& [column, into] : amounts) {
    MOMENTUM_TRY(*into, amount_at(row, column));
  }
  constexpr Decimal kNone;
  if (out.rights > kNone && out.rights_price == kNone) return wrong(c::rights_price, "rights without a price");
  const bool shares = out.bonus > kNone || out.transfer > kNone || out.rights > kNone;
  if (out.cash == kNone && !shares) return wrong(c::date, "nothing happens");
  return out;
}

Parsed<PriceLimit> limit_of(const CellRow& row) {
  PriceLimit out;
  MOMENTUM_TRY(out.id, code_at(row, 0));
  MOMENTUM_TRY(out.date, date_at(row, 1));
  MOMENTUM_TRY(out.up, price_at(row, 2));
  MOMENTUM_TRY(out.down, price_at(row, 3));
  if (out.up.units > 0 && out.down > out.up) return wrong(3, "down above up");
  return out;
}

}  // namespace momentum::sources
