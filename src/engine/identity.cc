#include "identity.h"

#include <fmt/format.h>

namespace momentum::engine {

Identities::Identities(const std::vector<catalog::InstrumentRecord>& instruments) {
  for (const catalog::InstrumentRecord& record : instruments) {
    codes_.push_back(record.code);
    current_.emplace(record.code, record.id);
    by_symbol_[record.code.symbol].insert(record.id);
    for (const catalog::CodeAlias& alias : record.aliases) {
      aliases_[alias.code].push_back({alias.from, alias.to, record.id});
      by_symbol_[alias.code.symbol].insert(record.id);
    }
  }
}

Result<std::optional<catalog::InstrumentId>> Identities::find(const Instrument& code, Date first, Date last) const {
  const auto aliases = aliases_.find(code);
  if (aliases != aliases_.end()) {
    for (const Alias& alias : aliases->second) {
      const bool begun = !alias.from.has_value() || (first.has_value() && alias.from <= first);
      const bool lasts = !alias.to.has_value() || (last.has_value() && last <= alias.to);
      if (begun && lasts) return alias.id;
    }
  }
  if (const auto current = current_.find(code); current != current_.end()) return current->second;
  if (aliases != aliases_.end()) {
    for (const Alias& alias : aliases->second) {
      const bool too_early = alias.from.has_value() && last.has_value() && last < alias.from;
      const bool too_late = alias.to.has_value() && first.has_value() && alias.to < first;
      if (!too_early && !too_late) return alias.id;
    }
  }
  if (code.market != Market::none) return std::nullopt;

  const auto same = by_symbol_.find(code.symbol);
  if (same == by_symbol_.end()) {
    const bool number = !code.symbol.empty() && code.symbol.find_first_not_of("0123456789") == std::string::npos;
    return fail(
        ErrorCode::bad_code, "a new instrument without its market", code.symbol,
        number
            ? fmt::format("name the market in the code column, the file's name or --code, like {}.SH; or with --market "
                          "SH, SZ or BJ for all such codes, --market shares if all are of A or B shares; or import a "
                          "list of instruments first (--kind instruments)",
                          code.symbol)
            : fmt::format("name the market in the code column, the file's name or --code, like {}.US, or import a "
                          "list of instruments first (--kind instruments)",
                          code.symbol));
  }
  if (same->second.size() == 1) return *same->second.begin();
  std::vector<std::string> names;
  for (const catalog::InstrumentId id : same->second) names.push_back(to_string(codes_[static_cast<std::size_t>(id)]));
  return fail(ErrorCode::ambiguous_code, "ambiguous code",
              fmt::format("{} is {}", code.symbol, fmt::join(names, " or ")), "add the market");
}

catalog::InstrumentRecord new_record(catalog::InstrumentId id, const Instrument& code) {
  catalog::InstrumentRecord record;
  record.id = id;
  record.code = code;
  record.kind = kind_of(code);
  record.board = board_of(code);
  switch (code.market) {
    case Market::US: record.currency = "USD"; break;
    case Market::HK: record.currency = "HKD"; break;
    case Market::SH: record.currency = record.kind == Kind::b_share ? "USD" : "CNY"; break;
    case Market::SZ: record.currency = record.kind == Kind::b_share ? "HKD" : "CNY"; break;
    case Market::BJ: record.currency = "CNY"; break;
    case Market::none: break;
  }
  if (record.kind == Kind::stock && record.currency == "CNY") record.tick = 0.01;
  return record;
}

}  // namespace momentum::engine
