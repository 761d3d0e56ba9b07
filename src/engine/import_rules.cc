#include "import_rules.h"

#include <fmt/format.h>

namespace momentum::engine {

Result<void> check_strict(const ImportRequest& request, const sources::ReadSummary& summary) {
  if (!request.strict || summary.quarantined == 0) return {};
  return fail(ErrorCode::quarantined_rows, fmt::format("{} rows quarantined, nothing imported", summary.quarantined),
              "--strict", "see them with --report FILE; without --strict the other rows are imported");
}

Result<void> check_synthetic(bool synthetic, const catalog::StoreInfo& info, const std::string& folder) {
  if (synthetic == info.synthetic) return {};
  return fail(ErrorCode::unreadable_data,
              synthetic ? "synthetic data for a store of real data" : "real data for a store of synthetic data", folder,
              "choose another store with --store DIR");
}

catalog::StoreInfo new_store(const ImportRequest& request, bool synthetic) {
  catalog::StoreInfo info;
  info.storage = request.storage.value_or(info.storage);
  info.compression = request.compression.value_or(info.compression);
  info.synthetic = synthetic;
  info.tool_version = request.tool_version;
  return info;
}

}  // namespace momentum::engine
