// Inside classic_fused-inl.h: what only the variant that writes all 26 columns needs.

// Bits of a row that the score computes anyway.
struct Row {
  V c, ma5, ma10, ma20, ma60, macd, signal, hist, rsi, mom5, mom10, mom20, mom60;
};

struct Columns {
  V k, d, last_return, equal_returns;
  // Rings of one vector each: log returns; extremes of two and of four rows.
  HWY_ALIGN double returns[32 * kWidth];
  HWY_ALIGN double high2[8 * kWidth], high4[8 * kWidth], low2[8 * kWidth], low4[8 * kWidth];
};

// Natural logarithm of a positive normal number, within two units in the last place: x = 2^e m, m in [sqrt(1/2),
// sqrt(2)), log m by the odd series of s = (m - 1) / (m + 1) to s^21.
HWY_INLINE V logarithm(V x) {
  const hn::RebindToSigned<D> di;
  const auto bits = hn::BitCast(di, x);
  const auto shifted = bits - hn::Set(di, 0x3fe6a09e667f3bcdLL);  // of sqrt(1/2)
  const auto e = hn::ShiftRight<52>(shifted);
  const V m = hn::BitCast(d, bits - hn::ShiftLeft<52>(e));
  // e is small: its double by the bits of 2^52 + 2^51 + e.
  const V exponent = hn::BitCast(d, e + hn::Set(di, 0x4338000000000000LL)) - set(0x1.8p52);
  const V f = m - set(1), s = f / (m + set(1)), z = s * s;
  V series = set(2.0 / 21);
  constexpr double kTerms[] = {2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5, 2.0 / 3};
  for (const double term : kTerms) series = series * z + set(term);
  // 2 s = f - s f, exact to the last bit where f is small.
  const V log_m = f - s * (f - z * series);
  return exponent * set(0x1.62e42fefa39efp-1) + log_m;
}

// Sample deviation of twenty values about a mean near enough, oldest first; at(i) is the value i rows ago.
template <class At>
HWY_INLINE V deviation_20(V mean, const At& at) {
  V squares = hn::Zero(d), rest = squares;
  for (std::size_t i = 20; i-- > 0;) {
    const V u = at(i) - mean;
    squares = squares + u * u;
    rest = rest + u;
  }
  return hn::Sqrt(divide_by<19>(squares - divide_by<20>(rest * rest)));
}

// Writes the row's columns, returns trend_20 (missing before row 20).
HWY_INLINE V write_columns(const FusedInput& in, const FusedOutput& out, std::size_t lane, std::size_t t,
                           const Row& row, Columns& s) {
  const std::size_t at = t * kLanes + lane, plane = in.rows * kLanes;
  const double* const close = in.close + at;
  const double* const volume = in.volume + at;
  const V zero = hn::Zero(d), missing = set(std::numeric_limits<double>::quiet_NaN());
  // Past the cache where a store is a whole line and the planes are too big for it: no line is read first.
  const bool past_cache = kWidth == 8 && in.rows >= 512;
  const auto put = [&](Column column, V x) {
    double* const to = out.columns + column * plane + at;
    if (past_cache) {
      hn::Stream(x, d, to);
    } else {
      hn::Store(x, d, to);
    }
  };
  put(kMa5, row.ma5);
  put(kMa10, row.ma10);
  put(kMa20, row.ma20);
  put(kMa60, row.ma60);
  put(kMacd, row.macd);
  put(kSignal, row.signal);
  put(kHist, row.hist);
  put(kRsi, row.rsi);
  put(kMom5, row.mom5);
  put(kMom10, row.mom10);
  put(kMom20, row.mom20);
  put(kMom60, row.mom60);

  // KDJ. Rings of extremes are read only from row 8 on, when they are full.
  const V high = hn::Load(d, in.high + at), low = hn::Load(d, in.low + at);
  V rsv = set(50);
  const auto slot = [](double* ring, std::size_t i) { return ring + (i & 7) * kWidth; };
  if (t > 0) {
    const V high2 = hn::Max(high, hn::Load(d, in.high + at - kLanes)),
            low2 = hn::Min(low, hn::Load(d, in.low + at - kLanes));
    const V high4 = hn::Max(high2, hn::Load(d, slot(s.high2, t - 2))),
            low4 = hn::Min(low2, hn::Load(d, slot(s.low2, t - 2)));
    if (t >= 8) {
      const V highest =
          hn::Max(hn::Max(high4, hn::Load(d, slot(s.high4, t - 4))), hn::Load(d, in.high + at - 8 * kLanes));
      const V lowest = hn::Min(hn::Min(low4, hn::Load(d, slot(s.low4, t - 4))), hn::Load(d, in.low + at - 8 * kLanes));
      const V range = highest - lowest;
      rsv = hn::IfThenElse(hn::Eq(range, zero), rsv, (row.c - lowest) / range * set(100));
    }
    hn::Store(high2, d, slot(s.high2, t));
    hn::Store(low2, d, slot(s.low2, t));
    hn::Store(high4, d, slot(s.high4, t));
    hn::Store(low4, d, slot(s.low4, t));
  }
  s.k = t == 0 ? rsv : exponential(s.k, rsv, 1.0 / 3);
  s.d = t == 0 ? rsv : exponential(s.d, s.k, 1.0 / 3);
  put(kK, s.k);
  put(kD, s.d);
  put(kJ, set(3) * s.k - set(2) * s.d);

  // Volume: whole numbers, so plain sums are exact, in any order.
  const auto volume_sum = [&](std::size_t from, std::size_t to) {
    V sum = hn::Load(d, volume - from * kLanes);
    for (std::size_t i = from + 1; i < to; ++i) sum = sum + hn::Load(d, volume - i * kLanes);
    return sum;
  };
  const V v = hn::Load(d, volume);
  const auto ratio = [&](V mean) { return hn::IfThenElse(hn::Eq(mean, zero), missing, v / mean); };
  const V sum5 = t >= 4 ? volume_sum(0, 5) : missing, sum10 = t >= 9 ? sum5 + volume_sum(5, 10) : missing;
  const V sum20 = t >= 19 ? sum10 + volume_sum(10, 20) : missing;
  const V vol_ma5 = divide_by<5>(sum5), vol_ma10 = divide_by<10>(sum10);
  put(kVolMa5, vol_ma5);
  put(kVolMa10, vol_ma10);
  put(kVolRatio5, ratio(vol_ma5));
  put(kVolRatio10, ratio(vol_ma10));
  put(kVolRatio20, ratio(divide_by<20>(sum20)));

  // Deviations.
  V deviation = missing, trend = missing, volatility = missing;
  if (t >= 19) deviation = deviation_20(row.ma20, [&](std::size_t i) { return hn::Load(d, close - i * kLanes); });
  put(kBollMid, row.ma20);
  put(kBollStd, deviation);
  put(kBollUpper, row.ma20 + set(2) * deviation);
  put(kBollLower, row.ma20 - set(2) * deviation);
  constexpr double kRoot20 = 4.47213595499957939;
  if (t >= 1) {
    const V one = logarithm(row.c / hn::Load(d, close - kLanes));
    s.equal_returns = hn::IfThenElseZero(hn::Eq(one, s.last_return), s.equal_returns + set(1));
    s.last_return = one;
    hn::Store(one, d, s.returns + (t & 31) * kWidth);
  }
  if (t >= 20) {
    trend = (row.c - hn::Load(d, close - 20 * kLanes)) / (deviation * set(kRoot20));
    const auto returned = [&](std::size_t i) { return hn::Load(d, s.returns + ((t - i) & 31) * kWidth); };
    V sum = hn::Zero(d);
    for (std::size_t i = 0; i < 20; ++i) sum = sum + returned(i);
    volatility = deviation_20(sum * set(0.05), returned) * set(kRoot20);
    volatility = hn::IfThenElseZero(hn::Lt(s.equal_returns, set(19)), volatility);
  }
  put(kVolatility20, volatility);
  put(kTrend20, trend);
  return trend;
}

// The rows before 60: nothing slides yet, windows are summed whole.
HWY_INLINE void write_warm_columns(const FusedInput& in, const FusedOutput& out, std::size_t lane, std::size_t t,
                                   V macd, V signal, V rsi, Columns& s) {
  const double* const close = in.close + t * kLanes + lane;
  const V missing = set(std::numeric_limits<double>::quiet_NaN()), c = hn::Load(d, close);
  const auto sum = [&](std::size_t w) {
    Sum window{hn::Zero(d), hn::Zero(d)};
    for (std::size_t i = 0; i < w; ++i) add_any(window, hn::Load(d, close - i * kLanes));
    return window.hi + window.lo;
  };
  HWY_ALIGN double means[4 * kWidth];
  hn::Store(t >= 4 ? divide_by<5>(sum(5)) : missing, d, means);
  hn::Store(t >= 9 ? divide_by<10>(sum(10)) : missing, d, means + kWidth);
  hn::Store(t >= 19 ? divide_by<20>(sum(20)) : missing, d, means + 2 * kWidth);
  hn::Store(t >= 59 ? divide_by<60>(sum(60)) : missing, d, means + 3 * kWidth);
  settle_means(close, std::min<std::size_t>(t + 1, 60), means);
  const auto momentum = [&](std::size_t p) { return t >= p ? c / hn::Load(d, close - p * kLanes) - set(1) : missing; };
  write_columns(in, out, lane, t,
                {c, hn::Load(d, means), hn::Load(d, means + kWidth), hn::Load(d, means + 2 * kWidth),
                 hn::Load(d, means + 3 * kWidth), macd, signal, macd - signal, rsi, momentum(5), momentum(10),
                 momentum(20), missing},
                s);
}
