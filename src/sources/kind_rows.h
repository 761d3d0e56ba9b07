#pragma once
// The cells of one row of a kind's file -> its struct, judged by what the row alone can say.

#include <expected>

#include "momentum/sources/kind_tables.h"
#include "plain_table.h"

namespace momentum::sources {

template <class T>
using Parsed = std::expected<T, WrongCell>;

// Cells in the order of the kind's layout.
Parsed<InstrumentFact> instrument_of(const CellRow& row);
Parsed<SessionDay> session_of(const CellRow& row);
Parsed<Suspension> suspension_of(const CellRow& row);
Parsed<FactorPoint> factor_of(const CellRow& row);
Parsed<CorporateAction> action_of(const CellRow& row);
Parsed<PriceLimit> limit_of(const CellRow& row);

}  // namespace momentum::sources
