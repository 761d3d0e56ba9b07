#pragma once
// The market of files: everything in memory, as read.

#include <vector>

#include "market.h"
#include "momentum/sources/bar_set.h"

namespace momentum::engine {

class FileMarket final : public Market {
 public:
  // Reads the files. `report`, if not null, gets the account of reading, also where no bar was among them (empty_input).
  static Result<FileMarket> open(const Context& ctx, const Input& input, InputReport* report);

  sources::BarSet set;
  std::vector<Bars> bars;  // all of them, by instrument

  std::string factor_source() const override;
  std::string name(std::size_t instrument, Date day) const override;
  std::string industry(std::size_t instrument, Date day) const override;
  std::set<std::string> industries() const override;
  std::span<const Date> suspended(std::size_t instrument) const override {
    return set.instruments[instrument].suspended;
  }
  std::span<const Date> quarantined(std::size_t instrument) const override {
    return set.instruments[instrument].quarantined;
  }
  std::vector<panel::ShareAction> actions(std::size_t) const override { return {}; }  // nor of these
  // Files hold none.
  Result<std::vector<std::vector<DayLimit>>> limits(const Context&, std::span<const std::size_t> instruments, Date,
                                                    Date) const override {
    return std::vector<std::vector<DayLimit>>(instruments.size());
  }
  int digits(std::size_t instrument) const override;
  bool delisted(std::size_t, Date) const override { return false; }  // no file of bars says so
  Date first_bar(std::size_t instrument) const override;
  Date last_bar(std::size_t instrument) const override;
  std::int64_t bars_on(Date session) const override;
  Result<void> read(const Context& ctx, const Cut& cut, const LaneSink& sink) const override;

 private:
  Lane lane(std::size_t instrument, const Cut& cut) const;
  // Instruments that are read together, as the places after their last ones; may change the order of `taken`. Error: too_large.
  Result<std::vector<std::size_t>> parts_of(const Context& ctx, std::vector<std::size_t>& taken) const;
};

}  // namespace momentum::engine
