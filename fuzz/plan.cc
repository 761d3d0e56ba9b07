// Plans as bytes: refused, or planned and opened like any other. The files that they name are not there.

#include <span>
#include <string>

#include "fuzz_target.h"
#include "momentum/store/batch_reader.h"
#include "momentum/store/shipped_plan.h"
#include "packed_text.h"

namespace momentum::fuzz {

void run(std::string_view bytes) {
  using namespace store;
  const std::string blob = assemble(bytes);
  const auto shipped = unpack_plan(std::as_bytes(std::span(blob)));
  if (!shipped) {
    const ErrorCode code = shipped.error().code;
    MOMENTUM_CHECK(code == ErrorCode::damaged_store || code == ErrorCode::store_version);
    return;
  }
  const auto packed = pack_plan(shipped->state, shipped->need, shipped->options);
  const auto again = unpack_plan(packed);
  MOMENTUM_CHECK(again && pack_plan(again->state, again->need, again->options) == packed);
  const auto planned = plan(shipped->state, shipped->need, shipped->options);
  if (!planned) {
    MOMENTUM_CHECK(planned.error().code == ErrorCode::damaged_store);
    return;
  }
  std::int64_t rows = 0;
  for (const Batch& batch : planned->batches) {
    std::int64_t of_batch = 0;
    for (const PlannedInstrument& instrument : batch.instruments) {
      std::int64_t of_instrument = 0;
      for (const Piece& piece : instrument.pieces) {
        const auto& groups = shipped->state.files[piece.file].row_groups;
        MOMENTUM_CHECK(piece.row >= 0 && piece.rows > 0 && piece.row + piece.rows <= groups[piece.group].rows);
        of_instrument += piece.rows;
      }
      MOMENTUM_CHECK(of_instrument == instrument.rows);
      of_batch += instrument.rows;
    }
    MOMENTUM_CHECK(of_batch == batch.rows);
    rows += batch.rows;
  }
  MOMENTUM_CHECK(rows == planned->rows);
  Context ctx;
  ctx.threads = 1;
  const auto reader = BarsReader::open(ctx, "/nonexistent", shipped->state, *planned);
  for (const Batch& batch : planned->batches) {
    if (!reader || batch.rows > 1'000'000) break;  // memory for the rows comes before the files
    MOMENTUM_CHECK(!reader->read(batch));
  }
}

}  // namespace momentum::fuzz
