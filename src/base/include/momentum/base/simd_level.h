#pragma once
// The instruction sets a user may name. Results do not depend on the choice; speed does.

#include <cstdint>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"

namespace momentum {

enum class SimdLevel : std::uint8_t { scalar, sse4, avx2, avx512, best = 255 };

std::string_view to_string(SimdLevel level) noexcept;  // "scalar" "sse4" "avx2" "avx512" "auto"
// "auto" gives best; lower case only. Whether this machine has the level is not asked here. Error bad_value naming the
// choices.
Result<SimdLevel> parse_simd_level(std::string_view text);

}  // namespace momentum
