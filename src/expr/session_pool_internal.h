#pragma once
// Sessions of one stage, used again from tile to tile: their memory is touched once, not once a tile.

#include <memory>
#include <mutex>
#include <vector>

#include "momentum/expr/session.h"

namespace momentum::expr {

class SessionPool {
 public:
  // `chunk`: rows per stretch; 0: 16 (of a temporary they are 4 KiB: some ten of them stay in L1), or kernels::kFusedRows for a
  // stage that is fused.
  SessionPool(const Stage& stage, SimdLevel level, std::size_t chunk)
      : stage_(stage),
        level_(level),
        fused_(stage.fused != nullptr ? stage.fused->at(level) : nullptr),
        chunk_(chunk != 0          ? chunk
               : fused_ != nullptr ? kernels::kFusedRows
                                   : kChunkRows) {}

  std::size_t chunk() const { return chunk_; }

  // Before the first row of a tile.
  std::unique_ptr<Session> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto session = std::move(free_.back());
        free_.pop_back();
        session->reset();
        return session;
      }
    }
    return std::make_unique<Session>(stage_, kernels::kernels_for(level_), chunk_, fused_);
  }
  void give_back(std::unique_ptr<Session> session) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(session));
  }

 private:
  static constexpr std::size_t kChunkRows = 16;

  const Stage& stage_;
  SimdLevel level_;
  kernels::FusedFn fused_;
  std::size_t chunk_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> free_;
};

}  // namespace momentum::expr
