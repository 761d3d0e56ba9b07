#pragma once
// The correctly rounded sample deviation of one window: the definition behind rolling_std. Scores compare a value divided by
// a deviation with whole and half numbers, and real prices make such ties exact, so the last bit has to be the right one.
//
// With every value an integer times 2^e, the squared deviation is N 2^(2e) / (w (w - 1)), N = w sum(x^2) - sum(x)^2, in
// integers and without rounding. A candidate for its root is corrected until the exact midpoints to its neighbours enclose it.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "momentum/kernels/tile.h"
#include "wide_integer_internal.h"

namespace momentum::kernels {

// The double nearest to the root of a square, ties to even. `square` 2^binary: about the true one, got from it by roundings to
// nearest. These keep the order, so a candidate that is a power of two is the right one already: the double below it is
// closer than the loop takes it to be. side(t, u): the sign of (t 2^(u - 1))^2 less the true square.
template <class Side>
double nearest_root(double square, int binary, Side side) noexcept {
  if (binary % 2 != 0) square *= 2.0, --binary;
  int exponent = 0;
  const double fraction = std::frexp(std::sqrt(square), &exponent);
  const int u = std::max(exponent + binary / 2 - 53, -1074);
  auto m = static_cast<std::uint64_t>(std::ldexp(fraction, exponent + binary / 2 - u));
  while (true) {
    const int above = side(2 * m + 1, u);
    if (above < 0 || (above == 0 && m % 2 != 0)) {
      ++m;
      continue;
    }
    const int below = m > 0 ? side(2 * m - 1, u) : -1;
    if (below > 0 || (below == 0 && m % 2 != 0)) {
      --m;
      continue;
    }
    return std::ldexp(static_cast<double>(m), u);
  }
}

// `last` points at the newest of w finite values, older ones kTileLanes doubles apart; w >= 2.
inline double wide_deviation(const double* last, std::size_t w) noexcept {
  // The common unit 2^e: that of the last bit of the smallest value.
  int e = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < w; ++i) {
    const double x = *(last - i * kTileLanes);
    int exponent = 0;
    if (x == 0.0) continue;
    std::frexp(x, &exponent);
    if (exponent - 53 < e) e = exponent - 53;
  }
  Wide positive, negative, squares;
  for (std::size_t i = 0; i < w; ++i) {
    const double x = *(last - i * kTileLanes);
    if (x == 0.0) continue;
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(x), &exponent);
    const Wide size =
        Wide(static_cast<std::uint64_t>(std::ldexp(fraction, 53))).shifted(static_cast<std::size_t>(exponent - 53 - e));
    (x < 0.0 ? negative : positive).add(size);
    squares.add(size.times(size));
  }
  if (positive.compare(negative) < 0) {
    const Wide keep = positive;
    positive = negative;
    negative = keep;
  }
  positive.subtract(negative);
  Wide n = squares.times(Wide(w));
  n.subtract(positive.times(positive));
  if (n.is_zero()) return 0.0;
  const Wide count(static_cast<std::uint64_t>(w) * (w - 1));

  int binary = 0;
  const double leading = n.leading(binary) / (static_cast<double>(w) * (static_cast<double>(w) - 1.0));
  return nearest_root(leading, binary + 2 * e, [&](std::uint64_t twice, int u) noexcept {
    const Wide t(twice);
    const Wide left = t.times(t).times(count);
    const int shift = 2 * e - (2 * u - 2);
    return shift >= 0 ? left.compare(n.shifted(static_cast<std::size_t>(shift)))
                      : left.shifted(static_cast<std::size_t>(-shift)).compare(n);
  });
}

// The same where the values lie so close together that the integers of their differences fit in machine words, as prices
// nearly always do: a tenth of the time. Nothing where they do not.
inline std::optional<double> narrow_deviation(const double* last, std::size_t w) noexcept {
  using Word = unsigned __int128;
  if (w > 512) return std::nullopt;  // w (w - 1) < 2^18, and all below stays under 2^127
  std::uint64_t least = 0x7ff;
  for (std::size_t i = 0; i < w; ++i) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(*(last - i * kTileLanes)) << 1;
    if (bits != 0) least = std::min(least, bits >> 53);
  }
  const int e = static_cast<int>(least) - 1075;
  if (e < -1000) return std::nullopt;
  const double unit = std::ldexp(1.0, -e);
  std::int64_t sum = 0;
  Word squares = 0;
  for (std::size_t i = 0; i < w; ++i) {
    // A difference of multiples of 2^e is exact below 2^53 of them.
    const double steps = (*(last - i * kTileLanes) - *last) * unit;
    if (!(std::fabs(steps) <= 0x1p52)) return std::nullopt;
    const auto k = static_cast<std::int64_t>(steps);
    const auto size = static_cast<std::uint64_t>(k < 0 ? -k : k);
    sum += k;
    squares += Word{size} * size;
  }
  const auto size = static_cast<std::uint64_t>(sum < 0 ? -sum : sum);
  const Word n = squares * w - Word{size} * size;
  if (n == 0) return 0.0;
  const std::uint64_t count = static_cast<std::uint64_t>(w) * (w - 1);
  return nearest_root(static_cast<double>(n) / static_cast<double>(count), 2 * e,
                      [&](std::uint64_t twice, int u) noexcept {
                        const Word left = Word{twice} * twice * count;
                        const int shift = 2 * e - (2 * u - 2);
                        const Word a = shift >= 0 ? left : left << -shift, b = shift >= 0 ? n << shift : n;
                        return a < b ? -1 : a > b ? 1 : 0;
                      });
}

inline double exact_deviation(const double* last, std::size_t w) noexcept {
  const auto narrow = narrow_deviation(last, w);
  return narrow ? *narrow : wide_deviation(last, w);
}

}  // namespace momentum::kernels
