#include "bench_panel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace momentum::bench {

Plane::Plane(std::size_t size) : size_(size) {
  const std::size_t bytes = (size * sizeof(double) + 63) / 64 * 64;
  data_ = static_cast<double*>(std::aligned_alloc(64, bytes));
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(static_cast<void*>(data_), 0, bytes);
}
Plane::~Plane() { std::free(data_); }
Plane::Plane(Plane&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
Plane& Plane::operator=(Plane&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

namespace {

// splitmix64: a few lines that give the same numbers everywhere, unlike <random>'s distributions.
struct Random {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  double bell() { return uniform() + uniform() + uniform() + uniform() - 2.0; }  // deviation 0.577, no libm
};

double yuan(std::int64_t cents) { return static_cast<double>(cents) / 100.0; }

}  // namespace

std::vector<Bars> synthetic_stock(std::uint64_t seed, std::uint64_t stock, std::size_t bars) {
  Random random{seed * 0x2545f4914f6cdd1dULL + stock};
  random.next();
  std::vector<Bars> out(bars);
  std::int64_t close = 300 + static_cast<std::int64_t>(random.uniform() * 4700);
  double activity = 2000 + random.uniform() * 200000;
  for (Bars& bar : out) {
    const std::int64_t previous = close;
    const double scale = static_cast<double>(previous);
    if (random.uniform() >= 0.025) {
      const double move = std::clamp(0.0003 + 0.035 * random.bell(), -0.1, 0.1);
      close = std::max<std::int64_t>(100, previous + std::llround(scale * move));
    }
    const std::int64_t open = std::max<std::int64_t>(100, previous + std::llround(scale * 0.01 * random.bell()));
    const std::int64_t high = std::max(open, close) + std::llround(scale * 0.012 * random.uniform());
    const std::int64_t low =
        std::max<std::int64_t>(50, std::min(open, close) - std::llround(scale * 0.012 * random.uniform()));
    activity = std::clamp(activity * (1.0 + 0.2 * random.bell()), 500.0, 2e6);
    const double lots = std::floor(activity * (0.3 + 1.4 * random.uniform()));
    bar = {yuan(open), yuan(high), yuan(low), yuan(close), std::max(1.0, lots)};
  }
  return out;
}

void roughen(std::vector<Bars>& bars, std::uint64_t seed, unsigned kind) {
  Random random{seed};
  random.next();
  double level = 1;
  for (std::size_t t = 1; t < bars.size(); ++t) {
    Bars& bar = bars[t];
    if (kind == 2 && random.uniform() < 0.002) level = level == 1 ? 6 : 1;
    bar = {bar.open * level, bar.high * level, bar.low * level, bar.close * level, bar.volume};
    if (kind == 3) bar.volume += 0.37;
  }
  for (std::size_t t = 1; t < bars.size(); ++t) {
    const double what = random.uniform();
    const auto length = static_cast<std::size_t>(1 + random.uniform() * 30);
    if (what < 0.004) {
      for (std::size_t i = t; i < std::min(bars.size(), t + length); ++i) bars[i].volume = 0;
    } else if (what < 0.008) {
      const double price = bars[t - 1].close;
      for (std::size_t i = t; i < std::min(bars.size(), t + length); ++i)
        bars[i] = {price, price, price, price, bars[i].volume};
    } else if (what < 0.012) {  // rises of one cent a day: deviations of nearly straight lines, equal gains
      for (std::size_t i = t; i < std::min(bars.size(), t + length); ++i) {
        const double price = yuan(std::llround(bars[i - 1].close * 100) + 1);
        bars[i] = {price, price, price, price, bars[i - 1].volume};
      }
    }
  }
}

TiledPanel synthetic_panel(std::uint64_t seed, std::size_t stocks, std::size_t bars, bool rough) {
  TiledPanel panel;
  panel.stocks = stocks;
  panel.rows = bars;
  const std::size_t size = panel.tiles() * panel.tile_size();
  Plane* const planes[] = {&panel.open, &panel.high, &panel.low, &panel.close, &panel.volume};
  for (Plane* plane : planes) *plane = Plane(size);
  for (std::size_t slot = 0; slot < panel.tiles() * kLanes; ++slot) {
    const std::size_t stock = std::min(slot, stocks - 1);
    std::vector<Bars> one = synthetic_stock(seed, stock, bars);
    if (rough) roughen(one, seed + stock * 7919, static_cast<unsigned>(1 + slot / kLanes % 3));
    const std::size_t base = slot / kLanes * panel.tile_size() + slot % kLanes;
    for (std::size_t t = 0; t < bars; ++t) {
      const std::size_t at = base + t * kLanes;
      panel.open.data()[at] = one[t].open;
      panel.high.data()[at] = one[t].high;
      panel.low.data()[at] = one[t].low;
      panel.close.data()[at] = one[t].close;
      panel.volume.data()[at] = one[t].volume;
    }
  }
  return panel;
}

std::vector<Bars> stock_of(const TiledPanel& panel, std::size_t stock) {
  std::vector<Bars> bars(panel.rows);
  const std::size_t base = stock / kLanes * panel.tile_size() + stock % kLanes;
  for (std::size_t t = 0; t < panel.rows; ++t) {
    const std::size_t at = base + t * kLanes;
    bars[t] = {panel.open.data()[at], panel.high.data()[at], panel.low.data()[at], panel.close.data()[at],
               panel.volume.data()[at]};
  }
  return bars;
}

bool write_flat(const TiledPanel& panel, std::size_t count, const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  count = std::min(count, panel.stocks);
  const std::int64_t shape[2] = {static_cast<std::int64_t>(count), static_cast<std::int64_t>(panel.rows)};
  bool good = std::fwrite("MBENCH01", 1, 8, file) == 8 && std::fwrite(shape, sizeof shape, 1, file) == 1;
  std::vector<double> series(panel.rows);
  for (const Plane* plane : {&panel.open, &panel.high, &panel.low, &panel.close, &panel.volume}) {
    for (std::size_t stock = 0; good && stock < count; ++stock) {
      const double* in = plane->data() + stock / kLanes * panel.tile_size() + stock % kLanes;
      for (std::size_t t = 0; t < panel.rows; ++t) series[t] = in[t * kLanes];
      good = std::fwrite(series.data(), sizeof(double), series.size(), file) == series.size();
    }
  }
  return std::fclose(file) == 0 && good;
}

}  // namespace momentum::bench
