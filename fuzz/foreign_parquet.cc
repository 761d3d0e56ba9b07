// Parquet files of others, from bytes to cells. The decoders are Arrow's.

#include "foreign_parquet_internal.h"

#include <arrow/table.h>

#include "fuzz_target.h"
#include "momentum/formats/foreign_rows.h"
#include "scratch.h"

namespace momentum::fuzz {
namespace {

void read_cells(const std::shared_ptr<arrow::Table>& table) {
  auto rows = formats::ForeignRows::open(table, "input");
  if (!rows) {
    MOMENTUM_CHECK(rows.error().code == ErrorCode::wrong_columns);
    return;
  }
  std::int64_t read = 0;
  while (rows->next()) {
    ++read;
    MOMENTUM_CHECK(rows->cells().size() == rows->headings().size() && rows->line() == read);
  }
  MOMENTUM_CHECK(read == table->num_rows() && rows->records_left() == 0);
}

}  // namespace

void run(std::string_view bytes) {
  using namespace formats;
  static const Scratch scratch;
  const auto table = read_foreign_parquet(scratch.write("foreign.parquet", bytes), 1 << 24);
  if (!table) {
    MOMENTUM_CHECK(table.error().code == ErrorCode::unreadable_data || table.error().code == ErrorCode::too_large);
    return;
  }
  read_cells(*table);
}

}  // namespace momentum::fuzz
