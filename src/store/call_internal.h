#pragma once
// One call of ingest(): bucket by bucket merged and written, then the tail of the whole market, where it is one file.

#include <array>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "momentum/base/progress.h"
#include "new_files_internal.h"
#include "rewriting_internal.h"

namespace momentum::store {

class Call {
 public:
  Call(const Context& ctx, const std::string& folder, const catalog::State& state, std::span<const Incoming> incoming,
       const BarsOf& bars_of, const Describe& describe, const IngestOptions& options);

  // Pulls and merges everything and writes the new files under temporary names.
  Result<void> run();
  // Without incoming: writes anew what does not stand where it belongs. Returns whether there was anything.
  Result<bool> compact();
  // One per incoming, after run().
  const std::vector<Merging>& merged() const { return merged_; }
  bool has_new_bars() const;

  // Gives the new files their final names and adds them to `change`, with the files that they replace. Error internal: rows
  // in and rows out do not add up.
  Result<void> publish(catalog::Change& change);
  NewFiles& new_files() { return new_files_; }

 private:
  struct Bucket {
    std::vector<std::size_t> incoming;  // places in incoming_
    Patches patches;
    std::vector<Target> targets;  // written, even if nothing was left for them
    std::vector<catalog::FileRecord> records;
  };

  Sources sources_of(std::optional<int> bucket);
  Result<void> merge(Bucket& bucket, int number, Progress& progress);
  Result<void> write_all_levels();
  Result<void> write_levels(Bucket& bucket, int number);
  Result<void> write_tail();
  Result<void> write(const Target& target, Sources& sources, const Patches& patches, Bucket& into);

  const Context& ctx_;
  const catalog::State& state_;
  std::span<const Incoming> incoming_;
  const BarsOf& bars_of_;
  const Describe& describe_;
  const IngestOptions& options_;
  Date newest_;  // of the dataset after the call, as soon as it is known
  std::deque<StoredFile> files_;
  std::vector<Merging> merged_;
  int bucket_count_;
  std::vector<Bucket> buckets_;
  Bucket tail_;
  NewFiles new_files_;
};

}  // namespace momentum::store
