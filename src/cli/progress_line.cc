#include "progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace momentum::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kBarEvery = 100ms;
constexpr auto kLineEvery = 2s;

}  // namespace

void ProgressLine::draw(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  const std::string count = total > 0 ? fmt::format("{}/{}", done, total) : fmt::format("{}", done);
  if (!bar_) {
    std::fputs(fmt::format("momentum: {} {}\n", stage, count).c_str(), stderr);
    return;
  }
  const int room = std::clamp(width_ - 40, 0, 40);
  const double part = total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 0.0;
  const int full = static_cast<int>(part * room);
  std::string bar;
  for (int i = 0; i < room; ++i) bar += i < full ? "█" : "░";
  std::fputs(fmt::format("\r\x1b[K{} {} {}", stage, bar, count).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::update(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < (bar_ ? kBarEvery : kLineEvery)) return;
  last_ = now;
  draw(stage, done, total);
}

void ProgressLine::finish() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace momentum::cli
