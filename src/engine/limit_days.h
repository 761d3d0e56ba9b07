#pragma once
// Rows of price limits beside what a store has of their days.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "identity.h"
#include "kind_facts.h"
#include "momentum/catalog/catalog.h"
#include "momentum/sources/kind_tables.h"

namespace momentum::engine {

class LimitDays {
 public:
  // The limits of the days that rows name, as the state has them. The state outlives this.
  static Result<LimitDays> load(const catalog::Catalog& catalog, const catalog::State& state,
                                const std::vector<sources::PriceLimit>& rows);

  // Why the row cannot be applied ("" where it was). One that differs from the stored one replaces it, or not.
  std::string apply(const sources::PriceLimit& row, bool replace);

  std::int64_t told() const { return counts_[static_cast<std::size_t>(Standing::told)]; }
  std::int64_t known() const { return counts_[static_cast<std::size_t>(Standing::known)]; }
  std::int64_t conflicting() const { return counts_[static_cast<std::size_t>(Standing::conflicting)]; }
  std::int64_t corrected() const { return counts_[static_cast<std::size_t>(Standing::corrected)]; }
  const std::vector<ContradictedBar>& contradicted() const { return contradicted_; }
  std::vector<catalog::DayLimits> changed() const;  // whole days, ascending

 private:
  struct Day {
    std::vector<catalog::PriceLimit> stored;  // ascending by instrument
    std::map<catalog::InstrumentId, catalog::PriceLimit> rows;  // new ones and corrections
  };
  explicit LimitDays(const catalog::State& state) : state_(&state), known_codes_(state.instruments) {}
  static const catalog::PriceLimit* find(const Day& day, catalog::InstrumentId id);

  const catalog::State* state_;
  Identities known_codes_;
  std::map<Date, Day> days_;
  std::int64_t counts_[4] = {};
  std::vector<ContradictedBar> contradicted_;
};

}  // namespace momentum::engine
