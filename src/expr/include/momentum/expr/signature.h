#pragma once
// What a stage computes and how its memory is laid out, as one number: equal for stages that one piece of code can run.

#include <cstdint>

#include "momentum/expr/program.h"

namespace momentum::expr {

// Of the steps in order, with kernels, parameters and places; leaves, constants, windows, state and outputs; and of the
// numerics version. Node numbers do not enter.
std::uint64_t signature(const Stage& stage) noexcept;

}  // namespace momentum::expr
