#include "momentum/score/classic.h"

#include "momentum/fused/stages.h"

namespace momentum::score {

const std::vector<Column>& classic_columns() {
  static const std::vector<Column> columns{
      {"ma5", "ma5"},
      {"ma10", "ma10"},
      {"ma20", "ma20"},
      {"ma60", "ma60"},
      {"macd", "macd"},
      {"signal", "signal"},
      {"macd_hist", "macd_hist"},
      {"rsi", "rsi14"},
      {"k", "k"},
      {"d", "d"},
      {"j", "j"},
      {"boll_mid", "ma20"},
      {"boll_std", "boll_std"},
      {"boll_upper", "boll_upper"},
      {"boll_lower", "boll_lower"},
      {"momentum_5", "momentum_5"},
      {"momentum_10", "momentum_10"},
      {"momentum_20", "momentum_20"},
      {"momentum_60", "momentum_60"},
      {"vol_ma5", "vol_ma5"},
      {"vol_ma10", "vol_ma10"},
      {"vol_ratio_5", "vol_ratio_5"},
      {"vol_ratio_10", "vol_ratio_10"},
      {"vol_ratio_20", "vol_ratio_20"},
      {"volatility_20", "volatility_20"},
      {"trend_20", "trend_20"},
  };
  return columns;
}

std::string_view classic_formula() {
  static constexpr char text[] =
#include "classic_formula.gen.inc"
      ;
  return text;
}

std::span<const kernels::FusedStage> fused_stages() noexcept { return fused::stages(); }

Result<expr::Definitions> classic(expr::Graph& graph) { return expr::parse_program(graph, classic_formula()); }

}  // namespace momentum::score
