// What names the states of a published copy.

#include <span>
#include <string>

#include "fuzz_target.h"
#include "latest_internal.h"
#include "packed_text.h"

namespace momentum::fuzz {

void run(std::string_view bytes) {
  using namespace store;
  const std::string blob = assemble(bytes);
  const auto published = unpack_latest(std::as_bytes(std::span(blob)), "latest");
  if (!published) {
    const ErrorCode code = published.error().code;
    MOMENTUM_CHECK(code == ErrorCode::damaged_store || code == ErrorCode::store_version);
    return;
  }
  MOMENTUM_CHECK(!published->states.empty());
  const auto packed = pack_latest(*published);
  const auto again = unpack_latest(packed, "packed again");
  MOMENTUM_CHECK(again && pack_latest(*again) == packed);
}

}  // namespace momentum::fuzz
