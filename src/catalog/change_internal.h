#pragma once
// What a Change must be, whatever the database says, and a state that comes as bytes.

#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/change.h"
#include "momentum/catalog/state_bytes.h"

namespace momentum::catalog {

// How the texts of its errors begin.
inline constexpr std::string_view kContradiction = "a commit that contradicts itself: ";

// Error internal, naming what contradicts: `instruments` is how many the parent state has.
Result<void> check_change(const Change& change, std::int64_t instruments);

// Its parts, with the same error.
Result<void> check_instrument(const InstrumentRecord& record);
// Of a part, the extents may leave rows and days out.
Result<void> check_file(const FileRecord& file, std::int64_t instruments, Scope scope = Scope::whole);
// Such an error of what was stored or sent: it is damage then, no bug. Others stay what they are.
std::unexpected<Error> as_damage(Error error, std::string_view where);
// counted: with a number of bars for each day
Result<void> check_days(const std::vector<MarketDays>& markets, bool counted);

}  // namespace momentum::catalog
