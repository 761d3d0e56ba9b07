#pragma once
// From the last row's values to what people read: records, their status and reason.

#include <span>
#include <vector>

#include "market.h"
#include "momentum/score/record.h"
#include "scored_panel.h"

namespace momentum::engine {

// The session a request means, with a note where it is not the one asked for.
Result<Date> session_of(const Market& market, const ScanRequest& request, std::vector<Wording>& notes);

// The lines of the profile that a record is made of, in the order make_record reads them.
std::vector<expr::NodeId> record_outputs(const Profile& profile);

// The record of a lane with these values of record_outputs() on its last row. Of the lane's columns it reads close, and amount and
// preclose where they are.
score::Record make_record(const Market& market, const Lane& lane, Date session, const ScanRequest& request,
                          std::span<const double> last);

// Fills Record::ingredients of the record with this printed code, if there is one and it has a score.
Result<void> add_ingredients(const Context& ctx, const Profile& profile, std::span<const Lane> lanes, Adjust adjust,
                             const std::string& code, std::vector<score::Record>& records);

// Coverage (instruments with a bar on the session, of those listed) and what the numbers were computed on.
void describe(const Market& market, const ScanRequest& request, std::size_t trading, std::size_t listed,
              score::Scan& scan);

}  // namespace momentum::engine
