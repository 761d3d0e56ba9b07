// HDF5 files of others. The library that reads them is not ours and may die of them, which is why the product reads them in a
// process of its own: of what is found here, only what lies in our own code counts (fuzz/README.md).

#include "foreign_records_internal.h"

#include <hdf5.h>

#include "fuzz_target.h"
#include "scratch.h"

namespace momentum::fuzz {

void run(std::string_view bytes) {
  using namespace formats;
  static const Scratch scratch;
  // The library takes half a megabyte for each file that it opens: pages from the system, new each time, unless it may keep it.
  static const bool keeps_memory = H5set_free_list_limits(-1, -1, -1, -1, -1, -1) >= 0;
  MOMENTUM_CHECK(keeps_memory);
  const auto tables = read_foreign_records(scratch.write("foreign.h5", bytes), 1 << 20);
  if (!tables) {
    const ErrorCode code = tables.error().code;
    MOMENTUM_CHECK(code == ErrorCode::unreadable_data || code == ErrorCode::too_large ||
                   code == ErrorCode::empty_input);
    return;
  }
  for (const ForeignRecords& table : *tables) {
    MOMENTUM_CHECK(!table.columns.empty());
    const auto rows = [](const ForeignColumn& column) {
      return std::visit([](const auto& values) { return values.size(); }, column.values);
    };
    for (const ForeignColumn& column : table.columns) MOMENTUM_CHECK(rows(column) == rows(table.columns[0]));
  }
}

}  // namespace momentum::fuzz
