#include "momentum/base/simd_level.h"

#include <string>

namespace momentum {

std::string_view to_string(SimdLevel level) noexcept {
  switch (level) {
    case SimdLevel::scalar: return "scalar";
    case SimdLevel::sse4: return "sse4";
    case SimdLevel::avx2: return "avx2";
    case SimdLevel::avx512: return "avx512";
    case SimdLevel::best: return "auto";
  }
  return "";
}

Result<SimdLevel> parse_simd_level(std::string_view text) {
  for (const SimdLevel level :
       {SimdLevel::scalar, SimdLevel::sse4, SimdLevel::avx2, SimdLevel::avx512, SimdLevel::best}) {
    if (text == to_string(level)) return level;
  }
  return fail(ErrorCode::bad_value, "no such SIMD level", std::string(text),
              "choose scalar, sse4, avx2, avx512 or auto");
}

}  // namespace momentum
