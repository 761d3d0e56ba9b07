#include "momentum/score/record.h"

namespace momentum::score {

std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::ok: return "ok";
    case Status::suspended: return "suspended";
    case Status::no_bar: return "no_bar";
    case Status::stale: return "stale";
    case Status::too_few_bars: return "too_few_bars";
    case Status::delisted: return "delisted";
    case Status::bad_data: return "bad_data";
  }
  return "";
}

const std::array<Part, kParts>& classic_parts() noexcept {
  static constexpr std::array<Part, kParts> parts{{
      {"价格动量", "price momentum", 20.0},
      {"均线排列", "moving-average order", 15.0},
      {"MACD指标", "MACD", 20.0},
      {"RSI指标", "RSI", 15.0},
      {"成交量变化", "volume change", 15.0},
      {"趋势强度", "trend strength", 15.0},
  }};
  return parts;
}

}  // namespace momentum::score
