#pragma once
// What is settled about a stock of the demo market before its first price: code, industry, listing, ST, planted case.

#include <cstddef>
#include <cstdint>
#include <span>

#include "momentum/sources/demo_market.h"

namespace momentum::sources {

enum class DemoBoard : std::uint8_t { main, chinext, star, bse };

// Streams of DemoRandom: a number each, never reused.
enum class DemoPurpose : std::uint64_t { plan = 1, market, industry, traits, path, absence, minutes };

// Sessions are indices into demo_sessions(). first <= end.
struct DemoPlan {
  Instrument id;
  DemoBoard board = DemoBoard::main;
  std::size_t industry = 0;  // index into demo_industries()
  DemoCase planted = DemoCase::none;
  Date list_date;
  std::int64_t first = 0;  // its first session in the window
  std::int64_t end = 0;  // behind its last: delisted there, or the number of sessions
  std::int64_t listed_for = 0;  // sessions it had been listed for at `first`: 0, or many when listed before the window
  std::int64_t st_begin = 0, st_end = 0;  // ST in [st_begin, st_end)
  std::int64_t worse_begin = 0;  // *ST from here to st_end
  bool is_st(std::int64_t session) const noexcept { return st_begin <= session && session < st_end; }
};

// A pure function of its arguments. i < options.stocks; sessions are at least 200.
DemoPlan demo_plan(const DemoOptions& options, std::span<const Date> sessions, std::size_t i);

}  // namespace momentum::sources
