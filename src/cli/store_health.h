#pragma once
// What a store is, as text.

#include <string>

#include "momentum/base/error.h"
#include "momentum/engine/store_info.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/style.h"

namespace momentum::cli {

std::string store_info_text(const engine::StoreSummary& store, const report::TableStyle& style);
std::string store_info_json(const engine::StoreSummary& store);

// "12.3 MiB"
std::string size_text(std::int64_t bytes);

// The store's line of doctor, and its value in JSON. A store that is not there or not well is told, too.
std::string store_health_text(const std::string& folder, const Result<engine::StoreSummary>& store);
void add_store_health(report::JsonWriter& json, const std::string& folder, const Result<engine::StoreSummary>& store);

}  // namespace momentum::cli
