#include "momentum/catalog/limits_bytes.h"

#include "momentum/catalog/packed.h"
#include "records_internal.h"

namespace momentum::catalog {
namespace {

constexpr std::string_view kMagic = "momentum limits";

}  // namespace

std::vector<std::byte> pack_day_limits(std::span<const DayLimits> days) {
  PackedWriter out(kLimitsBytesVersion);
  out.text(kMagic);
  out.count(days.size());
  for (const DayLimits& day : days) {
    out.date(day.day);
    out.text(pack_limits(day.limits));
  }
  return bytes_of(std::move(out).seal());
}

Result<std::vector<DayLimits>> unpack_day_limits(std::span<const std::byte> bytes, std::string_view where) {
  MOMENTUM_TRY(PackedReader in, open_packed(bytes, kLimitsBytesVersion, where));
  if (in.text() != kMagic) return damaged("another kind of file", where);
  std::vector<DayLimits> days(in.count());
  Date before;  // less than any
  for (DayLimits& day : days) {
    day.day = in.date();
    if (day.day <= before) return damaged("days of limits out of order", where);
    before = day.day;
    MOMENTUM_TRY(day.limits, unpack_limits(in.text(), where));
  }
  MOMENTUM_TRY_VOID(in.finish(where));
  return days;
}

}  // namespace momentum::catalog
