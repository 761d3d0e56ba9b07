#pragma once
// `momentum demo`: a synthetic market in a store of its own.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/sources/demo_market.h"

namespace momentum::engine {

struct DemoRequest {
  std::string store;
  sources::DemoOptions market;
  int minutes = 0;  // of so many last sessions there are bars of minutes, too
  std::chrono::milliseconds lock_wait{0};
  std::optional<std::string> storage;
  std::optional<int> compression;
  std::string tool_version;
};

struct DemoReport {
  std::int64_t instruments = 0, bars = 0, sessions = 0;
  std::int64_t minutes = 0;  // bars of minutes
  Date first, last;  // session
  std::int64_t snapshot = 0;
};

// Makes the market in one commit, and its minutes in another one: the same options, the same data. The store says that it is
// synthetic and by what options. Errors: store_exists (a store with anything in it), bad_value (options, a storage that nobody
// knows, a folder that is something else), those of writing a store.
Result<DemoReport> make_demo(const Context& ctx, const DemoRequest& request);

}  // namespace momentum::engine
