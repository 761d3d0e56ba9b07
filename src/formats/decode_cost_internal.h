#pragma once
// What reading a value costs, as a table.

#include "momentum/formats/column_spec.h"

namespace momentum::formats {

// A column as it would lie in a file, per value: bytes as encoded, and as stored after the codec.
struct StoredSize {
  double encoded = 0, stored = 0;
};

// Nanoseconds of processor time per value for ColumnFileReader::stream_real(), checksum included, file in memory. Fitted by hand to
// what bench/column_cost_bench measures and prints beside it; a pure function, so that files do not depend on the machine's mood.
double decode_cost(Physical physical, bool scaled, Encoding encoding, Codec codec, StoredSize size);

}  // namespace momentum::formats
