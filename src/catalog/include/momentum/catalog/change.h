#pragma once
// What one commit does to a store.

#include <string>
#include <vector>

#include "momentum/catalog/state.h"

namespace momentum::catalog {

struct Change {
  std::string op = {};  // what the log calls it; not empty
  std::string note = {};
  Account account = {};
  std::vector<FileRecord> add_files = {};  // written, synced and under their final names already; `id` is not read
  std::vector<FileId> end_files = {};
  // Whole records, ascending by id. One with an id of the parent state replaces it; new ones have the ids from there on,
  // without a gap (the writer needs them for its files before it commits). A record equal to the present one adds nothing.
  std::vector<InstrumentRecord> instruments = {};
  // Each replaces all days of its market.
  std::vector<MarketDays> sessions = {};
  std::vector<MarketDays> calendars = {};
  // Ascending by day; each replaces all limits of its day.
  std::vector<DayLimits> limits = {};
};

}  // namespace momentum::catalog
