// States as bytes: refused, or of the kind that no reader has to check again.

#include <span>
#include <string>

#include "fuzz_target.h"
#include "input.h"
#include "momentum/catalog/state_bytes.h"
#include "packed_text.h"

namespace momentum::fuzz {

void run(std::string_view bytes) {
  using namespace catalog;
  Input input(bytes);
  const Scope scope = input.below(2) == 0 ? Scope::whole : Scope::part;
  const std::string blob = assemble(input.rest());
  const auto state = unpack_state(std::as_bytes(std::span(blob)), "state", scope);
  if (!state) {
    MOMENTUM_CHECK(state.error().code == ErrorCode::damaged_store || state.error().code == ErrorCode::store_version);
    return;
  }
  MOMENTUM_CHECK(state->coverage.size() == state->instruments.size());
  const auto packed = pack_state(*state, scope);
  const auto again = unpack_state(packed, "packed again", scope);
  MOMENTUM_CHECK(again && pack_state(*again, scope) == packed);
}

}  // namespace momentum::fuzz
