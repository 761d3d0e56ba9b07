#pragma once
// What readers share that decode rows stretch by stretch: everything of the contract but where the rows come from.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "momentum/formats/data_file.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::formats {

inline constexpr std::int64_t kStretchRows = 2048;  // what they take stays in the first cache

// `Reader` has
//   template <class T> Result<void> decode(group, column, end, f) const;   f(row, values, present)
//   std::unexpected<Error> damage(std::string_view why) const;
// decode() gives the rows of the group before `end` in order, at most kStretchRows at a time. `present` has a byte per row, 0
// where it is missing; it is empty where missing() is 0. It checks the checksums of all rows of the group.
template <class Reader>
class StretchReader : public DataFileReader {
 public:
  Result<void> read(std::size_t group, std::size_t column, std::span<std::int32_t> into,
                    std::span<std::uint8_t> validity) const override {
    return read_as(group, column, into, validity);
  }
  Result<void> read(std::size_t group, std::size_t column, std::span<std::int64_t> into,
                    std::span<std::uint8_t> validity) const override {
    return read_as(group, column, into, validity);
  }
  Result<void> read(std::size_t group, std::size_t column, std::span<double> into,
                    std::span<std::uint8_t> validity) const override {
    return read_as(group, column, into, validity);
  }

  Result<void> read_real(std::size_t group, std::size_t column, std::span<double> into) const override {
    MOMENTUM_CHECK(group < groups().size() && into.size() == static_cast<std::size_t>(groups()[group].rows));
    return as_real(
        group, column, groups()[group].rows, [&](std::int64_t row) { return into.data() + row; },
        [](std::int64_t, std::size_t) {});
  }

  Result<void> stream_real(std::size_t group, std::size_t column, std::int64_t end,
                           const Take<double>& take) const override {
    std::array<double, kStretchRows> stretch;
    return as_real(
        group, column, end, [&](std::int64_t) { return stretch.data(); },
        [&](std::int64_t row, std::size_t n) { take(row, std::span<const double>(stretch).first(n)); });
  }

  Result<void> stream_int32(std::size_t group, std::size_t column, std::int64_t end,
                            const Take<std::int32_t>& take) const override {
    MOMENTUM_CHECK(missing(group, column) == 0 && specs()[column].physical == Physical::int32);
    check_range(group, column, end);
    return self().template decode<std::int32_t>(
        group, column, end, [&](std::int64_t row, std::span<const std::int32_t> values, std::span<const std::uint8_t>) {
          take(row, values);
        });
  }

 private:
  const Reader& self() const { return static_cast<const Reader&>(*this); }
  void check_range(std::size_t group, std::size_t column, std::int64_t end) const {
    MOMENTUM_CHECK(group < groups().size() && column < specs().size() && end >= 0 && end <= groups()[group].rows);
  }

  template <class T>
  Result<void> read_as(std::size_t group, std::size_t column, std::span<T> into,
                       std::span<std::uint8_t> validity) const {
    constexpr Physical physical = std::is_same_v<T, std::int32_t>   ? Physical::int32
                                  : std::is_same_v<T, std::int64_t> ? Physical::int64
                                                                    : Physical::float64;
    const std::int64_t expected = missing(group, column);
    const std::int64_t all = groups()[group].rows;
    MOMENTUM_CHECK(specs()[column].physical == physical && into.size() == static_cast<std::size_t>(all));
    MOMENTUM_CHECK(expected == 0 || validity.size() == validity_bytes(all));
    if (expected != 0) std::ranges::fill(validity, std::uint8_t{0});
    std::int64_t found = 0;
    MOMENTUM_TRY_VOID(self().template decode<T>(
        group, column, all, [&](std::int64_t row, std::span<const T> values, std::span<const std::uint8_t> present) {
          T* const to = into.data() + row;
          std::ranges::copy(values, to);
          for (std::size_t k = 0; k < present.size(); ++k) {
            const auto at = static_cast<std::size_t>(row) + k;
            if (present[k] != 0) {
              validity[at / 8] = static_cast<std::uint8_t>(validity[at / 8] | 1U << at % 8);
            } else {
              to[k] = T{};
              ++found;
            }
          }
        }));
    if (found != expected) return self().damage("another number of missing values");
    return {};
  }

  // place(row) is where the numbers of a stretch go, done(row, n) comes when they are there.
  template <class T, class Place, class F>
  Result<void> decode_real(std::size_t group, std::size_t column, std::int64_t end, Place&& place, F&& done) const {
    const int scale = specs()[column].scale;
    return self().template decode<T>(
        group, column, end, [&](std::int64_t row, std::span<const T> values, std::span<const std::uint8_t> present) {
          double* const to = place(row);
          if constexpr (std::is_same_v<T, double>) {
            std::ranges::copy(values, to);
          } else {
            from_decimal(values, scale, {}, {to, values.size()});
          }
          for (std::size_t k = 0; k < present.size(); ++k) {
            if (present[k] == 0) to[k] = std::numeric_limits<double>::quiet_NaN();
          }
          done(row, values.size());
        });
  }

  template <class Place, class F>
  Result<void> as_real(std::size_t group, std::size_t column, std::int64_t end, Place&& place, F&& done) const {
    check_range(group, column, end);
    switch (specs()[column].physical) {
      case Physical::int32: return decode_real<std::int32_t>(group, column, end, place, done);
      case Physical::int64: return decode_real<std::int64_t>(group, column, end, place, done);
      case Physical::float64: break;
    }
    return decode_real<double>(group, column, end, place, done);
  }
};

}  // namespace momentum::formats
