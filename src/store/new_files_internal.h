#pragma once
// The files of one call on their way into `data/`: temporary names, final names, or gone. The caller holds the writer lock.

#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/state.h"
#include "momentum/formats/data_file.h"

namespace momentum::store {

// Removes what dead writers left in `folder`: files named as NewFiles names them that neither `state`, the newest one, nor
// `garbage` has. Files of other names are not ours. Errors: damaged_store (no folder `data`), no_permission, io_failed.
Result<void> remove_leftovers(const std::string& folder, const catalog::State& state,
                              const std::vector<catalog::Garbage>& garbage);

// Data files under final names that neither has, by name ("data/..."). Errors: as above.
Result<std::vector<std::string>> unnamed_files(const std::string& folder, const catalog::State& state,
                                               const std::vector<catalog::Garbage>& garbage);

struct NewFile {
  std::string draft;  // where to write it
  std::string path;  // where it will be, relative to the store; never used before
};

class NewFiles {
 public:
  // `snapshot` is the one to come.
  NewFiles(std::string folder, catalog::SnapshotId snapshot, formats::FileForm form = formats::FileForm::parquet)
      : folder_(std::move(folder)), snapshot_(snapshot), form_(form) {}
  // Removes every file that it has named, unless keep() was called.
  ~NewFiles();
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;

  // Any thread.
  NewFile name(catalog::Level level, std::optional<int> bucket);
  // Every file that was named is written: gives all of them their final names and syncs their folder.
  // Errors: disk_full, no_permission, io_failed.
  Result<void> publish();
  void keep() { kept_ = true; }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  catalog::SnapshotId snapshot_;
  formats::FileForm form_;
  std::mutex mutex_;
  std::random_device random_;
  std::vector<NewFile> files_;
  bool kept_ = false;
};

}  // namespace momentum::store
