// store_ahead STORE NEWEST SYMBOL DATE OPEN HIGH LOW CLOSE VOLUME: corrects one stored bar of SYMBOL, in a call that expects
// bars as late as NEWEST and gets none. So every bar lies in the files in which it will belong then, and not in those of
// today: what no import of the program leaves, and a compaction puts in order.

#include <arrow/api.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "momentum/catalog/catalog.h"
#include "momentum/store/ingest.h"

namespace momentum::store {
namespace {

constexpr std::array kNames{"open", "high", "low", "close", "volume"};

std::shared_ptr<arrow::Table> bar(Date day, char** values) {
  arrow::FieldVector fields{arrow::field("date", arrow::date32(), false)};
  arrow::ArrayVector columns{
      std::make_shared<arrow::Date32Array>(1, arrow::Buffer::FromVector(std::vector<std::int32_t>{day.days}))};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    fields.push_back(arrow::field(kNames[i], arrow::float64()));
    columns.push_back(
        std::make_shared<arrow::DoubleArray>(1, arrow::Buffer::FromVector(std::vector<double>{std::atof(values[i])})));
  }
  return arrow::Table::Make(arrow::schema(fields), columns, 1);
}

Result<void> put_ahead(char** arguments) {
  Context ctx;
  ctx.threads = 1;
  const std::optional<Date> newest = parse_date(arguments[2]), day = parse_date(arguments[4]);
  if (!newest || !day) return fail(ErrorCode::bad_value, "no date", arguments[newest ? 4 : 2], "say 2024-01-31");
  MOMENTUM_TRY(const catalog::WriterLock lock, catalog::WriterLock::acquire(ctx, arguments[1], {}));
  MOMENTUM_TRY(catalog::Catalog catalog, catalog::Catalog::open(lock));
  MOMENTUM_TRY(const catalog::State state, catalog.load());
  for (const catalog::InstrumentRecord& record : state.instruments) {
    if (record.code.symbol != arguments[3]) continue;
    const std::array incoming{Incoming{record}};
    const auto bars = [&](std::size_t) -> Result<std::shared_ptr<arrow::Table>> { return bar(*day, arguments + 5); };
    MOMENTUM_TRY(const Outcome out,
                 ingest(ctx, lock, catalog, state, incoming, bars, {}, {}, {.replace = true, .newest = *newest}));
    if (out.corrected == 1) return {};
  }
  return fail(ErrorCode::bad_value, "no such bar, or that very one", arguments[3], "name one that is stored");
}

}  // namespace
}  // namespace momentum::store

int main(int count, char** arguments) {
  if (count != 10) {
    std::fprintf(stderr, "usage: store_ahead STORE NEWEST SYMBOL DATE OPEN HIGH LOW CLOSE VOLUME\n");
    return 2;
  }
  const auto done = momentum::store::put_ahead(arguments);
  if (!done) std::fprintf(stderr, "store_ahead: %s\n", done.error().to_string().c_str());
  return done ? 0 : done.error().exit_status();
}
