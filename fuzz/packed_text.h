#pragma once
// Packed blobs (docs/formats.md) as a fuzzer can write them: whatever the bytes, lengths and checksums are right, so that the
// code behind these is reached.

#include <string>
#include <string_view>

namespace momentum::fuzz {

// The bytes stand for themselves, but for these. What is open at the end is closed there.
inline constexpr char kOpenText = '\xfb';  // up to its close: with its length in front
inline constexpr char kOpenBlob = '\xfc';  // up to its close: with its length in front and its checksum behind
inline constexpr char kClose = '\xfd';
inline constexpr char kLiteral = '\xfe';  // the next byte stands for itself

// A sealed blob.
std::string assemble(std::string_view text);
// The inverse, of a sealed blob: each blob inside becomes an opened one. assemble(disassemble(blob)) == blob.
std::string disassemble(std::string_view blob);

}  // namespace momentum::fuzz
