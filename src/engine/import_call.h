#pragma once
// One call of import as it is carried out: what the files say of each instrument beside what the store knows.

#include <arrow/type_fwd.h>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "momentum/catalog/state.h"
#include "momentum/sources/bar_set.h"
#include "momentum/store/ingest.h"
#include "stored_days.h"

namespace momentum::engine {

// A column of words of a table, by row.
class WordColumn {
 public:
  WordColumn(const arrow::Table& table, const char* name);
  std::string_view at(std::int64_t row) const;  // "" where there is none

 private:
  std::shared_ptr<arrow::Array> words_;
};

// What an ingest of bars asks for while it works. Immutable after make(), but that the bars of an instrument are dropped
// once it is described; describe() of different instruments may run at once.
class ImportCall {
 public:
  // Takes the set's bars. `stored`: the days of the state's instruments, by id.
  // Errors: bad_code, ambiguous_code, unreadable_data (two codes of one instrument for the same days).
  static Result<ImportCall> make(sources::BarSet& set, const catalog::State& state, std::vector<DayList> stored,
                                 bool replace);

  std::span<const store::Incoming> incoming() const { return incoming_; }
  const std::vector<catalog::MarketDays>& sessions() const { return sessions_; }
  Date newest() const { return newest_; }  // of all bars, stored and incoming

  std::shared_ptr<arrow::Table> bars(std::size_t i) const { return sources_[i].bars; }
  // Completes the record of incoming `i` from all its bars. Error: unreadable_data (front-adjusted bars after stored ones).
  Result<void> describe(std::size_t i, const store::Merged& merged, catalog::InstrumentRecord& record);

 private:
  void infer_sessions(const catalog::State& state);
  void add_dependents(const catalog::State& state);
  std::span<const std::int32_t> stored_of(std::size_t i) const;

  std::vector<store::Incoming> incoming_;  // ascending by id; those without bars only depend on the call's sessions
  std::vector<sources::InstrumentBars> sources_;  // like incoming_
  std::vector<DayList> stored_;
  std::vector<catalog::MarketDays> sessions_, sessions_before_;
  Date newest_;
  std::string price_basis_;
  bool gaps_are_suspensions_ = false;
  Date factors_from_;
  bool replace_ = false;
};

}  // namespace momentum::engine
