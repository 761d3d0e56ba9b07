#include "momentum/formats/storage_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "decode_cost_internal.h"
#include "storage_trial_internal.h"

namespace momentum::formats {
namespace {

constexpr std::size_t kStretches = 8, kStretchRows = 512;

// Bytes that a nanosecond is worth, by level; the quickest wins at level 0, the smallest at level 9.
constexpr std::array<double, kMostCompression + 1> kBytesPerNanosecond = {
    std::numeric_limits<double>::infinity(), 2, 1.4, 1, 0.6, 0.3, 0.1, 0.06, 0.03, 0};

// A slower level of zstd is only tried where the one before it comes this near to the smallest found by then. Measured on the
// real market: 1.05 makes the very files that 1.25 makes, and spares a tenth of an import.
constexpr double kWorthwhile = 1.05;
constexpr double kGain = 0.98;  // what zstd 1 must bring before others are tried

template <class T>
std::vector<T> sample_of(std::span<const T> rows) {
  if (rows.size() <= kStretches * kStretchRows) return {rows.begin(), rows.end()};
  std::vector<T> out;
  out.reserve(kStretches * kStretchRows);
  for (std::size_t k = 0; k < kStretches; ++k) {
    const std::size_t middle = rows.size() / kStretches * k + rows.size() / kStretches / 2;
    const auto stretch = rows.subspan(middle - kStretchRows / 2, kStretchRows);
    out.insert(out.end(), stretch.begin(), stretch.end());
  }
  return out;
}

using Values = std::variant<std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<double>>;

template <class T>
std::vector<T> integers_of(const std::vector<double>& present, int scale) {
  std::vector<T> out(present.size());
  to_decimal(present, scale, std::span<T>(out), {});
  return out;
}

Values values_of(const std::vector<double>& present, const DecimalForm& form) {
  switch (form.physical) {
    case Physical::int32: return integers_of<std::int32_t>(present, form.scale);
    case Physical::int64: return integers_of<std::int64_t>(present, form.scale);
    case Physical::float64: break;
  }
  return present;
}

// All that was tried; the caller weighs.
class Trials {
 public:
  void add(const Values& values, const DecimalForm& form) {
    const bool real = form.physical == Physical::float64;
    for (const Encoding encoding :
         {Encoding::plain, Encoding::dictionary, real ? Encoding::byte_stream_split : Encoding::delta}) {
      const std::size_t count = std::visit([](const auto& v) { return v.size(); }, values);
      encoded_.push_back({form, encoding,
                          std::visit([&](const auto& v) { return encode_trial(std::span(v), encoding); }, values),
                          count});
      Encoded& one = encoded_.back();
      const double plain = measure(one, Codec::none, 0);
      measure(one, Codec::lz4, 0);
      measure(one, Codec::snappy, 0);
      one.zstd = measure(one, Codec::zstd, 1);
      one.packs = one.zstd < kGain * plain;
    }
  }

  void try_slow_zstd(std::initializer_list<int> levels) {
    for (const int level : levels) {
      const double least = std::ranges::min(choices_, {}, &StorageChoice::bytes).bytes;
      for (Encoded& one : encoded_) {
        if (one.packs && one.zstd <= kWorthwhile * least)
          one.zstd = std::min(one.zstd, measure(one, Codec::zstd, level));
      }
    }
  }

  const std::vector<StorageChoice>& choices() const { return choices_; }

 private:
  struct Encoded {
    DecimalForm form;
    Encoding encoding;
    TrialPages pages;
    std::size_t count;
    double zstd = 0;  // bytes a value, the least so far
    bool packs = false;
  };

  double measure(const Encoded& one, Codec codec, int level) {
    const auto count = static_cast<double>(one.count);
    const StoredSize size{static_cast<double>(bytes_of(one.pages)) / count,
                          static_cast<double>(compressed_bytes(one.pages, codec, level)) / count};
    choices_.push_back({.form = one.form,
                        .encoding = one.encoding,
                        .codec = codec,
                        .level = level,
                        .bytes = size.stored,
                        .nanoseconds = decode_cost(one.form.physical, one.form.scale > 0, one.encoding, codec, size),
                        .reason = {}});
    return size.stored;
  }

  std::vector<Encoded> encoded_;
  std::vector<StorageChoice> choices_;
};

bool better(const StorageChoice& a, const StorageChoice& b, double bytes_per_nanosecond) {
  const auto rank = [&](const StorageChoice& choice) {
    const bool quickest = bytes_per_nanosecond == std::numeric_limits<double>::infinity();
    const double cost = quickest ? choice.nanoseconds : choice.bytes + bytes_per_nanosecond * choice.nanoseconds;
    return std::tuple(cost, choice.bytes, choice.nanoseconds);
  };
  return rank(a) < rank(b);
}

std::string form_text(const DecimalForm& form) {
  if (form.physical == Physical::float64) return "doubles";
  return fmt::format("{} digits in {} bits", std::max(form.scale, 0), form.physical == Physical::int32 ? 32 : 64);
}

std::string cost_text(const StorageChoice& choice, std::string_view unit) {
  return fmt::format("{}: {:.2f} bytes and {:.1f} ns{}", storage_name(choice.encoding, choice.codec, choice.level),
                     choice.bytes, choice.nanoseconds, unit);
}

// What the choice costs, and what lies at both ends.
std::string reason_of(const StorageChoice& best, const std::vector<StorageChoice>& choices) {
  std::string out = cost_text(best, " a value");
  const auto add = [&](std::string_view what, const StorageChoice& other) {
    out += fmt::format("; {}: {}{}", what, other.form == best.form ? "" : form_text(other.form) + ", ",
                       cost_text(other, ""));
  };
  const auto end = [&](double weight) {
    return *std::ranges::min_element(choices, [&](const auto& a, const auto& b) { return better(a, b, weight); });
  };
  const StorageChoice smallest = end(kBytesPerNanosecond.back()), quickest = end(kBytesPerNanosecond.front());
  if (smallest.bytes < best.bytes) add("smallest", smallest);
  if (quickest.nanoseconds < best.nanoseconds) add("quickest", quickest);
  return out;
}

StorageChoice best_of(const std::vector<StorageChoice>& choices, int compression) {
  const double weight = kBytesPerNanosecond[static_cast<std::size_t>(compression)];
  StorageChoice best =
      *std::ranges::min_element(choices, [&](const auto& a, const auto& b) { return better(a, b, weight); });
  best.reason = reason_of(best, choices);
  return best;
}

Result<StorageChoice> choose(const std::vector<std::pair<Values, DecimalForm>>& ways, int compression) {
  try {
    Trials trials;
    for (const auto& [values, form] : ways) trials.add(values, form);
    trials.try_slow_zstd({3, 9});
    if (compression == kMostCompression) trials.try_slow_zstd({19});
    return best_of(trials.choices(), compression);
  } catch (const std::exception&) {  // of encoders that are given whole numbers in memory nothing else can be
    return fail(ErrorCode::out_of_memory, "not enough memory to try how a column is best stored", {},
                "close other programs");
  }
}

StorageChoice compat_choice() {
  return {.form = {Physical::float64, kNoScale},
          .encoding = Encoding::dictionary,
          .codec = Codec::zstd,
          .level = 1,
          .reason = "what old readers read"};
}

StorageChoice no_value(const DecimalForm& form) { return {.form = form, .reason = "no value"}; }

}  // namespace

std::vector<double> spread_sample(std::span<const double> rows) { return sample_of(rows); }
std::vector<std::int32_t> spread_sample(std::span<const std::int32_t> rows) { return sample_of(rows); }

Result<StorageChoice> choose_storage(std::span<const double> sample, const DecimalForm& form, int compression) {
  if (compression == kCompatCompression) return compat_choice();
  MOMENTUM_CHECK(compression >= 0 && compression <= kMostCompression);
  std::vector<double> present;
  std::ranges::copy_if(sample, std::back_inserter(present), [](double v) { return v == v; });
  if (present.empty()) return no_value(form);
  std::vector<std::pair<Values, DecimalForm>> ways = {{values_of(present, form), form}};
  // A few values with digits cost all others of the file their bits; doubles do not mind.
  if (form.physical == Physical::int64) ways.push_back({present, {Physical::float64, kNoScale}});
  return choose(ways, compression);
}

Result<StorageChoice> choose_storage(std::span<const std::int32_t> sample, int compression) {
  constexpr DecimalForm kWhole{Physical::int32, kNoScale};
  if (compression == kCompatCompression) {
    StorageChoice choice = compat_choice();
    choice.form = kWhole;
    return choice;
  }
  MOMENTUM_CHECK(compression >= 0 && compression <= kMostCompression);
  if (sample.empty()) return no_value(kWhole);
  return choose({{std::vector(sample.begin(), sample.end()), kWhole}}, compression);
}

std::string storage_name(Encoding encoding, Codec codec, int level) {
  constexpr std::array<std::string_view, 4> kEncodings = {"plain", "dictionary", "delta", "byte_stream_split"};
  constexpr std::array<std::string_view, 4> kCodecs = {"no codec", "lz4", "snappy", "zstd"};
  std::string text =
      fmt::format("{}, {}", kEncodings[static_cast<std::size_t>(encoding)], kCodecs[static_cast<std::size_t>(codec)]);
  if (codec == Codec::zstd) text += fmt::format(" {}", level);
  return text;
}

}  // namespace momentum::formats
