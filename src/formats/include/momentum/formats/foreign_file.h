#pragma once
// Parquet and HDF5 files that others wrote -> Arrow tables. Such a file is not trusted: the libraries read it in a process of its
// own, and what that process dies of is an error of the file, not ours.
//
// A table is: a Parquet file; in HDF5 a dataset of records (PyTables; one column per number or text, a member of several numbers
// is one column each, `name_0`, `name_1`, ...), or a frame of pandas in its `fixed` layout (the index comes first, as `index`, or
// as it is called), or in its `table` layout with data columns. Columns of Parquet have the types that the file says; of HDF5,
// integers become int64, floats float64, texts utf8, an index of dates timestamp. Links, external storage and filters that
// would have to be loaded are not followed. Without data columns the `table` layout pickles the names of its columns, and
// nothing is ever unpickled: it is refused.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"

namespace arrow {
class Table;
}

namespace momentum::formats {

struct ForeignTable {
  std::string path;  // in an HDF5 file: /data/SH600000; "": the file is the table
  std::shared_ptr<arrow::Table> table;
};

// The program that answer_foreign_file() is run in: started as `program arguments... FILE`, its standard output is the answer.
struct ForeignReader {
  std::string program;
  std::vector<std::string> arguments;
};

// Whether a file of this name is one: .parquet, .pq, .h5, .hdf5, .hdf in any letter case.
bool is_foreign_name(std::string_view name);

// All tables of a file, in the order of their paths. Errors: file_not_found, no_permission, io_failed (no process),
// unreadable_data (neither Parquet nor HDF5, damage, a process that died), empty_input (no table in it), too_large (more than
// 2^31 rows, 4096 columns, or 4 GiB in all), out_of_memory.
Result<std::vector<ForeignTable>> read_foreign_file(const ForeignReader& reader, const std::string& path);

// The same of a file in memory, whose name is for errors.
Result<std::vector<ForeignTable>> read_foreign_bytes(const ForeignReader& reader, std::string_view bytes,
                                                     const std::string& name);

// The other side. Writes all of the answer, errors too, to `fd`; returns the exit status: 0 if it could. Limits of the process
// are set for good: call it in a process that does nothing else.
int answer_foreign_file(const std::string& path, int fd);

}  // namespace momentum::formats
