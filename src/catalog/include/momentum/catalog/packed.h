#pragma once
// Packed blobs, of the catalog's rows and of what is sent to other machines: a version (one byte), fields, and XXH3-64 of all
// before it (8 bytes, little-endian). Integers are LEB128 varints, signed ones zigzag; a text is its length and its bytes; a
// double is its 8 bytes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/error.h"

namespace momentum::catalog {

std::uint64_t hash_of(std::string_view bytes) noexcept;

class PackedWriter {
 public:
  explicit PackedWriter(std::uint8_t version) {
    bytes_.reserve(128);
    bytes_.push_back(static_cast<char>(version));
  }
  void number(std::uint64_t value);
  void count(std::size_t value) { number(value); }
  void integer(std::int64_t value);
  void date(Date value) { integer(value.days); }
  void text(std::string_view value);
  void real(double value);
  std::uint64_t hash() const noexcept { return hash_of(bytes_); }
  std::string seal() &&;

 private:
  std::string bytes_;
};

// Reads what a PackedWriter wrote. A field that is not there, or a wrong one, makes every later one 0 or empty and ok()
// false: ask once, at the end.
class PackedReader {
 public:
  // Reads versions 1 to `newest`. Error damaged_store naming `where` and length, version or checksum, whichever is wrong.
  // `blob` outlives the reader.
  static Result<PackedReader> open(std::string_view blob, std::uint8_t newest, std::string_view where);
  std::uint8_t version() const noexcept { return version_; }
  std::uint64_t number() noexcept {
    if (!rest_.empty() && static_cast<unsigned char>(rest_[0]) < 0x80) {  // nearly all of them
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      return byte;
    }
    return long_number();
  }
  std::size_t count() noexcept;  // not more than bytes are left: each element has at least one
  std::int64_t integer() noexcept {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  Date date() noexcept { return Date{small()}; }
  std::int32_t small() noexcept {  // an integer() of 32 bits
    const std::int64_t value = integer();
    if (value == static_cast<std::int32_t>(value)) return static_cast<std::int32_t>(value);
    fail_all();
    return 0;
  }
  bool flag() noexcept;  // a number() of 0 or 1
  std::string_view text() noexcept;
  double real() noexcept;
  void refuse() noexcept { fail_all(); }
  bool done() const noexcept { return ok_ && rest_.empty(); }
  // damaged_store unless done().
  Result<void> finish(std::string_view where) const;

 private:
  PackedReader(std::uint8_t version, std::string_view rest) : rest_(rest), version_(version) {}
  std::uint64_t long_number() noexcept;
  void fail_all() noexcept {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  std::uint8_t version_;
  bool ok_ = true;
};

// A blob that leaves the store.
std::vector<std::byte> bytes_of(std::string_view blob);
// Opens one. Its versions are numbers of their own, so a newer one is no damage. Errors: damaged_store, store_version.
Result<PackedReader> open_packed(std::span<const std::byte> bytes, std::uint8_t newest, std::string_view where);

// The error of stored bytes that are not what was written.
std::unexpected<Error> damaged(std::string what, std::string_view where);

}  // namespace momentum::catalog
