#pragma once
// The columns of a lane that people ask for by name: prices at the level that `adjust` says, what is stored, and lines of the
// profile.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "market.h"

namespace momentum::engine {

// A name, and the value on each row of the lane.
struct LaneColumn {
  std::string name;
  std::function<double(std::size_t)> value;
  bool is_date = false;  // value is a row number; its date is shown
};

// Makes columns one after the other. They view the lane and whatever else they were made of.
class LaneColumns {
 public:
  LaneColumns(const Lane& lane, Adjust adjust) : lane_(lane), adjust_(adjust) {}

  void bars();
  // Columns that are there when asked for by name. `volumes`: those of adj_volume; `up` and `down`: price limits.
  void extras(std::span<const double> volumes, std::span<const double> up, std::span<const double> down);
  // A line of the profile. One that scales with prices is shown at the level of the last bar, unless back-adjusted.
  void line(std::string name, const std::vector<double>& values, std::int8_t degree);
  void row_date(std::string name, const std::vector<double>& values);
  // As it is stored; empty: missing on every row.
  void stored(std::string name, std::span<const double> column);
  std::vector<LaneColumn> take() { return std::move(list_); }

 private:
  void price(std::string name, std::span<const double> column);

  const Lane& lane_;
  Adjust adjust_;
  std::vector<LaneColumn> list_;
};

// The corporate actions of an instrument, and the digits that its prices have.
struct LaneActions {
  std::vector<panel::ShareAction> list;
  int digits = 2;
};
// At the level of the lane's last bar, or of its first where `adjust` is back. Views both.
panel::AdditiveInput additive_input(const Lane& lane, const LaneActions& actions, Adjust adjust);
// adj_volume: the volumes at that level; as stored where `adjust` is none.
std::vector<double> level_volumes(const Lane& lane, const panel::AdditiveInput& input, Adjust adjust);

// Price limits by rows; missing where none is known.
struct RowLimits {
  std::vector<double> up, down;
};
RowLimits row_limits(std::span<const std::int32_t> dates, const std::vector<DayLimit>& known);

// Those that are wanted, in that order (`date` is left out: it is always there); where none is named, the first `ordinary`.
// Error name_not_found, with the nearest name.
Result<std::vector<LaneColumn>> select_columns(std::vector<LaneColumn> all, std::size_t ordinary,
                                               const std::vector<std::string>& wanted);
// That error.
std::unexpected<Error> no_such_column(const std::string& name, const std::vector<std::string>& names);

}  // namespace momentum::engine
