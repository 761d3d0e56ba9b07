// Redo files, from which a catalog is made anew, and the catalog that comes of them.

#include "redo_internal.h"

#include <string>

#include "fuzz_target.h"
#include "input.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/packed.h"
#include "packed_text.h"
#include "sample_catalog.h"
#include "scratch.h"

namespace momentum::fuzz {
namespace {

using namespace catalog;

// An envelope with everything right, around any body.
std::string envelope(std::string_view uuid, std::int64_t number, std::uint64_t before, std::string_view body) {
  PackedWriter out(1);
  out.text("momentum redo");
  out.text(uuid);
  out.integer(kStoreFormatVersion);
  out.integer(number);
  out.number(before);
  out.text(body);
  return std::move(out).seal();
}

}  // namespace

void run(std::string_view bytes) {
  static const SampleCatalog sample;
  static const Scratch scratch;
  Input input(bytes);
  const std::size_t mode = input.below(4);
  const std::string_view uuid = SampleCatalog::kUuid;
  SampleCatalog::clear(scratch.path());
  // A base of a damaged database, any base, or the right one with any changes after it, or any record.
  scratch.write("redo/0000000000.base",
                mode == 0   ? envelope(uuid, 0, 0, SampleCatalog::with_bytes(sample.empty_image(), input))
                : mode == 1 ? assemble(input.rest())
                            : sample.base());
  if (mode == 2) scratch.write("redo/0000000001.record", envelope(uuid, 1, 0, input.rest()));
  if (mode == 3) scratch.write("redo/0000000001.record", assemble(input.rest()));
  const Redo redo(scratch.path());
  const auto replayed = redo.replay(scratch.path("catalog.db"));
  if (!replayed) {
    MOMENTUM_CHECK(replayed.error().category() != Category::internal);
    return;
  }
  SampleCatalog::read(scratch.path());
}

}  // namespace momentum::fuzz
