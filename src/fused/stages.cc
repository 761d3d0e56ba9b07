#include "momentum/fused/stages.h"

#include <array>

namespace momentum::fused {

kernels::FusedStage classic_scores() noexcept;
kernels::FusedStage classic_scores_adjusted() noexcept;
kernels::FusedStage classic_scan() noexcept;
kernels::FusedStage classic_scan_adjusted() noexcept;
kernels::FusedStage classic_scan_carry() noexcept;
kernels::FusedStage classic_scan_carry_adjusted() noexcept;
kernels::FusedStage classic_columns() noexcept;
kernels::FusedStage classic_columns_adjusted() noexcept;

std::span<const kernels::FusedStage> stages() noexcept {
  static const std::array all{classic_scores(),        classic_scores_adjusted(), classic_scan(),
                              classic_scan_adjusted(), classic_scan_carry(),      classic_scan_carry_adjusted(),
                              classic_columns(),       classic_columns_adjusted()};
  return all;
}

}  // namespace momentum::fused
