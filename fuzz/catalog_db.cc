// catalog.db with wrong bytes, and with wrong cells in rows whose checksums are right.

#include "fuzz_target.h"
#include "momentum/catalog/catalog.h"
#include "sample_catalog.h"

namespace momentum::fuzz {

void run(std::string_view bytes) {
  static const SampleCatalog sample;
  static const Scratch scratch;
  Input input(bytes);
  const bool cells = input.below(2) == 0;
  scratch.write("catalog.db", cells ? sample.with_cells(input) : SampleCatalog::with_bytes(sample.image(), input));
  SampleCatalog::read(scratch.path());
}

}  // namespace momentum::fuzz
