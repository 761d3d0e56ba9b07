#pragma once
// What every import checks, whatever it brings.

#include <optional>
#include <string>

#include "momentum/catalog/state.h"
#include "momentum/engine/import.h"

namespace momentum::engine {

// quarantined_rows if --strict refuses the call.
Result<void> check_strict(const ImportRequest& request, const sources::ReadSummary& summary);
// unreadable_data where made-up data would stand beside real data.
Result<void> check_synthetic(bool synthetic, const catalog::StoreInfo& info, const std::string& folder);

// What a store is made with that a request makes.
catalog::StoreInfo new_store(const ImportRequest& request, bool synthetic);

}  // namespace momentum::engine
