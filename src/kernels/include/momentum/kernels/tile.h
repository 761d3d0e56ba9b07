#pragma once
// The unit all kernels work on: rows of 32 lanes, one instrument per lane, one bar per row.

#include <cstddef>

namespace momentum::kernels {

// Version of the numbers: changes when any bit of any kernel's result changes. Stands in records, keys and saved states.
inline constexpr int kNumericsVersion = 1;

// Lanes per row: four cache lines of doubles, enough independent chains to hide the latency of a recurrence.
inline constexpr std::size_t kTileLanes = 32;
inline constexpr std::size_t kAlignment = 64;
inline constexpr std::size_t kMaxInputs = 64;

// One call of a kernel on `rows` consecutive rows of a tile.
//
//   in[i]         row 0 of input i, 64-byte aligned; row r lies at in[i] + r * in_stride[i]. As many rows *before* row 0 are
//                 readable as history(kernel, params) says; rows before an instrument's first bar hold NaN.
//   in_stride[i]  kTileLanes, or 0 for a constant (one row, all lanes equal); a kernel with history takes none
//   out           rows * kTileLanes doubles; may be the same memory as an input only for elementwise kernels
//   state         state_slots(kernel, params) rows of kTileLanes doubles, carried from call to call, or nullptr
//   params        the kernel's options, already checked
//
// A kernel allocates nothing, knows no dates and no symbols, and gives the same bits for any split of the rows into calls.
struct KernelCall {
  const double* const* in;
  const std::size_t* in_stride;
  std::size_t inputs;
  double* out;
  double* state;
  const double* params;
  std::size_t rows;
};

using KernelFn = void (*)(const KernelCall&) noexcept;

}  // namespace momentum::kernels
