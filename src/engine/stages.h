#pragma once
// How long the stages of a scan take, over all threads.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace momentum::engine {

// Thread-safe; a Timer belongs to one thread.
class Stages {
 public:
  enum Stage : std::size_t { open, plan, read, compute, records, rank, whole, kCount };

  // Adds the time that goes by to one stage after the other. Without stages it does nothing.
  class Timer {
   public:
    Timer(Stages* stages, Stage stage) : stages_(stages), stage_(stage) {}
    ~Timer() { stop(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void next(Stage stage) {
      stop();
      stage_ = stage;
      begin_ = std::chrono::steady_clock::now();
    }
    void stop() {
      if (stages_ != nullptr && stage_ != kCount) stages_->add(stage_, std::chrono::steady_clock::now() - begin_);
      stage_ = kCount;
    }

   private:
    Stages* stages_;
    Stage stage_;  // kCount: stopped
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  };

  void add(Stage stage, std::chrono::nanoseconds time) {
    nanoseconds_[stage].fetch_add(time.count(), std::memory_order_relaxed);
  }
  std::vector<std::pair<std::string_view, double>> seconds() const {
    static constexpr std::array<std::string_view, kCount> kNames{"open",    "plan", "read", "compute",
                                                                 "records", "rank", "whole"};
    std::vector<std::pair<std::string_view, double>> all;
    for (std::size_t i = 0; i < kCount; ++i)
      all.emplace_back(kNames[i], static_cast<double>(nanoseconds_[i].load(std::memory_order_relaxed)) * 1e-9);
    return all;
  }

 private:
  std::array<std::atomic<std::int64_t>, kCount> nanoseconds_{};
};

}  // namespace momentum::engine
