// What a published copy has beside data files and states: what names the states, and months of price limits.

#include <span>
#include <string>

#include "fuzz_target.h"
#include "latest_internal.h"
#include "momentum/catalog/limits_bytes.h"
#include "packed_text.h"

namespace momentum::fuzz {
namespace {

void check_refusal(const Error& error) {
  MOMENTUM_CHECK(error.code == ErrorCode::damaged_store || error.code == ErrorCode::store_version);
}

}  // namespace

void run(std::string_view bytes) {
  using namespace store;
  const std::string blob = assemble(bytes);
  if (const auto published = unpack_latest(std::as_bytes(std::span(blob)), "latest")) {
    MOMENTUM_CHECK(!published->states.empty());
    const auto packed = pack_latest(*published);
    const auto again = unpack_latest(packed, "packed again");
    MOMENTUM_CHECK(again && pack_latest(*again) == packed);
  } else {
    check_refusal(published.error());
  }
  if (const auto days = catalog::unpack_day_limits(std::as_bytes(std::span(blob)), "limits")) {
    const auto again = catalog::unpack_day_limits(catalog::pack_day_limits(*days), "packed again");
    MOMENTUM_CHECK(again && *again == *days);
  } else {
    check_refusal(days.error());
  }
}

}  // namespace momentum::fuzz
