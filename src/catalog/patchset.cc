#include "patchset_internal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace momentum::catalog {
namespace {

// Operations, by the numbers that SQLite has for them, and kinds of values.
constexpr int kDelete = 9, kInsert = 18, kUpdate = 23;
constexpr int kUndefined = 0, kInteger = 1, kReal = 2, kText = 3, kBlob = 4, kNull = 5;

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  bool done() const noexcept { return rest_.empty(); }
  // A byte; -1 at the end.
  int next() noexcept {
    if (rest_.empty()) return -1;
    const int byte = static_cast<unsigned char>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }
  bool skip(std::uint64_t count) noexcept {
    if (count > rest_.size()) return false;
    rest_.remove_prefix(count);
    return true;
  }
  // A varint of SQLite's, highest bits first, of what may be a length; no value that is longer.
  bool length(std::uint64_t& value) noexcept {
    value = 0;
    for (int k = 0; k < 5; ++k) {
      const int byte = next();
      if (byte < 0) return false;
      value = value << 7 | static_cast<std::uint64_t>(byte & 0x7F);
      if (byte < 0x80) return value <= 0x7FFFFFFF;
    }
    return false;
  }
  std::string_view take(std::size_t count) noexcept {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::size_t find(char c) const noexcept { return rest_.find(c); }

 private:
  std::string_view rest_;
};

bool skip_value(Bytes& in) noexcept {
  std::uint64_t length = 0;
  switch (in.next()) {
    case kUndefined:
    case kNull: return true;
    case kInteger:
    case kReal: return in.skip(8);
    case kText:
    case kBlob: return in.length(length) && in.skip(length);
    default: return false;
  }
}

}  // namespace

bool is_patchset(std::string_view bytes) noexcept {
  Bytes in(bytes);
  std::uint64_t columns = 0, keys = 0;  // of the table at hand; of a row that is gone the key alone is there
  while (!in.done()) {
    const int what = in.next();
    if (what == 'P') {
      if (!in.length(columns) || columns == 0) return false;
      const std::string_view flags = in.take(columns);
      keys = flags.size() - static_cast<std::uint64_t>(std::ranges::count(flags, '\0'));
      const std::size_t name = in.find('\0');
      if (flags.size() != columns || keys == 0 || name == std::string_view::npos || !in.skip(name + 1)) return false;
      continue;
    }
    if ((what != kDelete && what != kInsert && what != kUpdate) || columns == 0) return false;
    if (in.next() < 0) return false;  // whether a trigger did it
    for (std::uint64_t left = what == kDelete ? keys : columns; left > 0; --left) {
      if (!skip_value(in)) return false;
    }
  }
  return true;
}

}  // namespace momentum::catalog
