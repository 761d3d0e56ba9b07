#include "momentum/report/rules.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "header_line.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"

namespace momentum::report {
namespace {

using score::Record;

bool known(double value) { return !std::isnan(value); }
std::string signed_price(double value) { return fixed(value, 4, true); }
std::string plus(int points) { return points == 0 ? "0" : fmt::format("+{}", points); }

// A stretch of values that has one number of points. A bound that is infinite is not printed.
struct Band {
  double low, high;
  bool low_inside, high_inside;
  int points;
};
constexpr double kNone = std::numeric_limits<double>::infinity();
// As in src/score/classic.formula.
constexpr std::array kRsiBands{Band{-kNone, 30, false, false, 0}, Band{30, 40, true, false, 7},
                               Band{40, 70, true, true, 10}, Band{70, 80, false, true, 5},
                               Band{80, kNone, false, false, 0}};
constexpr std::array kVolumeBands{Band{-kNone, 1.0, false, true, 5}, Band{1.0, 1.2, false, true, 8},
                                  Band{1.2, 1.5, false, true, 10}, Band{1.5, kNone, false, false, 12}};
constexpr std::array kTrendBands{Band{-kNone, 0, false, true, 0}, Band{0, 0.5, false, true, 5},
                                 Band{0.5, 1.0, false, true, 10}, Band{1.0, 1.5, false, true, 12},
                                 Band{1.5, kNone, false, false, 15}};

bool holds(const Band& band, double value) {
  return (value > band.low || (band.low_inside && value == band.low) || (value == -kNone && band.low == -kNone)) &&
         (value < band.high || (band.high_inside && value == band.high) || (value == kNone && band.high == kNone));
}

// "40 <= RSI 64.93 <= 70"; "ratio 1.70 > 1.5"
RuleLine band_line(std::span<const Band> bands, double value, std::string_view name) {
  const std::string middle = fmt::format("{} {}", name, fixed(value, 2));
  for (const Band& band : bands) {
    if (!holds(band, value)) continue;
    const bool low = std::isfinite(band.low), high = std::isfinite(band.high);
    std::string text = middle;
    if (low && high) text = fmt::format("{} {} {}", shortest(band.low), band.low_inside ? "<=" : "<", text);
    if (low && !high) text += fmt::format(" {} {}", band.low_inside ? ">=" : ">", shortest(band.low));
    if (high) text += fmt::format(" {} {}", band.high_inside ? "<=" : "<", shortest(band.high));
    return {plus(band.points), {std::move(text)}};
  }
  return {{}, {middle}};
}

std::vector<RuleLine> momentum(const Record& r, Lang lang) {
  const score::Ingredients& in = r.ingredients;
  struct Term {
    int bars;
    double change;
    const char* weight;
  };
  RuleLine line;
  bool all = true;
  for (const Term& term : {Term{5, in.momentum_5, "0.4"}, Term{10, in.momentum_10, "0.3"},
                           Term{20, r.momentum_20, "0.2"}, Term{60, in.momentum_60, "0.1"}}) {
    all = all && known(term.change);
    if (!known(term.change)) continue;
    const std::string bars = filled(text(Text::days_short, lang), fmt::format("{}", term.bars));
    line.pieces.push_back(fmt::format("{} {} x {},", bars, percent(term.change, 2, true), term.weight));
  }
  if (line.pieces.empty()) return {};
  if (all) {
    line.pieces.emplace_back(text(Text::rule_momentum_end, lang));
  } else {
    line.pieces.back().pop_back();
  }
  return {line};
}

// How far the chain holds is told by the points: at the level shown two values a last bit apart may look the same.
std::vector<RuleLine> averages(const Record& r, Lang lang) {
  const score::Ingredients& in = r.ingredients;
  const std::string close(text(Text::close, lang));
  if (!known(in.close) || !known(in.ma5) || !known(in.ma10) || !known(in.ma20) || !known(in.ma60))
    return {{{}, {fmt::format("{} {}", close, fixed(r.close, 2))}}};
  const std::array<std::pair<std::string, double>, 5> chain{
      {{close, in.close}, {"ma5", in.ma5}, {"ma10", in.ma10}, {"ma20", in.ma20}, {"ma60", in.ma60}}};
  constexpr std::array kPoints{0.0, 5.0, 8.0, 12.0, 15.0};
  std::size_t links = 0;
  while (links + 1 < chain.size() && r.details[1] >= kPoints[links + 1]) ++links;
  // As many decimals as tell neighbours apart.
  int decimals = 2;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const double left = chain[i - 1].second, right = chain[i].second;
    while (decimals < 6 && left != right && fixed(left, decimals) == fixed(right, decimals)) ++decimals;
  }
  const auto named = [&](std::size_t i) {
    return fmt::format("{} {}", chain[i].first, fixed(chain[i].second, decimals));
  };
  RuleLine line{{}, {}};
  if (links == 0) {
    line.pieces = {fmt::format("{} <= {}", named(0), named(1))};
    return {line};
  }
  line.pieces.push_back(named(0));
  for (std::size_t i = 1; i <= links; ++i) line.pieces.push_back(fmt::format("> {}", named(i)));
  if (links + 1 < chain.size()) {
    line.pieces.back() += ',';
    line.pieces.push_back(fmt::format("{} <= {}", chain[links].first, named(links + 1)));
  }
  return {line};
}

std::vector<RuleLine> macd(const Record& r, Lang lang) {
  const score::Ingredients& in = r.ingredients;
  const auto words = [&](Text label) { return text(label, lang); };
  const std::string line_value = fmt::format("{} {}", words(Text::macd_word), signed_price(r.macd));
  const std::string hist_value = fmt::format("{} {}", words(Text::macd_hist), signed_price(r.macd_hist));
  if (!known(in.signal) || !known(in.previous_macd_hist)) return {{{}, {line_value + ",", hist_value}}};
  const bool above = r.macd_hist > 0;  // exactly where macd > signal
  const bool cross = above && !(in.previous_macd_hist > 0);
  const bool positive = r.macd > 0;
  const bool rising = above && r.details[2] >= 5.0 + (cross ? 10 : 0) + (positive ? 5 : 0);
  const std::string signal = fmt::format("{} {} {}", above ? ">" : "<=", words(Text::signal), signed_price(in.signal));
  const std::string before = filled(words(Text::value_before), signed_price(in.previous_macd_hist));

  std::vector<RuleLine> lines;
  const std::string crossing(words(cross ? Text::golden_cross : Text::no_golden_cross));
  lines.push_back({plus(cross ? 10 : 0), {crossing, line_value, signal}});
  if (above) {
    lines.back().pieces.back() += ',';
    lines.back().pieces.emplace_back(words(cross ? Text::not_so_before : Text::so_before));
  }
  lines.push_back({plus(positive ? 5 : 0), {line_value + (positive ? " > 0" : " <= 0")}});
  if (above) {
    lines.push_back({plus(rising ? 5 : 0), {hist_value + " > 0,", fmt::format("{} {}", rising ? ">" : "<=", before)}});
  } else {
    lines.push_back({plus(0), {hist_value + " <= 0"}});
  }
  return lines;
}

std::vector<RuleLine> rsi(const Record& r, Lang lang) {
  if (!known(r.rsi)) return {};
  std::vector<RuleLine> lines{band_line(kRsiBands, r.rsi, "RSI")};
  if (const double previous = r.ingredients.previous_rsi; known(previous)) {
    const bool rising = r.rsi > previous;
    const std::string before = filled(text(Text::value_before, lang), fixed(previous, 2));
    lines.push_back({plus(rising ? 5 : 0),
                     {fmt::format("RSI {}", fixed(r.rsi, 2)), fmt::format("{} {}", rising ? ">" : "<=", before)}});
  }
  return lines;
}

std::vector<RuleLine> volume(const Record& r, Lang lang) {
  const score::Ingredients& in = r.ingredients;
  if (!known(in.vol_ratio_5)) {
    return {{{}, {fmt::format("{} {}", text(Text::volume_ratio, lang), fixed(r.volume_ratio, 2))}}};
  }
  std::vector<RuleLine> lines{band_line(kVolumeBands, in.vol_ratio_5, text(Text::volume_to_mean, lang))};
  const bool growing = in.volume_change * 100 > 5;
  std::string change = fmt::format("{} {}", text(Text::volume_change, lang), percent(in.volume_change, 2, true));
  if (known(in.volume_change)) change += growing ? " > 5%" : " <= 5%";
  lines.push_back({plus(growing ? 3 : 0), {std::move(change)}});
  return lines;
}

std::vector<RuleLine> trend(const Record& r, Lang lang) {
  if (!known(r.ingredients.trend_20)) return {};
  RuleLine line = band_line(kTrendBands, r.ingredients.trend_20, text(Text::trend, lang));
  line.points.clear();
  return {line};
}

}  // namespace

std::vector<RuleLine> rules_of(const Record& record, std::size_t part, Lang lang) {
  switch (part) {
    case 0: return momentum(record, lang);
    case 1: return averages(record, lang);
    case 2: return macd(record, lang);
    case 3: return rsi(record, lang);
    case 4: return volume(record, lang);
    case 5: return trend(record, lang);
    default: return {};
  }
}

}  // namespace momentum::report
