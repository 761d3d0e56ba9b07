#pragma once
// The bars of one store in the data files of another one, in another form.

#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"

namespace momentum::store {

// A state of another store that is to be copied. What is referred to outlives the call.
struct ConvertSource {
  const std::string& folder;
  const catalog::State& state;
  const std::vector<catalog::DayLimits>& limits;  // all of the state
};

// Makes `source` the first state after the empty one of the store that `lock` holds, in one commit of op "convert": the same
// bars to the last bit, in files of the same levels, buckets and row groups, stored as that store's `storage` and `compression`
// say; the same instruments under the same ids, sessions, calendars, price limits. Not its history: older states, log and
// pins. `empty` is the store's newest state, with the source's number of buckets (checked).
//
// Memory: the rows of one file per thread. Progress counts rows, stage "converting". Errors: bad_value (a dataset that
// this program does not know), damaged_store, snapshot_not_found (gc took the source's files meanwhile), disk_full,
// no_permission, io_failed, out_of_memory, interrupted, those of Catalog::commit(). After each of them the store is empty as
// it was, but for commit()'s io_failed of a broken disk.
Result<catalog::Snapshot> convert(const Context& ctx, const ConvertSource& source, const catalog::WriterLock& lock,
                                  catalog::Catalog& catalog, const catalog::State& empty, const std::string& note);

}  // namespace momentum::store
