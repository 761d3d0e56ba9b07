// The inputs are libFuzzer's.

#include <cstddef>
#include <cstdint>

#include "fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  momentum::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
