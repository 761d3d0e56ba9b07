#include "hdf5_layout_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "content_hash_internal.h"
#include "writer_checks_internal.h"

namespace momentum::formats {
namespace {

class Packer {
 public:
  void number(std::uint64_t value, std::size_t bytes = 8) {
    for (std::size_t k = 0; k < bytes; ++k) out_.push_back(static_cast<char>(value >> (8 * k)));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// After the first read beyond the end every read gives 0, and ok() is false.
class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> bytes) : left_(bytes) {}
  bool ok() const { return ok_; }
  bool done() const { return ok_ && left_.empty(); }

  std::uint64_t number(std::size_t bytes = 8) {
    if (!has(bytes)) return 0;
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < bytes; ++k) value |= std::to_integer<std::uint64_t>(left_[k]) << (8 * k);
    left_ = left_.subspan(bytes);
    return value;
  }
  std::string text() {
    const std::uint64_t size = number();
    if (!has(size)) return {};
    std::string value(reinterpret_cast<const char*>(left_.data()), size);
    left_ = left_.subspan(size);
    return value;
  }
  // A count of things of at least `least` bytes each: never more than can be there.
  std::size_t count(std::size_t least) {
    const std::uint64_t value = number();
    if (value > left_.size() / least) ok_ = false;
    return ok_ ? value : 0;
  }

 private:
  bool has(std::uint64_t bytes) {
    if (bytes > left_.size()) ok_ = false;
    return ok_;
  }

  std::span<const std::byte> left_;
  bool ok_ = true;
};

constexpr std::uint64_t kDate = 1, kRequired = 2;

void put_spec(Packer& out, const ColumnSpec& spec) {
  out.text(spec.name);
  out.number(static_cast<std::uint64_t>(spec.physical), 1);
  out.number(static_cast<std::uint64_t>(spec.scale + 1), 1);
  out.number((spec.date ? kDate : 0) | (spec.required ? kRequired : 0), 1);
  out.number(static_cast<std::uint64_t>(spec.codec), 1);
  out.number(static_cast<std::uint64_t>(spec.level), 1);
}

std::optional<ColumnSpec> take_spec(Unpacker& in) {
  ColumnSpec spec;
  spec.encoding = Encoding::plain;
  spec.name = in.text();
  const std::uint64_t physical = in.number(1);
  spec.scale = static_cast<int>(in.number(1)) - 1;
  const std::uint64_t flags = in.number(1);
  spec.date = (flags & kDate) != 0;
  spec.required = (flags & kRequired) != 0;
  const std::uint64_t codec = in.number(1);
  spec.level = static_cast<int>(in.number(1));
  if (physical > 2 || flags > 3 || codec > static_cast<std::uint64_t>(Codec::gzip)) return {};
  spec.physical = static_cast<Physical>(physical);
  spec.codec = static_cast<Codec>(codec);
  return spec;
}

// Ascending by place, one after the other and inside the file.
bool are_apart(std::vector<Hdf5Chunk> chunks, std::uint64_t end) {
  std::ranges::sort(chunks, {}, &Hdf5Chunk::offset);
  std::uint64_t at = 0;
  for (const Hdf5Chunk& chunk : chunks) {
    if (chunk.offset < at || chunk.offset > end || chunk.bytes > end - chunk.offset) return false;
    at = chunk.offset + chunk.bytes;
  }
  return true;
}

bool is_sound(const Hdf5Index& index, std::uint64_t hdf5_bytes) {
  if (!check_specs(index.specs) || !check_hdf5_specs(index.specs)) return false;
  if (index.chunk_rows < 1 || index.chunk_rows > kHdf5ChunkRows) return false;
  for (const std::int64_t rows : index.group_rows) {
    if (rows < 1 || rows > kMaxGroupRows) return false;
  }
  for (std::size_t k = 0; k < index.missing.size(); ++k) {
    const std::uint32_t missing = index.missing[k];
    if (missing > index.group_rows[k / index.specs.size()]) return false;
    if (missing != 0 && index.specs[k % index.specs.size()].required) return false;
  }
  return index.chunks.size() == index.chunk_count() * index.specs.size() && are_apart(index.chunks, hdf5_bytes);
}

}  // namespace

std::int64_t Hdf5Index::rows() const { return std::accumulate(group_rows.begin(), group_rows.end(), std::int64_t{0}); }

std::size_t Hdf5Index::chunk_count() const {
  return static_cast<std::size_t>(rows() / chunk_rows + (rows() % chunk_rows != 0 ? 1 : 0));
}

std::vector<RowGroupPlace> group_places(const Hdf5Index& index) {
  std::vector<RowGroupPlace> out;
  std::int64_t row = 0;
  for (const std::int64_t rows : index.group_rows) {
    const auto first = static_cast<std::size_t>(row / index.chunk_rows);
    const auto last = static_cast<std::size_t>((row + rows - 1) / index.chunk_rows);
    std::uint64_t begin = std::numeric_limits<std::uint64_t>::max(), end = 0;
    for (std::size_t k = first * index.specs.size(); k < (last + 1) * index.specs.size(); ++k) {
      begin = std::min(begin, index.chunks[k].offset);
      end = std::max(end, index.chunks[k].offset + index.chunks[k].bytes);
    }
    out.push_back({rows, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end - begin)});
    row += rows;
  }
  return out;
}

std::string index_bytes(const Hdf5Index& index) {
  Packer out;
  out.number(static_cast<std::uint64_t>(index.chunk_rows));
  out.number(index.specs.size());
  for (const ColumnSpec& spec : index.specs) put_spec(out, spec);
  out.number(index.metadata.size());
  for (const auto& [key, value] : index.metadata) {
    out.text(key);
    out.text(value);
  }
  out.number(index.group_rows.size());
  for (const std::int64_t rows : index.group_rows) out.number(static_cast<std::uint64_t>(rows));
  for (const std::uint32_t missing : index.missing) out.number(missing, 4);
  out.number(index.chunks.size());
  for (const Hdf5Chunk& chunk : index.chunks) {
    out.number(chunk.offset);
    out.number(chunk.bytes);
    out.number(chunk.hash);
  }
  return out.take();
}

std::optional<Hdf5Index> index_of(std::span<const std::byte> bytes, std::uint64_t hdf5_bytes) {
  Unpacker in(bytes);
  Hdf5Index index;
  index.chunk_rows = static_cast<std::int64_t>(in.number());
  for (std::size_t left = in.count(13); left > 0 && in.ok(); --left) {
    auto spec = take_spec(in);
    if (!spec) return {};
    index.specs.push_back(*std::move(spec));
  }
  for (std::size_t left = in.count(16); left > 0 && in.ok(); --left) {
    std::string key = in.text();
    index.metadata.emplace_back(std::move(key), in.text());
  }
  index.group_rows.resize(in.count(8));
  for (std::int64_t& rows : index.group_rows) rows = static_cast<std::int64_t>(in.number());
  if (!in.ok() || index.specs.empty() || index.specs.size() > bytes.size() / (index.group_rows.size() * 4 + 1))
    return {};
  index.missing.resize(index.group_rows.size() * index.specs.size());
  for (std::uint32_t& missing : index.missing) missing = static_cast<std::uint32_t>(in.number(4));
  index.chunks.resize(in.count(24));
  for (Hdf5Chunk& chunk : index.chunks) {
    chunk.offset = in.number();
    chunk.bytes = in.number();
    chunk.hash = in.number();
  }
  if (!in.done() || !is_sound(index, hdf5_bytes)) return {};
  return index;
}

std::optional<std::vector<ByteRange>> rest_of(std::uint64_t hdf5_bytes, std::vector<Hdf5Chunk> chunks) {
  if (!are_apart(chunks, hdf5_bytes)) return {};
  std::ranges::sort(chunks, {}, &Hdf5Chunk::offset);
  std::vector<ByteRange> rest;
  std::uint64_t at = 0;
  const auto until = [&](std::uint64_t end) {
    if (end > at) rest.push_back({static_cast<std::int64_t>(at), static_cast<std::int64_t>(end - at)});
  };
  for (const Hdf5Chunk& chunk : chunks) {
    until(chunk.offset);
    at = chunk.offset + chunk.bytes;
  }
  until(hdf5_bytes);
  return rest;
}

std::optional<std::uint64_t> rest_hash(std::span<const std::byte> hdf5, const std::vector<Hdf5Chunk>& chunks) {
  const auto rest = rest_of(hdf5.size(), chunks);
  if (!rest) return {};
  ContentHash hash;
  for (const ByteRange& range : *rest)
    hash.add(hdf5.subspan(static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.length)));
  return hash.value();
}

std::string seal_bytes(const Hdf5Seal& seal) {
  Packer out;
  for (const char c : kHdf5SealMagic) out.number(static_cast<unsigned char>(c), 1);
  for (const char c : kHdf5Version) out.number(static_cast<unsigned char>(c), 1);
  out.number(seal.hdf5_bytes);
  out.number(seal.rest);
  out.number(seal.index);
  std::string text = out.take();
  Packer last;
  last.number(content_hash(std::as_bytes(std::span(text))));
  return text + last.take();
}

std::optional<Hdf5Seal> seal_of(std::span<const std::byte> bytes) {
  if (bytes.size() != kHdf5SealBytes) return {};
  Unpacker in(bytes.subspan(8));
  Hdf5Seal seal;
  seal.hdf5_bytes = in.number();
  seal.rest = in.number();
  seal.index = in.number();
  if (in.number() != content_hash(bytes.first(kHdf5SealBytes - 8))) return {};
  return seal;
}

Result<void> check_hdf5_specs(const std::vector<ColumnSpec>& specs) {
  for (const ColumnSpec& spec : specs) {
    std::string_view wrong;
    if (spec.encoding != Encoding::plain) wrong = "an encoding of Parquet in HDF5";
    if (spec.codec == Codec::snappy) wrong = "a codec that Blosc lacks";
    if ((spec.codec == Codec::zstd || spec.codec == Codec::gzip) && (spec.level < 1 || spec.level > 9))
      wrong = "a level that is not in 1 to 9";
    if (spec.name.find('/') != std::string::npos) wrong = "a name with a slash in HDF5";
    if (spec.level < 0 || spec.level > 255) wrong = "a level out of range";
    if (!wrong.empty()) return fail(ErrorCode::bad_value, std::string(wrong), fmt::format("column {}", spec.name));
  }
  return {};
}

}  // namespace momentum::formats
