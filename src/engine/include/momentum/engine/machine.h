#pragma once
// What this machine and this build are, for `momentum --version` and `momentum doctor`.

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/base/simd_level.h"

namespace momentum::engine {

struct Machine {
  std::vector<SimdLevel> simd;             // levels this machine has, ascending; scalar is always there
  SimdLevel in_use = SimdLevel::scalar;    // the level that ctx.simd comes to; never `best`
  int cores = 0;                           // cores this process may use (affinity and cgroup)
  std::uint64_t memory_bytes = 0;          // of the machine; 0: unknown
  std::uint64_t memory_limit_bytes = 0;    // the tightest cgroup limit above this process; 0: none
  std::string arrow_version;               // of the library that is loaded
  int numerics_version = 0;
  std::string build;                       // "g++ 12.2.0, optimised"
};

// Errors: unsupported_simd when ctx.simd names a level this machine lacks (with those it has). Reads a few files of
// /proc and /sys; a missing one leaves its figure 0.
Result<Machine> describe_machine(const Context& ctx);

}  // namespace momentum::engine
