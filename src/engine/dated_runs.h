#pragma once
// Names, industries and price bases by date: runs that hold from a day until the next one's.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/catalog/state.h"

namespace momentum::engine {

using Runs = std::vector<catalog::DatedText>;  // ascending by day

// What holds on a day; "" before the first run.
std::string_view text_at(const Runs& runs, Date day);

// The runs after a call that says `word_of(row)` on the days of its bars ("": nothing). Days are all of the instrument's
// bars, ascending; where the call says nothing, and outside these days, what stood there stays.
Runs merged_runs(const Runs& stored, std::span<const std::int32_t> days,
                 const std::function<std::string_view(std::size_t row)>& word_of);

// The runs after somebody said that `text` holds on [from, to]; no `to`: until the next run begins.
Runs with_run(const Runs& stored, Date from, Date to, std::string_view text);

}  // namespace momentum::engine
