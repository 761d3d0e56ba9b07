#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <limits>

#include "momentum/catalog/packed.h"

namespace momentum::catalog {
namespace {

constexpr std::size_t kChecksumBytes = 8;

void put_fixed(std::string& bytes, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t get_fixed(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

}  // namespace

std::uint64_t hash_of(std::string_view bytes) noexcept { return XXH3_64bits(bytes.data(), bytes.size()); }

std::unexpected<Error> damaged(std::string what, std::string_view where) {
  return fail(ErrorCode::damaged_store, std::move(what), std::string(where), "restore the store from a copy");
}

void PackedWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void PackedWriter::integer(std::int64_t value) {
  number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void PackedWriter::text(std::string_view value) {
  count(value.size());
  bytes_.append(value);
}

void PackedWriter::real(double value) { put_fixed(bytes_, std::bit_cast<std::uint64_t>(value)); }

std::string PackedWriter::seal() && {
  put_fixed(bytes_, hash());
  return std::move(bytes_);
}

Result<PackedReader> PackedReader::open(std::string_view blob, std::uint8_t newest, std::string_view where) {
  if (blob.size() < 1 + kChecksumBytes) return damaged(fmt::format("a block of {} bytes", blob.size()), where);
  const std::string_view content = blob.substr(0, blob.size() - kChecksumBytes);
  if (get_fixed(blob.substr(content.size())) != hash_of(content)) return damaged("wrong checksum", where);
  const auto version = static_cast<std::uint8_t>(content[0]);
  if (version < 1 || version > newest)
    return damaged(fmt::format("a block of version {}, not {}", version, newest), where);
  return PackedReader(version, content.substr(1));
}

std::uint64_t PackedReader::long_number() noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < rest_.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return value;
    }
  }
  fail_all();
  return 0;
}

std::size_t PackedReader::count() noexcept {
  const std::uint64_t value = number();
  if (value <= rest_.size()) return value;
  fail_all();
  return 0;
}

bool PackedReader::flag() noexcept {
  const std::uint64_t value = number();
  if (value > 1) fail_all();
  return value == 1;
}

std::string_view PackedReader::text() noexcept {
  const std::size_t size = count();
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

double PackedReader::real() noexcept {
  if (rest_.size() < 8) {
    fail_all();
    return 0;
  }
  const double value = std::bit_cast<double>(get_fixed(rest_));
  rest_.remove_prefix(8);
  return value;
}

std::vector<std::byte> bytes_of(std::string_view blob) {
  const auto bytes = std::as_bytes(std::span(blob));
  return {bytes.begin(), bytes.end()};
}

Result<PackedReader> open_packed(std::span<const std::byte> bytes, std::uint8_t newest, std::string_view where) {
  const std::string_view blob(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  MOMENTUM_TRY(PackedReader in, PackedReader::open(blob, std::numeric_limits<std::uint8_t>::max(), where));
  if (in.version() > newest)
    return fail(ErrorCode::store_version,
                fmt::format("written by a newer version of the program (a block of version {}, this one knows {})",
                            in.version(), newest),
                std::string(where), "update");
  return in;
}

Result<void> PackedReader::finish(std::string_view where) const {
  if (!done()) return damaged("a block of the wrong length", where);
  return {};
}

}  // namespace momentum::catalog
