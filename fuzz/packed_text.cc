#include "packed_text.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "momentum/catalog/packed.h"

namespace momentum::fuzz {
namespace {

constexpr std::size_t kSealBytes = 8;
constexpr std::size_t kDeepest = 8;

std::string sealed(std::string text) {
  const std::uint64_t hash = catalog::hash_of(text);
  for (std::size_t k = 0; k < kSealBytes; ++k) text.push_back(static_cast<char>(hash >> (8 * k)));
  return text;
}

void append_text(std::string& to, std::string_view text) {
  std::uint64_t size = text.size();
  for (; size >= 0x80; size >>= 7) to.push_back(static_cast<char>(size | 0x80));
  to.push_back(static_cast<char>(size));
  to += text;
}

bool is_sealed(std::string_view blob) {
  return blob.size() > kSealBytes &&
         sealed(std::string(blob.substr(0, blob.size() - kSealBytes))).ends_with(blob.substr(blob.size() - kSealBytes));
}

// The blob whose length stands at the front; empty: there is none. `head` is how many bytes its length takes.
std::string_view blob_at(std::string_view bytes, std::size_t& head) {
  std::uint64_t size = 0;
  for (head = 0; head < bytes.size() && head < 4;) {
    const auto byte = static_cast<unsigned char>(bytes[head]);
    size |= std::uint64_t{byte & 0x7FU} << (7 * head++);
    if (byte < 0x80) break;
  }
  if (size > bytes.size() - head || size <= kSealBytes) return {};
  const std::string_view blob = bytes.substr(head, size);
  return is_sealed(blob) ? blob : std::string_view();
}

}  // namespace

std::string assemble(std::string_view text) {
  struct Open {
    std::string bytes;
    bool is_blob;
  };
  std::vector<Open> open{{{}, true}};
  const auto close = [&] {
    Open inner = std::move(open.back());
    open.pop_back();
    append_text(open.back().bytes, inner.is_blob ? sealed(std::move(inner.bytes)) : inner.bytes);
  };
  for (std::size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    if ((c == kOpenText || c == kOpenBlob) && open.size() < kDeepest) {
      open.push_back({{}, c == kOpenBlob});
    } else if (c == kClose && open.size() > 1) {
      close();
    } else {
      if (c == kLiteral && k + 1 < text.size()) ++k;
      open.back().bytes.push_back(text[k]);
    }
  }
  while (open.size() > 1) close();
  return sealed(std::move(open.back().bytes));
}

std::string disassemble(std::string_view blob) {
  std::string_view rest = blob.substr(0, blob.size() - kSealBytes);
  std::string out;
  while (!rest.empty()) {
    std::size_t head = 0;
    if (const std::string_view inner = blob_at(rest, head); !inner.empty()) {
      out += kOpenBlob + disassemble(inner) + kClose;
      rest.remove_prefix(head + inner.size());
      continue;
    }
    const char c = rest.front();
    if (c >= kOpenText && c <= kLiteral) out.push_back(kLiteral);
    out.push_back(c);
    rest.remove_prefix(1);
  }
  return out;
}

}  // namespace momentum::fuzz
