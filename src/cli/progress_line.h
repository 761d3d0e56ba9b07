#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "momentum/base/progress.h"

namespace momentum::cli {

// Progress on standard error: one line that is drawn over and over on a terminal, else a plain line every two
// seconds, so that short work prints none. Thread-safe.
class ProgressLine final : public ProgressSink {
 public:
  explicit ProgressLine(bool bar, int width) : bar_(bar), width_(width) {}
  ~ProgressLine() override { finish(); }
  void update(std::string_view stage, std::uint64_t done, std::uint64_t total) override;
  // Clears the bar: to be called before anything else goes to the terminal.
  void finish();

 private:
  void draw(std::string_view stage, std::uint64_t done, std::uint64_t total);

  const bool bar_;
  const int width_;
  std::mutex mutex_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace momentum::cli
