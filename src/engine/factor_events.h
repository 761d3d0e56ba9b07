#pragma once
// The factor events of an instrument after a call: derived where bars are new, as they were where nothing changed.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "momentum/catalog/state.h"

namespace momentum::engine {

// The events that files of factors stated, each moved to the first bar on or after its day; what falls on one bar is
// multiplied.
std::vector<catalog::FactorEvent> stated_events(const std::vector<catalog::FactorEvent>& events,
                                                std::span<const std::int32_t> days);

struct EventsInput {
  std::span<const std::int32_t> days;  // of all bars, ascending
  std::span<const double> close, preclose;  // NaN: missing
  std::span<const std::int32_t> sessions;  // of the instrument's market, ascending
  std::span<const std::int32_t> stored;  // the days that had a bar before the call, ascending
  std::function<bool(std::size_t row)> touched;  // whether the call brought this row; empty: none
  // Ascending: days of which the call says or takes back why they have no bar, or that it makes sessions or takes from them.
  std::span<const Date> told = {};
};

// Each bar and the one before it make a pair. A pair that stood before the call, was not touched and has no day told between
// its bars keeps what it had, so that a later call's dialect changes no old factor; another one gets what
// panel::derive_factors says under the record's facts (suspended, quarantined, gaps_are_suspensions, factors_from), ratio
// = close before / preclose, rounded once. Only pairs of raw bars have a factor: one of another basis is adjusted
// already, or nobody knows. From the first to the last day that a file of factors states, its events alone hold; each
// moves to the first bar on or after its day.
std::vector<catalog::FactorEvent> factor_events(const catalog::InstrumentRecord& record, const EventsInput& input);

}  // namespace momentum::engine
