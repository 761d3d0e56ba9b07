#pragma once
// A store opened for its upkeep, at a time of the test's choice.

#include "ingest_fixture.h"
#include "momentum/store/compact.h"
#include "momentum/store/gc.h"
#include "momentum/store/repair.h"

namespace momentum::store {

class TestClock final : public Clock {
 public:
  explicit TestClock(Date day) { set(day); }
  void set(Date day) { now_ = FixedClock(day).now(); }
  void pass(std::chrono::seconds time) { now_ += time; }
  std::chrono::system_clock::time_point now() const override { return now_; }

 private:
  std::chrono::system_clock::time_point now_;
};

struct Opened {
  explicit Opened(const IngestStore& store)
      : lock(catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)).value()),
        catalog(catalog::Catalog::open(lock).value()),
        state(catalog.load().value()) {}
  catalog::WriterLock lock;
  catalog::Catalog catalog;
  catalog::State state;
};

inline Context at(const Clock& clock, int threads = 2) {
  Context ctx = on_threads(threads);
  ctx.clock = &clock;
  return ctx;
}

inline Result<GcPlan> gc(const IngestStore& store, const Context& ctx, std::chrono::microseconds grace = kGrace) {
  Opened to(store);
  MOMENTUM_TRY(const GcPlan plan, plan_gc(ctx, to.catalog, grace));
  MOMENTUM_TRY_VOID(collect(ctx, to.lock, to.catalog, to.state, plan));
  return plan;
}

inline Result<Compaction> compact(const IngestStore& store, const Context& ctx = on_threads(2)) {
  Opened to(store);
  return compact(ctx, to.lock, to.catalog, to.state);
}

inline Result<Repair> repair(const IngestStore& store) {
  MOMENTUM_TRY(const auto lock, catalog::WriterLock::acquire({}, store.folder(), std::chrono::milliseconds(0)));
  return repair(on_threads(1), lock);
}

// The files that the states that can be read need.
inline std::set<std::string> needed_names(const IngestStore& store) {
  const auto catalog = catalog::Catalog::open(store.folder()).value();
  const std::vector<catalog::LogEntry> history = catalog.history().value();
  std::set<std::string> out;
  for (const catalog::LogEntry& entry : history) {
    if (entry.dropped) continue;
    const catalog::State state = catalog.load(entry.snapshot.id).value();
    for (const catalog::FileRecord& file : state.files) out.insert(file.path);
  }
  return out;
}

}  // namespace momentum::store
