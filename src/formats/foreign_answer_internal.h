#pragma once
// How the process that reads a file of others answers the one that asked.

#include <cstddef>
#include <string_view>

namespace momentum::formats {

// The answer is a row of messages: a letter, the length of what follows (u64), and that. `T`: the path of a table, one to eight
// zero bytes, and an Arrow IPC stream, which begins at a multiple of eight and is used where it lies; `E`: code, what, where
// and remedy, each ended by a zero byte; `Z`, empty: the end.
inline constexpr char kTable = 'T', kError = 'E', kEnd = 'Z';
inline constexpr std::size_t kHead = 9;  // bytes before what follows

// All of it. False: errno says why not.
bool put_bytes(int fd, std::string_view bytes);

}  // namespace momentum::formats
