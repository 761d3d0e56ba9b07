#pragma once
// Lanes of longer periods.

#include "market.h"

namespace momentum::engine {

// A sink that gets the lanes of weeks or months instead of days: each bar stands under the last day that the instrument traded in
// the period, at that day's own level (panel/resample.h); the last one may be of a period that is not over. Factors are those of
// these days; amount is summed; there is no preclose. Daily lanes are passed on as they are.
LaneSink at_frequency(Frequency frequency, LaneSink sink);

}  // namespace momentum::engine
