#include "bare_codes.h"

#include <algorithm>
#include <string>

namespace momentum::sources {

Market market_of_bare(std::string_view symbol, BareCodes rule) {
  const bool number = symbol.size() == 6 && std::ranges::all_of(symbol, [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return Market::none;
  switch (rule) {
    case BareCodes::unknown: return Market::none;
    case BareCodes::SH: return Market::SH;
    case BareCodes::SZ: return Market::SZ;
    case BareCodes::BJ: return Market::BJ;
    case BareCodes::shares: break;
  }
  for (const Market market : {Market::SH, Market::SZ, Market::BJ}) {
    const Kind kind = kind_of({std::string(symbol), market});
    if (kind == Kind::stock || kind == Kind::b_share) return market;
  }
  return Market::none;
}

}  // namespace momentum::sources
