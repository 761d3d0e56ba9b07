#pragma once
// `momentum store convert`: the state of a store as a store of its own, with data files of another form.

#include <cstdint>
#include <optional>
#include <string>

#include "momentum/base/context.h"
#include "momentum/base/error.h"

namespace momentum::engine {

struct ConvertRequest {
  std::string store;  // folder of the source
  std::optional<std::int64_t> snapshot;  // of it; default: the newest
  std::string destination;  // folder of the new store
  std::string storage;  // parquet hdf csv
  std::optional<int> compression;  // default: that of the source
  std::string tool_version;
};

struct ConvertReport {
  std::int64_t source_snapshot = 0, snapshot = 0;
  std::string uuid;  // of the new store
  int compression = 0;
  std::int64_t instruments = 0, bars = 0, minutes = 0, files = 0;  // bars of days, and of minutes
  std::int64_t bytes_before = 0, bytes_after = 0;  // of data files
};

// Makes a store at `destination` of the same state (store/convert.h), with a uuid of its own and a note in its log that names
// where it comes from. It is synthetic if the source is. The source is only read, and not locked. The destination must not
// exist, be empty, or be what a killed conversion of the same form has left: such a store is empty and is begun anew. After
// an error or an interrupt nothing of the new store is left, unless a disk broke in the very last step.
// Errors: store_exists (the destination holds a store), bad_value (a folder that holds something else), those of opening a
// store and of store::convert(), too_large (ctx.memory_limit).
Result<ConvertReport> convert_store(const Context& ctx, const ConvertRequest& request);

}  // namespace momentum::engine
