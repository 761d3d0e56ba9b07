#pragma once
// Bytes of a text file -> UTF-8.

#include <string>
#include <string_view>

#include "momentum/base/error.h"

namespace momentum::formats {

// Reads UTF-8 (with or without BOM), UTF-16 with BOM, and, where the bytes are not UTF-8 and have no BOM, GB18030 (which
// holds GBK and GB2312). The answer has no BOM. Bytes that are already UTF-8 are moved, not copied.
// Errors, with `file` as their where: unreadable_data (NUL or other control bytes: no text at all), bad_encoding (neither
// UTF-8 nor GB18030). Cost O(bytes).
Result<std::string> to_utf8(std::string bytes, std::string_view file);

}  // namespace momentum::formats
