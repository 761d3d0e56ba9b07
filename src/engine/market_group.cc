#include "market_group.h"

namespace momentum::engine {

std::string_view market_group(const Instrument& code, Kind kind) noexcept {
  if (code.market == Market::US) return "us";
  if (code.market == Market::HK) return "hk";
  switch (kind) {
    case Kind::stock: return "a";
    case Kind::b_share: return "b";
    case Kind::fund: return "etf";
    case Kind::index: return "index";
    case Kind::bond: return "bond";
    case Kind::unknown: break;
  }
  return "other";
}

int tick_digits(Kind kind) noexcept {
  return kind == Kind::fund || kind == Kind::bond || kind == Kind::b_share ? 3 : 2;
}

std::vector<momentum::Market> exchanges_of(std::string_view group) {
  if (group == "us") return {Market::US};
  if (group == "hk") return {Market::HK};
  if (group == "b") return {Market::SH, Market::SZ};
  return {Market::SH, Market::SZ, Market::BJ};
}

}  // namespace momentum::engine
