#pragma once
// What the three forms of a data file share: everything in one is read, in every way there is.

#include <string>
#include <string_view>

#include "momentum/base/error.h"
#include "momentum/formats/data_file.h"

namespace momentum::fuzz {

// Opens bytes as they are, then sealed anew by reseal(bytes), and reads both.
using Open = Result<std::unique_ptr<formats::DataFileReader>> (*)(std::span<const std::byte> bytes, std::string path);
void run_data_file(std::string_view bytes, Open open, std::string (*reseal)(std::string bytes));

}  // namespace momentum::fuzz
