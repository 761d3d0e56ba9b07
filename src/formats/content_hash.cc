#include "content_hash_internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace momentum::formats {

struct ContentHash::State {
  XXH3_state_t xxh;
};

std::uint64_t content_hash(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Result<std::uint64_t> content_hash(const ByteSource& file) {
  constexpr std::int64_t kPiece = std::int64_t{8} << 20;
  ContentHash hash;
  for (std::int64_t at = 0; at < file.size(); at += kPiece) {
    MOMENTUM_TRY(const SourceBytes piece, file.read({at, std::min(kPiece, file.size() - at)}));
    hash.add(piece.bytes);
  }
  return hash.value();
}

ContentHash::ContentHash() : state_(std::make_unique<State>()) { restart(); }
ContentHash::~ContentHash() = default;
void ContentHash::restart() { XXH3_64bits_reset(&state_->xxh); }
void ContentHash::add(std::span<const std::byte> bytes) {
  XXH3_64bits_update(&state_->xxh, bytes.data(), bytes.size());
}
std::uint64_t ContentHash::value() const { return XXH3_64bits_digest(&state_->xxh); }

}  // namespace momentum::formats
