#pragma once
// One plain file of series for whoever reads Parquet, CSV or HDF5: times and doubles, without decimals, seals or checksums of
// ours. The layouts are described in docs/formats.md.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/formats/data_file.h"

namespace momentum::formats {

enum class ExportForm : std::uint8_t { parquet, csv, hdf5 };

// By its suffix: .parquet, .csv; .h5 or .hdf5. None: another one.
std::optional<ExportForm> export_form_of(std::string_view path) noexcept;

// What the rows of a file are of, and the column that says when: `date`, or `datetime` of a day and a minute in it, of no time
// zone.
enum class ExportTime : std::uint8_t { day, minute };

// The rows of one instrument. NaN is missing: null in Parquet, an empty cell in CSV, NaN in HDF5. Infinities stay.
struct ExportSeries {
  std::string_view code;  // as its rows name it; ASCII
  std::string_view key;  // the name of its group in HDF5; unique in a file
  std::span<const std::int32_t> dates;  // days since 1970-01-01, at least one
  std::span<const std::int32_t> minutes =
      {};  // in a file of minutes: after midnight, each below 1440, as long as `dates`
  std::span<const std::vector<double>> columns;  // one per column of the file, each as long as `dates`
};

// Parquet and CSV: rows of `code`, the time and the columns, series after series. HDF5: a pandas frame of each series, in the
// layout that pandas calls fixed. Not thread-safe. Memory: some 20 MB for Parquet, the largest series for the others.
class ExportWriter {
 public:
  virtual ~ExportWriter() = default;
  // Errors: disk_full, no_permission, io_failed, out_of_memory, bad_value (HDF5: a day that pandas cannot tell in nanoseconds,
  // before 1677-09-22 or after 2262-04-10). After one the writer is of no more use.
  virtual Result<void> add(const ExportSeries& series) = 0;
  // Completes the file. It is not synced: that is for whoever gives it its name. Errors: as of add().
  virtual Result<void> close() = 0;
};

// `path` is a file that may be overwritten, the caller's also after an error. `columns`: names of letters, digits and _, not
// `code`, `date` or `datetime`. `notes`: the file's own words about it; Parquet and HDF5 keep those that are not empty as metadata,
// CSV has no place for them.
Result<std::unique_ptr<ExportWriter>> create_export(ExportForm form, const std::string& path, ExportTime time,
                                                    std::vector<std::string> columns, const FileMetadata& notes);

}  // namespace momentum::formats
