#pragma once
// Rows in memory -> a bars file and what the catalog keeps of it.

#include <optional>
#include <string_view>
#include <vector>

#include "bar_series_internal.h"
#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "new_files_internal.h"

namespace momentum::store {

struct BarsDraft {
  catalog::Level level = catalog::Level::tail;
  std::optional<int> bucket;
  BarRows rows;
  std::vector<catalog::Extent> extents;  // over all rows, ascending by instrument
};

// Writes and syncs `file.draft`, as the file that will be at `file.path`, whose suffix says in which form. Each column takes
// the smallest type that loses nothing, and in Parquet the encoding and codec that a sample of it says, at this level of
// compression (storage_choice.h). Row groups end at extents. Errors: interrupted, and those of formats::DataFileWriter; no
// file is left then.
Result<catalog::FileRecord> write_bars(const Context& ctx, const NewFile& file, std::string_view store_uuid,
                                       int compression, const BarsDraft& draft);

}  // namespace momentum::store
