#pragma once
// The files of one call on their way into `data/`: temporary names, final names, or gone. The caller holds the writer lock.

#include <atomic>
#include <string>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/state.h"

namespace momentum::store {

// Removes what dead writers left in `folder`: files named as NewFiles names them that neither `state`, the newest one, nor
// `garbage` has. Files of other names are not ours. Errors: damaged_store (no folder `data`), no_permission, io_failed.
Result<void> remove_leftovers(const std::string& folder, const catalog::State& state,
                              const std::vector<catalog::Garbage>& garbage);

class NewFiles {
 public:
  explicit NewFiles(std::string folder) : folder_(std::move(folder)) {}
  // Removes every file that it has named, unless keep() was called.
  ~NewFiles();
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;

  // A path for a file to be written, in the folder of the final ones. Any thread.
  std::string draft();
  // Gives the files at `drafts` their final names, in `records`, and syncs their folder. `snapshot` is the one to come.
  Result<void> publish(const std::vector<std::string>& drafts, std::vector<catalog::FileRecord>& records,
                       catalog::SnapshotId snapshot);
  void keep() { kept_ = true; }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  std::atomic<int> drafts_{0};
  std::vector<std::string> published_;
  bool kept_ = false;
};

}  // namespace momentum::store
