#pragma once
// How a column is best stored: every encoding and codec is tried on a sample, and its bytes are weighed against the time that
// reading will take. The time comes from a table, not from a clock: the same values and level give the same choice on every
// machine, so that equal data makes equal files.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/column_spec.h"
#include "momentum/formats/decimal_column.h"

namespace momentum::formats {

// Levels go from 0, quickest to read, to 9, smallest. Between them a value costs its bytes plus this many for each nanosecond.
inline constexpr int kMostCompression = 9;
// For readers that know no newer encodings: all numbers as doubles, dictionary and zstd. Never chosen by weighing.
inline constexpr int kCompatCompression = -1;

struct StorageChoice {
  DecimalForm form;
  Encoding encoding = Encoding::plain;
  Codec codec = Codec::none;
  int level = 0;  // of zstd
  double bytes = 0;  // per present value of the sample
  double nanoseconds = 0;  // per value, by the table
  std::string reason;  // for people: what it costs, and what the smallest and the quickest way would
};

// Stretches from everywhere between the first row and the last, not the head: a market is many histories one after the other.
// All of the rows where they are few. A few hundred KB at most.
std::vector<double> spread_sample(std::span<const double> rows);
std::vector<std::int32_t> spread_sample(std::span<const std::int32_t> rows);

// The choice for doubles that `form` holds exactly (NaN is missing), between that form and doubles; and for whole numbers.
// `compression` is a level or kCompatCompression. On the same sample a higher level's choice has no more
// bytes than a lower one's. Without a value: plain, no codec. BYTE_STREAM_SPLIT is for doubles only: on integers not every
// peer reads it. Cost: 1 to 20 ms for a whole sample, 150 ms at level 9. Errors: out_of_memory.
Result<StorageChoice> choose_storage(std::span<const double> sample, const DecimalForm& form, int compression);
Result<StorageChoice> choose_storage(std::span<const std::int32_t> sample, int compression);

// "plain, no codec"; "delta, zstd 3"
std::string storage_name(Encoding encoding, Codec codec, int level);

}  // namespace momentum::formats
