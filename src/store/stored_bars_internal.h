#pragma once
// Bars that stand in the files of a state, read in the order in which a writer wants them.

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bar_series_internal.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "momentum/formats/data_file.h"

namespace momentum::store {

// A file of the state. Opened by whoever needs it first; any thread may.
class StoredFile {
 public:
  StoredFile(std::string folder, std::string uuid, const catalog::FileRecord& record)
      : folder_(std::move(folder)), uuid_(std::move(uuid)), record_(&record) {}

  const catalog::FileRecord& record() const { return *record_; }
  Dataset dataset() const { return dataset_named(record_->dataset).value_or(Dataset::daily); }
  std::string path() const { return folder_ + "/" + record_->path; }
  const catalog::Extent* extent_of(catalog::InstrumentId id) const;  // null: it has no bars of it
  // Errors: those of open_data_file().
  Result<const formats::DataFileReader*> reader();

 private:
  std::string folder_, uuid_;
  const catalog::FileRecord* record_;
  std::once_flag once_;
  Result<std::unique_ptr<formats::DataFileReader>> opened_;
};

// Keeps one row group decoded: cheap for extents in ascending order. One thread.
class StoredBars {
 public:
  explicit StoredBars(StoredFile& file) : file_(&file) {}
  StoredFile& file() const { return *file_; }
  // Valid until the next call. Columns that the file lacks are not there.
  Result<BarSeries> read(const catalog::Extent& extent, ColumnMask wanted);

 private:
  Result<void> decode(const formats::DataFileReader& reader, std::size_t group, ColumnMask wanted);

  StoredFile* file_;
  std::optional<std::size_t> group_;
  ColumnMask decoded_ = 0;
  std::vector<std::int32_t> times_;
  std::array<std::vector<double>, kColumns> columns_;
};

}  // namespace momentum::store
