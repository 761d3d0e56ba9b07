#include "momentum/formats/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "content_hash_internal.h"

namespace momentum::formats {

namespace fs = std::filesystem;

std::string Folder::name_of(std::string_view path) const {
  const std::string& own = name();
  // The query of a URI is about the server.
  const std::size_t query = is_uri(own) ? std::min(own.find('?'), own.size()) : own.size();
  std::string_view before = std::string_view(own).substr(0, query);
  while (before.size() > 1 && before.ends_with('/')) before.remove_suffix(1);
  return fmt::format("{}/{}", before, path);
}

Result<std::vector<std::byte>> Folder::read(const std::string& path, std::int64_t most) const {
  MOMENTUM_TRY(const std::unique_ptr<ByteSource> source, open(path));
  if (source->size() > most)
    return fail(ErrorCode::unreadable_data, fmt::format("a file of {} bytes, more than {}", source->size(), most),
                name_of(path), "it is not what it should be: publish again");
  MOMENTUM_TRY(const SourceBytes bytes, source->read({0, source->size()}));
  return std::vector(bytes.bytes.begin(), bytes.bytes.end());
}

Result<void> Folder::write(const std::string& path, std::span<const std::byte> bytes) {
  return write(path, [&bytes]() -> Result<std::span<const std::byte>> { return std::exchange(bytes, {}); });
}

Result<void> copy_file(const Context& ctx, const Folder& from, Folder& to, const std::string& path, std::int64_t bytes,
                       std::uint64_t hash, const std::function<void(std::int64_t)>& advance) {
  constexpr std::int64_t kPiece = std::int64_t{4} << 20;
  const auto damaged = [&](std::string what) {
    return fail(ErrorCode::unreadable_data, std::move(what), from.name_of(path), "restore it from a copy of the store");
  };
  MOMENTUM_TRY(const std::unique_ptr<ByteSource> source, from.open(path));
  if (source->size() != bytes)
    return damaged(fmt::format("damaged data file (it has {} bytes, not {})", source->size(), bytes));
  ContentHash hashed;
  SourceBytes piece;
  std::int64_t at = 0;
  return to.write(path, [&]() -> Result<std::span<const std::byte>> {
    if (ctx.cancelled()) return Context::interrupted();
    advance(static_cast<std::int64_t>(piece.bytes.size()));
    if (at == bytes) {
      if (hashed.value() != hash) return damaged("damaged data file (checksum)");
      return std::span<const std::byte>();
    }
    const std::int64_t length = std::min(kPiece, bytes - at);
    MOMENTUM_TRY(piece, source->read({at, length}));
    hashed.add(piece.bytes);
    at += length;
    return piece.bytes;
  });
}

bool is_uri(std::string_view place) noexcept {
  const std::size_t colon = place.find("://");
  return colon != std::string_view::npos && colon > 0 &&
         place.substr(0, colon).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+") == std::string_view::npos;
}

bool is_remote(std::string_view place) noexcept { return is_uri(place) && !place.starts_with("file://"); }

std::string local_path(std::string_view place) {
  constexpr std::string_view kFile = "file://";
  if (place.starts_with(kFile)) place.remove_prefix(kFile.size());
  return std::string(place);
}

bool is_inside(const std::string& folder, const std::string& place) {
  std::error_code error;
  const fs::path outer = fs::weakly_canonical(folder, error), inner = fs::weakly_canonical(place, error);
  if (error || outer.empty()) return false;
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

}  // namespace momentum::formats
