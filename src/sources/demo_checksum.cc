// What two machines must agree on, as one number.

#include "demo_random.h"
#include "momentum/base/parallel.h"
#include "momentum/sources/demo_market.h"

namespace momentum::sources {
namespace {

// Integers in, whatever the machine's byte order.
class Digest {
 public:
  void add(std::int64_t x) { state_ = DemoRandom::mix(state_ * 31 + static_cast<std::uint64_t>(x) + 1); }
  void add(Date date) { add(date.days); }
  void add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    for (const char c : text) add(static_cast<unsigned char>(c));
  }
  template <class T>
  void add_all(const std::vector<T>& values) {
    add(static_cast<std::int64_t>(values.size()));
    for (const T& value : values) add(value);
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = kDemoVersion;
};

}  // namespace

std::uint64_t DemoMarket::checksum(std::size_t i) const {
  const DemoInstrument& instrument = instruments_[i];
  Digest digest;
  digest.add(momentum::to_string(instrument.id));
  digest.add(instrument.board);
  digest.add(instrument.industry);
  digest.add(instrument.list_date);
  digest.add(instrument.delist_date);
  digest.add(to_string(instrument.planted));
  for (const DemoName& name : instrument.names) {
    digest.add(name.from);
    digest.add(name.name);
  }
  const DemoHistory history = this->history(i);
  digest.add_all(history.dates);
  for (const auto* column : {&history.open, &history.high, &history.low, &history.close, &history.preclose,
                             &history.volume, &history.amount, &history.turnover})
    digest.add_all(*column);
  digest.add_all(history.suspended);
  for (const DemoExDate& ex : history.ex_dates) {
    digest.add(ex.date);
    digest.add(ex.cash);
    digest.add(ex.bonus);
  }
  return digest.value();
}

Result<std::uint64_t> DemoMarket::checksum(const Context& ctx) const {
  std::vector<std::int64_t> sums(size());
  MOMENTUM_TRY_VOID(parallel_for(ctx, size(), [&](std::size_t i) -> Result<void> {
    sums[i] = static_cast<std::int64_t>(checksum(i));
    return {};
  }));
  Digest digest;
  digest.add_all(sessions_);
  digest.add_all(sums);
  return digest.value();
}

}  // namespace momentum::sources
