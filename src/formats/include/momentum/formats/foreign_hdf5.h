#pragma once
// HDF5 files that others wrote -> Arrow tables. Such a file is not trusted: the HDF5 library reads it in a process of its own,
// and what that process dies of is an error of the file, not ours.
//
// A table is: a dataset of records (PyTables; one column per number or text, a member of several numbers is one column each,
// `name_0`, `name_1`, ...), or a frame of pandas in its `fixed` layout (the index comes first, as `index`, or as it is called).
// Integers become int64, floats float64, texts utf8, an index of dates timestamp[ns]. Links, external storage and filters that
// would have to be loaded are not followed. The `table` layout of pandas is read as records: the names of its columns are
// pickled, and nothing is ever unpickled.

#include <memory>
#include <string>
#include <vector>

#include "momentum/base/error.h"

namespace arrow {
class Table;
}

namespace momentum::formats {

struct ForeignTable {
  std::string path;  // in the file: /data/SH600000
  std::shared_ptr<arrow::Table> table;
};

// The program that answer_foreign_hdf5() is run in: started as `program arguments... FILE`, its standard output is the answer.
struct ForeignReader {
  std::string program;
  std::vector<std::string> arguments;
};

// All tables of a file, in the order of their paths. Errors: file_not_found, no_permission, io_failed (no process),
// unreadable_data (no HDF5, damage, a process that died), empty_input (no table in it), too_large (more than 2^31 rows, or
// 4 GiB in all), out_of_memory.
Result<std::vector<ForeignTable>> read_foreign_hdf5(const ForeignReader& reader, const std::string& path);

// The other side. Writes all of the answer, errors too, to `fd`; returns the exit status: 0 if it could.
int answer_foreign_hdf5(const std::string& path, int fd);

}  // namespace momentum::formats
