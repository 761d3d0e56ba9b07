#pragma once
// Attributes, within a turn of the library. False: it refuses.

#include <string_view>

#include "hdf5_library_internal.h"

namespace momentum::formats {

// UTF-8 text of fixed length; an empty one is one byte 0.
bool set_text(hid_t at, std::string_view name, std::string_view value);
bool set_number(hid_t at, const char* name, hid_t type, const void* value);

}  // namespace momentum::formats
