#pragma once
// One stage of a program running over one tile, a stretch of rows at a time. A stretch of one row is the bar-by-bar stream;
// the bits do not depend on the stretches. State can be saved and restored.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "momentum/expr/program.h"

namespace momentum::expr {

inline constexpr std::uint32_t kStateVersion = 1;

// Not thread-safe; one per thread. The program outlives it.
class Session {
 public:
  // `chunk`: most rows per advance(). Memory: about (slots + windows) * chunk * 256 bytes, allocated once.
  // `fused`: the stage as one function, or null; it is used on the rows that it can do.
  Session(const Stage& stage, const kernels::KernelTable& table, std::size_t chunk, kernels::FusedFn fused = nullptr);

  // Before the first row of an instrument tile.
  void reset();

  // Computes the next `rows` rows. rows[i] is row 0 of leaf i ([row][32 lanes]); `before` rows before row 0 may be read and
  // are the true history (all of a panel's earlier rows; 0 when rows are pushed one by one: then the session keeps its own).
  // After a panel's rows, rows can be pushed only by way of save() and restore().
  void advance(std::span<const double* const> leaf_rows, std::size_t before, std::size_t rows);

  // Row 0 of output i of the last advance(), valid until the next; stride 0 for a constant.
  const double* output(std::size_t i) const noexcept;
  std::size_t output_stride(std::size_t i) const noexcept;

  // Everything later rows depend on. `key` names what it is a state of (Program::hash); restore() refuses other keys, other
  // rewritings of the expression, other numerics versions, a state of the scalar kernels for vector ones (and the other way
  // round; sse4, avx2 and avx512 share theirs) and damaged bytes with error bad_state and leaves the session reset.
  std::vector<std::byte> save(std::uint64_t key) const;
  Result<void> restore(std::span<const std::byte> saved, std::uint64_t key);

 private:
  struct Free {
    void operator()(double* p) const noexcept;
  };
  struct Window {
    double* memory;
    std::size_t history;
    std::size_t capacity;  // rows
    std::size_t row;  // where the next rows go; `history` rows before it are the past
  };
  double* window_rows(Window& window, std::size_t rows) noexcept;
  const double* base(const Place& place) const noexcept;
  bool advance_fused(std::size_t row, std::size_t rows) noexcept;
  void advance_steps(std::size_t row, std::size_t rows) noexcept;
  const double* past(std::size_t leaf) const noexcept;

  const Stage& stage_;
  const kernels::KernelTable& table_;
  std::size_t chunk_;
  kernels::FusedFn fused_;
  std::unique_ptr<double[], Free> memory_;
  double* slots_ = nullptr;
  double* constants_ = nullptr;
  double* state_ = nullptr;
  double* next_state_ = nullptr;  // where a fused stretch leaves it; they take turns
  std::size_t fused_rows_ = 0;  // since the last stretch that went node by node
  std::vector<Window> windows_;
  std::vector<const double*> leaf_rows_;  // row 0 of the current stretch
  std::vector<double*> window_rows_;  // likewise
  std::vector<bool> kept_slot_;  // holds an output: all rows of an advance() are kept
  std::vector<bool> leaf_in_window_;  // the leaf's last rows are in its window, not in the caller's memory
  std::size_t last_rows_ = 0;
};

}  // namespace momentum::expr
