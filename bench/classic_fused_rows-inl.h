// Inside classic_fused-inl.h: the rows from 60 on.

template <bool kAll>
HWY_INLINE void chunk_rows(const FusedInput& in, const FusedOutput& out, std::size_t lane, std::size_t begin,
                           std::size_t end, State& state, double* HWY_RESTRICT ring, Columns& columns) {
  const double* const HWY_RESTRICT close = in.close + lane;
  const double* const HWY_RESTRICT high = in.high + lane;
  const double* const HWY_RESTRICT low = in.low + lane;
  const double* const HWY_RESTRICT volume = in.volume + lane;
  State s = state;
  const V zero = hn::Zero(d);

  // trend_20 is only compared with four steps, so its deviation need not be better than the distance to them: sums of
  // closes less an anchor, begun again in every chunk. reach bounds any square that was ever in them.
  const V anchor = hn::Load(d, close + (begin - 1) * kLanes);
  V s1 = zero, s2 = zero;
  for (std::size_t i = 1; i <= 20; ++i) {
    const V u = hn::Load(d, close + (begin - i) * kLanes) - anchor;
    s1 = s1 + u;
    s2 = hn::MulAdd(u, u, s2);
  }
  V reach = s2;
  const auto volume_at = [&](std::size_t t) { return hn::Load(d, volume + t * kLanes); };
  V volume5 =
      volume_at(begin - 1) + volume_at(begin - 2) + volume_at(begin - 3) + volume_at(begin - 4) + volume_at(begin - 5);

  for (std::size_t t = begin; t < end; ++t) {
    const double* const row = close + t * kLanes;
    // The rows of the next chunk, in time: the hardware does not see through a stride of one row taken 32 rows at a
    // time.
    const std::size_t ahead = (t + kAhead) * kLanes;
    hwy::Prefetch(close + ahead);
    hwy::Prefetch(high + ahead);
    hwy::Prefetch(low + ahead);
    hwy::Prefetch(volume + ahead);
    const V c = hn::Load(d, row), c1 = hn::Load(d, row - kLanes), c5 = hn::Load(d, row - 5 * kLanes);
    const V c10 = hn::Load(d, row - 10 * kLanes), c20 = hn::Load(d, row - 20 * kLanes),
            c60 = hn::Load(d, row - 60 * kLanes);

    // Averages. What remains of the shortest window is the least, so one test stands for four.
    const V rest = slide(s.c5, c, c5);
    slide(s.c10, c, c10);
    slide(s.c20, c, c20);
    slide(s.c60, c, c60);
    V ma5 = divide_by<5>(s.c5.hi + s.c5.lo), ma10 = divide_by<10>(s.c10.hi + s.c10.lo);
    V ma20 = divide_by<20>(s.c20.hi + s.c20.lo), ma60 = divide_by<60>(s.c60.hi + s.c60.lo);
    const M same = hn::Eq(c, c1), flat = hn::And(hn::And(same, s.same1), hn::And(s.same2, s.same3));
    s.same3 = s.same2;
    s.same2 = s.same1;
    s.same1 = same;
    if (HWY_UNLIKELY(!hn::AllFalse(d, flat))) {
      HWY_ALIGN double means[4 * kWidth];
      hn::Store(ma5, d, means);
      hn::Store(ma10, d, means + kWidth);
      hn::Store(ma20, d, means + 2 * kWidth);
      hn::Store(ma60, d, means + 3 * kWidth);
      settle_means(row, 60, means);
      ma5 = hn::Load(d, means);
      ma10 = hn::Load(d, means + kWidth);
      ma20 = hn::Load(d, means + 2 * kWidth);
      ma60 = hn::Load(d, means + 3 * kWidth);
    }
    const M above5 = hn::Gt(c, ma5), above10 = hn::And(above5, hn::Gt(ma5, ma10));
    const M above20 = hn::And(above10, hn::Gt(ma10, ma20)), above60 = hn::And(above20, hn::Gt(ma20, ma60));
    const V p2 = hn::IfThenElse(
        above60, set(15),
        hn::IfThenElse(above20, set(12), hn::IfThenElse(above10, set(8), hn::IfThenElseZero(above5, set(5)))));

    // MACD. hist <= 0 is macd <= signal: a difference of doubles is zero only where they are equal.
    s.fast = exponential(s.fast, c, 2.0 / 13);
    s.slow = exponential(s.slow, c, 2.0 / 27);
    const V macd = s.fast - s.slow;
    s.signal = exponential(s.signal, macd, 2.0 / 10);
    const V hist = macd - s.signal;
    const V crossed =
        hn::IfThenElse(hn::Le(s.hist_p, zero), set(15), hn::IfThenElseZero(hn::Gt(hist, s.hist_p), set(5)));
    const V p3 = hn::IfThenElseZero(hn::Gt(macd, zero), set(5)) + hn::IfThenElseZero(hn::Gt(hist, zero), crossed);

    // RSI.
    const V change = c - c1;
    s.gain = divide_by<14>(s.gain * set(13) + maximum_zero(change));
    s.loss = divide_by<14>(s.loss * set(13) + maximum_zero(hn::Neg(change)));
    const V rsi = set(100) - set(100) / (set(1) + s.gain / s.loss);
    const V middle = hn::IfThenElse(hn::Gt(rsi, set(70)), set(5), set(10));
    const V p4 = hn::IfThenElseZero(hn::And(hn::Ge(rsi, set(30)), hn::Le(rsi, set(80))),
                                    hn::IfThenElse(hn::Lt(rsi, set(40)), set(7), middle)) +
                 hn::IfThenElseZero(hn::Gt(rsi, s.rsi_p), set(5));

    // Volume: v / mean > step without the division. The quotient rounds above step where v > mean x (step + half an
    // ulp).
    const V v = volume_at(t);
    volume5 = volume5 + (v - volume_at(t - 5));
    const V mean5 = divide_by<5>(volume5);
#if HWY_NATIVE_FMA
    const V half = mean5 * set(0x1p-53);
    const M over15 = hn::Gt(hn::NegMulAdd(set(1.5), mean5, v), half),
            over12 = hn::Gt(hn::NegMulAdd(set(1.2), mean5, v), half);
#else
    const V ratio = v / mean5;
    const M over15 = hn::Gt(ratio, set(1.5)), over12 = hn::Gt(ratio, set(1.2));
#endif
    V p5 = hn::IfThenElse(over15, set(12),
                          hn::IfThenElse(over12, set(10), hn::IfThenElse(hn::Gt(v, mean5), set(8), set(5))));
    const V moved = v / s.volume_p - set(1);
    const V excess = ((moved + s.change1) + (s.change2 + s.change3)) - set(0.2);
    const M clear = hn::Gt(hn::Abs(excess), set(0x1p-20));
    V p5b = hn::IfThenElseZero(hn::Gt(excess, zero), set(3));
    if (HWY_UNLIKELY(!hn::AllTrue(d, clear))) {
      HWY_ALIGN double changes[4 * kWidth];
      HWY_ALIGN double points[kWidth];
      hn::Store(moved, d, changes);
      hn::Store(s.change1, d, changes + kWidth);
      hn::Store(s.change2, d, changes + 2 * kWidth);
      hn::Store(s.change3, d, changes + 3 * kWidth);
      hn::Store(p5b, d, points);
      settle_volume(hn::Not(clear), changes, points);
      p5b = hn::Load(d, points);
    }
    p5 = p5 + p5b;

    // Momentum, one reciprocal for all four quotients to come.
    hn::Store(set(1) / c, d, ring + t % kRing * kWidth);
    const auto momentum = [&](std::size_t p, V base) {
      return divide_with(c, base, hn::Load(d, ring + (t - p) % kRing * kWidth)) - set(1);
    };
    const V mom5 = momentum(5, c5), mom10 = momentum(10, c10), mom20 = momentum(20, c20), mom60 = momentum(60, c60);
    const auto part = [](V x, double weight) { return x * set(100) * set(weight); };
    const V m = ((part(mom5, 0.4) + part(mom10, 0.3)) + part(mom20, 0.2)) + part(mom60, 0.1);
    const V p1 = hn::Min(hn::Max(m + set(10), zero), set(20));

    // Present: both averages of the RSI not zero, volume in the window, a trend.
    M survives = hn::And(hn::Eq(rsi, rsi), hn::Gt(volume5, zero));
    V p6;
    if constexpr (kAll) {
      const Row all_of_it{c, ma5, ma10, ma20, ma60, macd, s.signal, hist, rsi, mom5, mom10, mom20, mom60};
      const V trend = write_columns(in, out, lane, t, all_of_it, columns);
      p6 = hn::IfThenElse(
          hn::Gt(trend, set(1)), hn::IfThenElse(hn::Gt(trend, set(1.5)), set(15), set(12)),
          hn::IfThenElse(hn::Gt(trend, set(0.5)), set(10), hn::IfThenElseZero(hn::Gt(trend, zero), set(5))));
      survives = hn::And(survives, hn::Eq(trend, trend));
    } else {
      // Trend: d / (std sqrt(20)) > k  <=>  d > 0 and 0.95 d^2 > k^2 ss, ss the sum of squares about the mean.
      const V rise = c - c20, u = c - anchor, u20 = c20 - anchor;
      s1 = s1 + rise;
      s2 = hn::MulAdd(u + u20, rise, s2);
      reach = hn::MulAdd(u, u, reach);
      const V ss = hn::NegMulAdd(s1 * set(0.05), s1, s2), w = rise * rise * set(0.95);
      const V over_a = hn::NegMulAdd(set(0.25), ss, w), over_b = w - ss, over_c = hn::NegMulAdd(set(2.25), ss, w);
      const V nearest = hn::Min(hn::Min(hn::Abs(over_a), hn::Abs(over_b)), hn::Abs(over_c));
      const M sure = hn::And(hn::Gt(nearest, ss * set(0x1p-16)), hn::Gt(ss, reach * set(0x1p-24)));
      p6 = hn::IfThenElse(
          hn::Gt(over_c, zero), set(15),
          hn::IfThenElse(hn::Gt(over_b, zero), set(12), hn::IfThenElse(hn::Gt(over_a, zero), set(10), set(5))));
      p6 = hn::IfThenElseZero(hn::Gt(rise, zero), p6);
      if (HWY_UNLIKELY(!hn::AllTrue(d, sure))) {
        HWY_ALIGN double points[kWidth];
        HWY_ALIGN double valid[kWidth];
        hn::Store(p6, d, points);
        hn::Store(set(1), d, valid);
        settle_trend(row, hn::Not(sure), points, valid);
        p6 = hn::Load(d, points);
        survives = hn::And(survives, hn::Gt(hn::Load(d, valid), zero));
      }
    }

    V raw = ((((p1 + p2) + p3) + p4) + p5) + p6;
    const bool all = hn::AllTrue(d, survives);
    const std::size_t at = t * kLanes + lane;
    std::uint8_t* const status = out.status + at;
    if (HWY_LIKELY(all && s.mature)) {
      s.raw = raw;
      s.hist_p = hist;
      s.rsi_p = rsi;
      s.volume_p = v;
      s.change3 = s.change2;
      s.change2 = s.change1;
      s.change1 = moved;
      std::fill(status, status + kWidth, static_cast<std::uint8_t>(BarStatus::ok));
    } else {
      s.count = s.count + hn::IfThenElseZero(survives, set(1));
      const M old_enough = hn::Ge(s.count, set(60)), scored = hn::And(survives, old_enough);
      s.mature = hn::AllTrue(d, old_enough);
      s.raw = hn::IfThenElse(scored, raw, s.raw);
      s.hist_p = hn::IfThenElse(survives, hist, s.hist_p);
      s.rsi_p = hn::IfThenElse(survives, rsi, s.rsi_p);
      s.volume_p = hn::IfThenElse(survives, v, s.volume_p);
      s.change3 = hn::IfThenElse(survives, s.change2, s.change3);
      s.change2 = hn::IfThenElse(survives, s.change1, s.change2);
      s.change1 = hn::IfThenElse(survives, moved, s.change1);
      const V code =
          t + 1 < 120
              ? set(static_cast<double>(BarStatus::too_few_bars))
              : hn::IfThenElse(old_enough, hn::IfThenElse(survives, zero, set(static_cast<double>(BarStatus::stale))),
                               set(static_cast<double>(BarStatus::bad_data)));
      HWY_ALIGN double codes[kWidth];
      hn::Store(code, d, codes);
      for (std::size_t i = 0; i < kWidth; ++i) status[i] = static_cast<std::uint8_t>(codes[i]);
    }
    hn::Store(s.raw, d, out.score_raw + at);
    hn::Store(hn::Round(s.raw), d, out.score + at);

    // Conditions of the short cuts: positive prices of one scale, no jump past what remains of five bars, close within
    // the bar's range (then K, D and J are finite), whole volumes (then their sums are exact).
    M good = hn::And(hn::Ge(rest, c), hn::And(hn::Ge(c, set(0x1p-10)), hn::Le(c, set(0x1p20))));
    good = hn::And(good, hn::And(hn::Le(hn::Load(d, low + t * kLanes), c), hn::Le(c, hn::Load(d, high + t * kLanes))));
    good = hn::And(good, hn::And(hn::Eq(hn::Round(v), v), hn::And(hn::Ge(v, zero), hn::Le(v, set(0x1p48)))));
    s.good = hn::And(s.good, good);
  }
  state = s;
}
