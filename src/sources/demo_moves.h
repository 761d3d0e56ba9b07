#pragma once
// Returns that many stocks share.

#include <cstdint>
#include <vector>

#include "demo_plan.h"

namespace momentum::sources {

// A deviation in millionths that rises after large moves and falls back to `calm`.
class DemoWave {
 public:
  explicit DemoWave(std::int64_t calm) noexcept : calm_(calm), deviation_(calm) {}
  std::int64_t calm() const noexcept { return calm_; }
  std::int64_t deviation() const noexcept { return deviation_; }
  void follow(std::int64_t move) noexcept;

 private:
  std::int64_t calm_, deviation_;
};

// In millionths, for each session: the market's moves, then those of each industry.
std::vector<std::int32_t> demo_shared_moves(std::uint64_t seed, std::size_t sessions);

}  // namespace momentum::sources
