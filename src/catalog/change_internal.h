#pragma once
// What a Change must be, whatever the database says.

#include "momentum/base/error.h"
#include "momentum/catalog/change.h"

namespace momentum::catalog {

// Error internal, naming what contradicts: `instruments` is how many the parent state has.
Result<void> check_change(const Change& change, std::int64_t instruments);

}  // namespace momentum::catalog
