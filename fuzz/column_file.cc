// Our Parquet. The decoders behind the seals are Arrow's; what is ours is what believes the footer.

#include <algorithm>
#include <cstring>

#include "column_file_internal.h"
#include "column_footer_internal.h"
#include "content_hash_internal.h"
#include "data_file.h"
#include "fuzz_target.h"
#include "mapped_file_internal.h"

namespace momentum::fuzz {
namespace {

using namespace formats;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void seal_footer(std::string& file) {
  std::uint32_t length = 0;
  if (file.size() < kMagic.size() + kSealBytes + kTailBytes) return;
  std::memcpy(&length, file.data() + file.size() - kTailBytes, sizeof length);
  if (length > file.size() - kMagic.size() - kSealBytes - kTailBytes) return;
  const std::size_t begin = file.size() - kTailBytes - length;
  const auto seal = footer_seal(content_hash(bytes_of(std::string_view(file).substr(begin, length))));
  std::memcpy(file.data() + begin - kSealBytes, seal.data(), kSealBytes);
}

// First the footer, so that it says where chunks are; then these, whose checksums stand in it as text of the same length.
std::string reseal(std::string file) {
  seal_footer(file);
  try {
    const ColumnFooter footer = read_footer(MemorySource(bytes_of(file)));
    std::vector<ChunkSeal> before, after;
    for (const ColumnChunk& chunk : footer.chunks) {
      before.push_back(chunk.seal);
      const auto [offset, length] = chunk.bytes;
      const auto bytes = bytes_of(file).subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
      after.push_back({content_hash(bytes), chunk.seal.missing});
    }
    const std::string from = seals_text(before), to = seals_text(after);
    const std::size_t at = from.empty() ? std::string::npos : file.rfind(from);
    if (at != std::string::npos) file.replace(at, from.size(), to);
  } catch (const std::exception&) {
    return file;
  }
  seal_footer(file);
  return file;
}

Result<std::unique_ptr<DataFileReader>> open(std::span<const std::byte> bytes, std::string path) {
  return ColumnFileReaderAccess::open_bytes(bytes, std::move(path));
}

}  // namespace

void run(std::string_view input) { run_data_file(input, open, reseal); }

}  // namespace momentum::fuzz
