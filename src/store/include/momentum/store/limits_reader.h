#pragma once
// The price limits of a state, of a store or of a published copy.

#include <memory>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"

namespace momentum::store {

class LimitsReader {
 public:
  // Of a state that load_state() gave. Errors: those of Catalog::open() and read_published(), snapshot_not_found, damaged_store
  // (a copy made by a program that published no limits).
  static Result<LimitsReader> open(const Context& ctx, const std::string& place, const catalog::State& state);
  ~LimitsReader();
  LimitsReader(LimitsReader&&) noexcept;
  LimitsReader& operator=(LimitsReader&&) noexcept;

  // Those of the days from `first` to `last`, ascending (no date: open on that side). A day has those of all instruments, so a
  // year of 5,500 takes 30 MB; of a copy whole months are fetched. Errors: snapshot_not_found, damaged_store,
  // store_version, interrupted, those of formats::Folder.
  Result<std::vector<catalog::DayLimits>> read(const Context& ctx, Date first, Date last) const;

 private:
  struct Impl;
  explicit LimitsReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace momentum::store
