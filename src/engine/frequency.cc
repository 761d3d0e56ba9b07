#include "frequency.h"

#include <algorithm>
#include <utility>

#include "momentum/panel/resample.h"
#include "momentum/store/dataset.h"

namespace momentum::engine {
namespace {

std::vector<std::int32_t> periods_of(const Bars& bars, Frequency frequency, const TradingHours& hours) {
  if (frequency == Frequency::week) return panel::weeks_of(bars.dates);
  if (frequency == Frequency::month) return panel::months_of(bars.dates);
  return panel::minutes_of(times_of(bars), hours, minutes_of(frequency));
}

Lane resampled(const Lane& lane, Frequency frequency, const TradingHours& hours) {
  const Bars& from = lane.bars;
  const std::vector<std::int32_t> periods = periods_of(from, frequency, hours);
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
  if (!from.minutes.empty()) {
    for (const std::size_t row : bars.last) dates->push_back(store::minute_of(periods[row]));
    made.bars.dates = std::span(*dates).first(bars.last.size());
    made.bars.minutes = std::span(*dates).last(bars.last.size());
  }
  made.bars.owner = dates;
  made.bars.open = kept(std::move(bars.open));
  made.bars.high = kept(std::move(bars.high));
  made.bars.low = kept(std::move(bars.low));
  made.bars.close = kept(std::move(bars.close));
  made.bars.volume = kept(std::move(bars.volume));
  if (!from.amount.empty()) made.bars.amount = kept(std::move(bars.amount));
  const auto lost = [](std::span<const double> before, std::span<const double> now) {
    return !before.empty() && now.empty();
  };
  made.cut_short = lost(from.open, made.bars.open) || lost(from.high, made.bars.high) ||
                   lost(from.low, made.bars.low) || lost(from.close, made.bars.close) ||
                   lost(from.volume, made.bars.volume) || lost(from.amount, made.bars.amount);
  made.factors.factor = std::move(bars.factor);
  return made;
}

}  // namespace

std::string_view to_string(Frequency frequency) noexcept {
  switch (frequency) {
    case Frequency::day: return "1d";
    case Frequency::week: return "1w";
    case Frequency::month: return "1mo";
    case Frequency::minute: return "1m";
    case Frequency::minutes_5: return "5m";
    case Frequency::minutes_15: return "15m";
    case Frequency::minutes_30: return "30m";
    case Frequency::minutes_60: return "60m";
  }
  return "";
}

std::int32_t minutes_of(Frequency frequency) noexcept {
  switch (frequency) {
    case Frequency::day:
    case Frequency::week:
    case Frequency::month: break;
    case Frequency::minute: return 1;
    case Frequency::minutes_5: return 5;
    case Frequency::minutes_15: return 15;
    case Frequency::minutes_30: return 30;
    case Frequency::minutes_60: return 60;
  }
  return 0;
}

std::int64_t rows_of_bar(Frequency frequency) noexcept {
  constexpr std::int64_t kDaysOfWeek = 7, kDaysOfMonth = 31;
  if (frequency == Frequency::week) return kDaysOfWeek;
  if (frequency == Frequency::month) return kDaysOfMonth;
  return std::max(minutes_of(frequency), std::int32_t{1});
}

LaneSink at_frequency(const Market& market, Frequency frequency, LaneSink sink) {
  if (frequency == Frequency::day || frequency == Frequency::minute) return sink;
  return [&market, frequency, sink = std::move(sink)](const Context& ctx, std::span<const Lane> lanes) -> Result<void> {
    std::vector<Lane> longer;
    for (const Lane& lane : lanes)
      longer.push_back(resampled(lane, frequency, trading_hours(market.ids[lane.instrument].market)));
    return sink(ctx, longer);
  };
}

}  // namespace momentum::engine
