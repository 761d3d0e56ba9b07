#pragma once
// One call of import of bars of minutes as it is carried out: whose they are. Nothing is derived from them.

#include <arrow/type_fwd.h>

#include <memory>
#include <span>
#include <vector>

#include "momentum/catalog/state.h"
#include "momentum/sources/bar_set.h"
#include "momentum/store/ingest.h"

namespace momentum::engine {

class MinuteCall {
 public:
  // Takes the set's bars. Errors: bad_code, ambiguous_code; unreadable_data: minutes of one instrument under two codes, or
  // prices that are not raw, which the factors of the days would adjust once more.
  static Result<MinuteCall> make(sources::BarSet& set, const catalog::State& state);

  std::span<const store::Incoming> incoming() const { return incoming_; }
  Date newest() const { return newest_; }  // of these bars and the stored ones of minutes
  std::shared_ptr<arrow::Table> bars(std::size_t i) const { return bars_[i]; }

 private:
  std::vector<store::Incoming> incoming_;  // ascending by id
  std::vector<std::shared_ptr<arrow::Table>> bars_;  // like incoming_
  Date newest_;
};

}  // namespace momentum::engine
