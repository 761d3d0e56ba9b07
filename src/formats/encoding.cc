#include "momentum/formats/encoding.h"

#include <fmt/format.h>
#include <iconv.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

namespace momentum::formats {
namespace {

// Length of the well-formed sequence at `at`, 0 if there is none (overlong, surrogate, out of range, cut off).
std::size_t sequence_length(const unsigned char* at, const unsigned char* end) {
  const auto continues = [&](std::size_t i) { return at + i < end && (at[i] & 0xC0) == 0x80; };
  const unsigned char lead = at[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return continues(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (!continues(1) || !continues(2)) return 0;
    if ((lead == 0xE0 && at[1] < 0xA0) || (lead == 0xED && at[1] >= 0xA0)) return 0;
    return 3;
  }
  if (lead > 0xF4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if ((lead == 0xF0 && at[1] < 0x90) || (lead == 0xF4 && at[1] >= 0x90)) return 0;
  return 4;
}

bool is_utf8(std::string_view text) {
  auto* at = reinterpret_cast<const unsigned char*>(text.data());
  auto* const end = at + text.size();
  while (at != end) {
    std::uint64_t eight;
    if (end - at >= 8 && (std::memcpy(&eight, at, 8), (eight & 0x8080808080808080u) == 0)) {
      at += 8;
      continue;
    }
    const std::size_t n = sequence_length(at, end);
    if (n == 0) return false;
    at += n;
  }
  return true;
}

// Whether a byte of eight is below 0x20: it borrows from its highest bit, which it did not have.
bool any_below_blank(const char* at) {
  std::uint64_t eight;
  std::memcpy(&eight, at, 8);
  return ((eight - 0x2020202020202020u) & ~eight & 0x8080808080808080u) != 0;
}

// Offset of the first byte that no text has; tab, line feed, form feed, carriage return and a last Ctrl-Z are text.
std::optional<std::size_t> control_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i >= 8 && !any_below_blank(text.data() + i)) i += 8;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 || c == '\n' || c == '\r' || c == '\t' || c == '\f') continue;
    if (c == 0x1A && i + 1 == text.size()) continue;
    return i;
  }
  return std::nullopt;
}

// nullopt where some byte has no meaning in `encoding`.
std::optional<std::string> convert(std::string_view bytes, const char* encoding) {
  iconv_t converter = iconv_open("UTF-8", encoding);
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string out(bytes.size() * 2 + 16, '\0');
  char* from = const_cast<char*>(bytes.data());  // iconv's signature is not const-correct; it does not write there
  std::size_t left = bytes.size(), used = 0;
  bool good = true;
  while (good && left > 0) {
    char* to = out.data() + used;
    std::size_t room = out.size() - used;
    const std::size_t result = iconv(converter, &from, &left, &to, &room);
    used = out.size() - room;
    if (result != static_cast<std::size_t>(-1)) continue;
    if (errno == E2BIG) {
      out.resize(out.size() * 2);
    } else {
      good = false;
    }
  }
  iconv_close(converter);
  if (!good) return std::nullopt;
  out.resize(used);
  return out;
}

}  // namespace

Result<std::string> to_utf8(std::string bytes, std::string_view file) {
  const std::string_view view = bytes;
  if (view.starts_with("\xFF\xFE") || view.starts_with("\xFE\xFF")) {
    auto text = convert(view.substr(2), view.starts_with("\xFF\xFE") ? "UTF-16LE" : "UTF-16BE");
    if (!text || control_byte(*text)) {
      return fail(ErrorCode::unreadable_data, "not a text file", std::string(file), "give a CSV file");
    }
    return std::move(*text);
  }
  const bool says_utf8 = view.starts_with("\xEF\xBB\xBF");
  if (says_utf8) bytes.erase(0, 3);
  if (const auto at = control_byte(bytes)) {
    return fail(ErrorCode::unreadable_data, "not a text file",
                fmt::format("{}, byte 0x{:02X} at offset {}", file, static_cast<unsigned char>(bytes[*at]), *at),
                "give a CSV file");
  }
  if (bytes.ends_with('\x1A')) bytes.pop_back();
  if (is_utf8(bytes)) return bytes;
  if (!says_utf8) {
    if (auto text = convert(bytes, "GB18030")) return std::move(*text);
  }
  return fail(ErrorCode::bad_encoding, "neither UTF-8 nor GB18030 text", std::string(file), "save the file as UTF-8");
}

}  // namespace momentum::formats
