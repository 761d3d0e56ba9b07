#include "frequency.h"

#include <utility>

#include "momentum/panel/resample.h"

namespace momentum::engine {
namespace {

Lane resampled(const Lane& lane, Frequency frequency) {
  const Bars& from = lane.bars;
  const std::vector<std::int32_t> periods =
      frequency == Frequency::week ? panel::weeks_of(from.dates) : panel::months_of(from.dates);
  panel::Resampled bars = panel::resample(
      periods, {from.open, from.high, from.low, from.close, from.volume, from.amount, lane.factors.factor});

  Lane made{lane.instrument, {}, lane.factors, lane.last_before};
  const auto kept = [&](std::vector<double> values) {
    made.bars.storage.push_back(std::make_shared<const std::vector<double>>(std::move(values)));
    return std::span<const double>(*made.bars.storage.back());
  };
  const auto dates = std::make_shared<std::vector<std::int32_t>>();
  for (const std::size_t row : bars.last) dates->push_back(from.dates[row]);
  made.bars.dates = *dates;
  made.bars.owner = dates;
  made.bars.open = kept(std::move(bars.open));
  made.bars.high = kept(std::move(bars.high));
  made.bars.low = kept(std::move(bars.low));
  made.bars.close = kept(std::move(bars.close));
  made.bars.volume = kept(std::move(bars.volume));
  if (!from.amount.empty()) made.bars.amount = kept(std::move(bars.amount));
  made.factors.factor = std::move(bars.factor);
  return made;
}

}  // namespace

std::string_view to_string(Frequency frequency) noexcept {
  switch (frequency) {
    case Frequency::day: return "1d";
    case Frequency::week: return "1w";
    case Frequency::month: return "1mo";
  }
  return "";
}

LaneSink at_frequency(Frequency frequency, LaneSink sink) {
  if (frequency == Frequency::day) return sink;
  return [frequency, sink = std::move(sink)](const Context& ctx, std::span<const Lane> lanes) -> Result<void> {
    std::vector<Lane> longer;
    for (const Lane& lane : lanes) longer.push_back(resampled(lane, frequency));
    return sink(ctx, longer);
  };
}

}  // namespace momentum::engine
