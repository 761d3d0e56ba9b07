#pragma once
// Lanes of longer periods.

#include "market.h"

namespace momentum::engine {

// Minutes: a bar of several is named by the minute in which its period ends, and has the factor of its day.
//
// A sink that gets the lanes of weeks or months instead of days: each bar stands under the last day that the instrument traded in
// the period, at that day's own level (panel/resample.h); the last one may be of a period that is not over. Factors are those of
// these days; amount is summed; there is no preclose. Daily lanes and those of single minutes
// are passed on as they are. Of columns of the last rows alone (Cut::latest_rows) the bars are those of which all rows are there.
// `market` outlives the sink.
LaneSink at_frequency(const Market& market, Frequency frequency, LaneSink sink);

// How many bars of days or minutes one of these is made of, at most.
std::int64_t rows_of_bar(Frequency frequency) noexcept;

}  // namespace momentum::engine
