#pragma once
// A store opened by the one who may write to it.

#include <chrono>
#include <optional>
#include <string>

#include "momentum/base/context.h"
#include "momentum/catalog/catalog.h"

namespace momentum::engine {

struct Writing {
  catalog::WriterLock lock;
  catalog::Catalog catalog;
  catalog::State state;  // the newest
};

// Whether a store stands in the folder. Error: bad_value for a folder that holds something else; a store would get lost in it.
Result<bool> has_store(const std::string& folder);

// Waits for another writer, opens and loads. Where no store stands, one is made of `if_new`; without it that is
// store_not_found.
Result<Writing> open_for_writing(const Context& ctx, const std::string& folder, std::chrono::milliseconds wait,
                                 const std::optional<catalog::StoreInfo>& if_new);

}  // namespace momentum::engine
