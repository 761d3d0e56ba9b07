// The blobs of the catalog's rows: unpacked or refused, and what is unpacked is packed and unpacked to the same again.

#include "packed_text.h"

#include <string>

#include "fuzz_target.h"
#include "input.h"
#include "records_internal.h"

namespace momentum::fuzz {
namespace {

using namespace catalog;

// unpack(blob) is a Result, pack(value) its inverse.
template <class Unpack, class Pack>
void there_and_back(const std::string& blob, Unpack&& unpack, Pack&& pack) {
  const auto value = unpack(blob);
  if (!value) {
    MOMENTUM_CHECK(value.error().code == ErrorCode::damaged_store);
    return;
  }
  const std::string packed = pack(*value);
  const auto again = unpack(packed);
  MOMENTUM_CHECK(again && pack(*again) == packed);
}

Result<InstrumentRecord> history_of(const std::string& blob) {
  InstrumentRecord record;
  MOMENTUM_TRY_VOID(unpack_history(blob, "history", record));
  return record;
}

Result<MarketDays> days_of(const std::string& blob) {
  MarketDays days;
  MOMENTUM_TRY_VOID(unpack_days(blob, "days", days));
  return days;
}

}  // namespace

void run(std::string_view bytes) {
  Input input(bytes);
  const std::size_t kind = input.below(6);
  const std::string blob = assemble(input.rest());
  switch (kind) {
    case 0: return there_and_back(blob, history_of, [](const auto& record) { return pack_history(record); });
    case 1: return there_and_back(blob, [](const auto& b) { return unpack_columns(b, "columns"); }, pack_columns);
    case 2:
      return there_and_back(blob, [](const auto& b) { return unpack_row_groups(b, "row groups"); }, pack_row_groups);
    case 3: return there_and_back(blob, [](const auto& b) { return unpack_extents(b, "extents"); }, pack_extents);
    case 4: return there_and_back(blob, days_of, [](const auto& days) { return pack_days(days, 0, days.days.size()); });
    default: return there_and_back(blob, [](const auto& b) { return unpack_limits(b, "limits"); }, pack_limits);
  }
}

}  // namespace momentum::fuzz
