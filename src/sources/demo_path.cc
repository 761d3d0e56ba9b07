#include "demo_path.h"

#include <algorithm>
#include <utility>

#include "demo_absence.h"
#include "demo_bar.h"
#include "demo_limits.h"
#include "demo_moves.h"
#include "demo_random.h"

namespace momentum::sources {
namespace {

// What a day adds to the price before the exchange's limits: millionths of preclose.
class Returns {
 public:
  Returns(DemoRandom& random, std::int64_t beta, std::int64_t calm) noexcept
      : random_(random), beta_(beta), wave_(calm) {}

  const DemoWave& wave() const noexcept { return wave_; }
  void surprise(std::int64_t move) noexcept { carried_ += move; }

  std::int64_t next(std::int64_t market, std::int64_t industry, std::int64_t pull) noexcept {
    drift_ += random_.bell(300) - drift_ / 24;  // momentum of a month
    const std::int64_t own = random_.bell(wave_.deviation()) - last_ / 40;  // a little reversal of yesterday
    last_ = own;
    std::int64_t news = std::exchange(carried_, 0);
    if (random_.happens(21'000)) {
      const std::int64_t size = 50'000 + random_.below(180'000);
      news += random_.happens(550'000) ? size : -size;
    }
    wave_.follow(own + std::clamp(news, -kMillion / 10, kMillion / 10));
    return std::clamp(beta_ * market / 100 + industry + own + drift_ + pull + news, -9 * kMillion / 10, 9 * kMillion);
  }

  // What a limit cut off comes back tomorrow, most of it: streaks of limit days.
  void cut_off(std::int64_t rest) noexcept { carried_ = rest * 3 / 4; }

 private:
  DemoRandom& random_;
  std::int64_t beta_;  // percent
  DemoWave wave_;
  std::int64_t drift_ = 0, last_ = 0, carried_ = 0;
};

class Life {
 public:
  Life(std::uint64_t seed, std::size_t i, const DemoPlan& plan, std::span<const Date> sessions)
      : seed_(seed),
        i_(i),
        plan_(plan),
        sessions_(sessions),
        random_(seed, static_cast<std::uint64_t>(DemoPurpose::path), i),
        traits_(demo_traits(seed, i)),
        returns_(random_, traits_.beta, traits_.calm),
        volumes_(traits_),
        close_(traits_.start),
        value_(traits_.start * 1000) {
    // An issue is priced below what the market will pay.
    if (plan.listed_for == 0) returns_.surprise(200'000 + random_.below(1'300'000));
  }

  DemoHistory run(std::span<const std::int32_t> market, std::span<const std::int32_t> industry) {
    const auto bars = static_cast<std::size_t>(plan_.end - plan_.first);
    for (auto* column :
         {&out_.open, &out_.high, &out_.low, &out_.close, &out_.preclose, &out_.volume, &out_.amount, &out_.turnover})
      column->reserve(bars);
    out_.dates.reserve(bars);
    const auto absences = demo_absences(seed_, i_, plan_, static_cast<std::int64_t>(sessions_.size()));
    auto absence = absences.begin();
    for (std::int64_t t = plan_.first; t < plan_.end; ++t) {
      const auto session = static_cast<std::size_t>(t);
      plan_ex_date(sessions_[session]);
      if (absence != absences.end() && t == absence->end) returns_.surprise((absence++)->surprise);
      if (absence == absences.end() || t < absence->begin) {
        trade(t, market[session], industry[session]);
      } else if (absence->recorded) {
        out_.suspended.push_back(sessions_[session]);
      } else if (plan_.planted == DemoCase::gap && t == absence->begin + 7) {
        go_ex(sessions_[session], 3);  // unseen, so that the next preclose is nowhere explained
      }
    }
    return std::move(out_);
  }

 private:
  // Once a year, between the middle of May and the end of July.
  void plan_ex_date(Date day) {
    if (day < year_end_) return;
    const int year = year_of(day);
    year_end_ = *make_date(year + 1, 1, 1);
    ex_day_ = *make_date(year, 5, 15) + static_cast<std::int32_t>(random_.below(75));
    const bool pays = random_.happens(700'000);
    if (!pays || day > ex_day_ || plan_.list_date + 180 > ex_day_ || plan_.planted == DemoCase::flat) ex_day_ = Date{};
  }

  void go_ex(Date day, std::int32_t bonus = 0) {
    ex_day_ = Date{};
    DemoExDate ex{.date = day, .bonus = bonus};
    ex.cash = static_cast<std::int32_t>(close_ * 10 * (3 + random_.below(35)) / 1000);
    if (close_ > 1500 && random_.happens(250'000)) ex.bonus = static_cast<std::int32_t>(2 + random_.below(9));
    const std::int64_t reference = rounded_half_up(10 * close_ - ex.cash, 10 + ex.bonus);
    if (reference < 1 || reference == close_) return;
    value_ = value_ * reference / close_;
    close_ = reference;
    volumes_.issue(ex.bonus);
    out_.ex_dates.push_back(ex);
  }

  // Prices come back, in years, to a value that grows at its own pace: no stock ends at a cent or at a million.
  std::int64_t pull(bool st) {
    value_ += value_ / 1000 * traits_.growth / 1000;
    const std::int64_t value = std::max(std::int64_t{300'000}, st ? value_ / 2 : value_) / 1000;
    return 350 + 4000 * (value - close_) / (value + close_);
  }

  void trade(std::int64_t t, std::int64_t market, std::int64_t industry) {
    const Date day = sessions_[static_cast<std::size_t>(t)];
    const std::int64_t age = plan_.listed_for + t - plan_.first;
    const bool st = plan_.is_st(t);
    if (ex_day_.has_value() && day >= ex_day_ && !st) go_ex(day);
    const std::int64_t preclose = close_;
    const DemoLimits limits = demo_limits(plan_.board, st, plan_.list_date, age, day, preclose);
    std::int64_t move = returns_.next(market, industry, pull(st));
    DemoPrices prices = demo_prices(random_, preclose, move, returns_.wave().deviation(), limits);
    if (plan_.planted == DemoCase::flat) {
      prices = {preclose, preclose, preclose, preclose};
      move = 0;
    }
    const std::int64_t reached = preclose + preclose * move / kMillion;
    if (limits.bound && (reached > limits.up || reached < limits.down))
      returns_.cut_off((reached - prices.close) * kMillion / preclose);
    close_ = prices.close;
    record(day, preclose, prices, volumes_.next(random_, prices, preclose, age));
  }

  void record(Date day, std::int64_t preclose, DemoPrices prices, DemoVolume volume) {
    const std::size_t bar = out_.dates.size();
    const bool last_three = plan_.planted == DemoCase::no_close && day >= sessions_[sessions_.size() - 3];
    if (last_three || (plan_.planted == DemoCase::lost_close && bar == 69)) prices.close = volume.amount = kDemoMissing;
    if (plan_.planted == DemoCase::holes && bar % 9 == 8) volume = {kDemoMissing, kDemoMissing, kDemoMissing};
    out_.dates.push_back(day);
    out_.open.push_back(prices.open);
    out_.high.push_back(prices.high);
    out_.low.push_back(prices.low);
    out_.close.push_back(prices.close);
    out_.preclose.push_back(preclose);
    out_.volume.push_back(volume.shares);
    out_.amount.push_back(volume.amount);
    out_.turnover.push_back(volume.turnover);
  }

  std::uint64_t seed_;
  std::size_t i_;
  const DemoPlan& plan_;
  std::span<const Date> sessions_;
  DemoRandom random_;
  DemoTraits traits_;
  Returns returns_;
  DemoVolumes volumes_;
  std::int64_t close_;  // cents; after go_ex() the reference price
  std::int64_t value_;  // thousandths of a cent
  Date year_end_, ex_day_;
  DemoHistory out_;
};

}  // namespace

DemoHistory demo_path(std::uint64_t seed, std::size_t i, const DemoPlan& plan, std::span<const Date> sessions,
                      std::span<const std::int32_t> market, std::span<const std::int32_t> industry) {
  return Life(seed, i, plan, sessions).run(market, industry);
}

}  // namespace momentum::sources
