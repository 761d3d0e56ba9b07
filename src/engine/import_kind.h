#pragma once

#include "momentum/engine/import.h"

namespace momentum::engine {

// `momentum import --kind`: what is no bars. One commit, as for bars.
Result<void> import_kind(const Context& ctx, const ImportRequest& request, ImportReport& report);

}  // namespace momentum::engine
