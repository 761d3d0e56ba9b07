#pragma once
// The stages that were fused when this was built: hand them to expr::compile, which takes the one whose signature fits.

#include <span>

#include "momentum/kernels/fused.h"

namespace momentum::fused {

// Static; may be read from any thread.
std::span<const kernels::FusedStage> stages() noexcept;

}  // namespace momentum::fused
