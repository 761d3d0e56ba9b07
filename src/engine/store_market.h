#pragma once
// The market of a store: facts from the catalog's state, bars batch by batch from the data files.

#include <string>
#include <vector>

#include "market.h"
#include "momentum/catalog/state.h"
#include "momentum/store/batch_reader.h"

namespace momentum::engine {

class StoreMarket final : public Market {
 public:
  // The store's newest snapshot, or input.snapshot; the instruments of input.universe. `minutes`: for its bars of minutes, which
  // may reach further than those of days, or be all that there is (minute_days.h).
  // Errors: those of store::load_state(); bad_value (unknown universe); empty_input (no such bars in it).
  static Result<StoreMarket> open(const Context& ctx, const Input& input, bool minutes = false);

  std::string factor_source() const override;
  std::string name(std::size_t instrument, Date day) const override;
  std::string industry(std::size_t instrument, Date day) const override;
  std::set<std::string> industries() const override;
  std::span<const Date> suspended(std::size_t instrument) const override { return record(instrument).suspended; }
  std::span<const Date> quarantined(std::size_t instrument) const override { return record(instrument).quarantined; }
  std::vector<panel::ShareAction> actions(std::size_t instrument) const override;
  Result<std::vector<std::vector<DayLimit>>> limits(const Context& ctx, std::span<const std::size_t> instruments,
                                                    Date first, Date last) const override;
  int digits(std::size_t instrument) const override;
  bool delisted(std::size_t instrument, Date session) const override;
  Date first_bar(std::size_t instrument) const override;
  Date last_bar(std::size_t instrument) const override;
  std::int64_t bars_on(Date session) const override;
  Date last_minute_day() const override { return last_minute_day_; }
  bool has_minutes(std::size_t instrument) const override { return minute_bars(instrument).bars > 0; }
  const catalog::Coverage& minute_bars(std::size_t i) const { return minutes_[static_cast<std::size_t>(members_[i])]; }
  // One call of the sink per 64 instruments or so, on ctx.threads threads, and one for those without a bar in the window.
  // Memory: see read_plan.h.
  Result<void> read(const Context& ctx, const Cut& cut, const LaneSink& sink) const override;

 private:
  const catalog::InstrumentRecord& record(std::size_t i) const {
    return state_.instruments[static_cast<std::size_t>(members_[i])];
  }
  const catalog::Coverage& coverage(std::size_t i) const {
    return state_.coverage[static_cast<std::size_t>(members_[i])];
  }
  std::size_t place_of(catalog::InstrumentId id) const;
  Lane lane_of(const store::SeriesBars& series, const Cut& cut) const;
  store::Need need_of(const Cut& cut) const;
  // Lanes of the instruments that have no bar in the window.
  Result<std::vector<Lane>> empty_lanes(const Context& ctx, const Cut& cut, const std::vector<bool>& read) const;

  std::string folder_;
  catalog::State state_;
  bool of_minutes_ = false;  // opened for them
  std::vector<catalog::Coverage> minutes_;  // by id
  Date last_minute_day_;
  std::vector<catalog::InstrumentId> members_;  // of the universe, ascending; ids[i] is the code of members_[i]
  std::vector<std::size_t> groups_;  // places in state_.sessions: those of the universe
};

}  // namespace momentum::engine
