#pragma once
// Pages of a sample as Parquet would write them, in memory.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "momentum/formats/column_spec.h"

namespace arrow {
class Buffer;
}

namespace momentum::formats {

// The encoded values of one column chunk: its dictionary, if it has one, and its data. Headers and levels, which are the same for
// all encodings, are left out.
using TrialPages = std::vector<std::shared_ptr<arrow::Buffer>>;

// Present values only, at least one. All throw what Parquet and Arrow throw, and std::bad_alloc.
TrialPages encode_trial(std::span<const std::int32_t> values, Encoding encoding);
TrialPages encode_trial(std::span<const std::int64_t> values, Encoding encoding);
TrialPages encode_trial(std::span<const double> values, Encoding encoding);

std::size_t bytes_of(const TrialPages& pages);
// After the codec, each page by itself.
std::size_t compressed_bytes(const TrialPages& pages, Codec codec, int level);

}  // namespace momentum::formats
