#pragma once
// Reads choices from the front of an input. At its end everything is 0 and empty.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace momentum::fuzz {

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::size_t below(std::size_t count) { return byte() % count; }
  std::uint64_t number(int bytes) {  // little-endian
    std::uint64_t value = 0;
    for (int k = 0; k < bytes; ++k) value |= std::uint64_t{byte()} << (8 * k);
    return value;
  }
  std::string_view take(std::size_t bytes) {
    const std::string_view value = rest_.substr(0, bytes);
    rest_.remove_prefix(value.size());
    return value;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace momentum::fuzz
