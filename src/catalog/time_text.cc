#include <fmt/format.h>

#include "momentum/catalog/state.h"

namespace momentum::catalog {

// A clock's formatter counts in nanoseconds, which overflow for what a damaged row may hold.
std::string time_text(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}T{:02}:{:02}:{:02}Z",
                     to_string(Date{static_cast<std::int32_t>(day.time_since_epoch().count())}), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace momentum::catalog
