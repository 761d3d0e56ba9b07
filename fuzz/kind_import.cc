// What is no bars, as CSV files.

#include "momentum/sources/kind_tables.h"

#include "fuzz_target.h"
#include "input.h"
#include "scratch.h"

namespace momentum::fuzz {
namespace {

template <class Row>
void check(const Result<sources::KindTable<Row>>& table) {
  if (!table) {
    const Category category = table.error().category();
    MOMENTUM_CHECK(category == Category::bad_data || category == Category::usage || category == Category::limit);
    return;
  }
  const sources::ReadSummary& sum = table->summary;
  MOMENTUM_CHECK(sum.stored == static_cast<std::int64_t>(table->rows.size()));
  MOMENTUM_CHECK(sum.quarantined == static_cast<std::int64_t>(table->quarantine.size()));
  MOMENTUM_CHECK(sum.rows_in == sum.stored + sum.duplicates + sum.quarantined);
}

}  // namespace

void run(std::string_view bytes) {
  static const Scratch scratch;
  Input input(bytes);
  const std::size_t kind = input.below(6);
  Context ctx;
  ctx.threads = 1;
  const std::string path = scratch.write("kind.csv", input.rest());
  switch (kind) {
    case 0: return check(sources::read_instruments(ctx, {path}));
    case 1: return check(sources::read_calendar(ctx, {path}));
    case 2: return check(sources::read_suspensions(ctx, {path}));
    case 3: return check(sources::read_factors(ctx, {path}));
    case 4: return check(sources::read_actions(ctx, {path}));
    default: return check(sources::read_limits(ctx, {path}));
  }
}

}  // namespace momentum::fuzz
