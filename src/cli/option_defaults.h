#pragma once

#include <string>
#include <string_view>

namespace momentum::cli {

// What stands for an option that is named nowhere, as it would be written; "" where there is nothing to write. The values are those
// of the request structs.
std::string default_text(std::string_view command, std::string_view key);

}  // namespace momentum::cli
