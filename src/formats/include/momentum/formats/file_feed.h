#pragma once
// Files, folders, globs and archives -> whole files in memory, one after the other, for several threads at once.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "momentum/base/error.h"

struct archive;

namespace momentum::formats {

// One file. Its place in the order of the paths is `ordinal`; it is set even where reading that file failed.
struct FileBytes {
  std::size_t ordinal = 0;
  std::string name;   // the path as given or found below it; members of archives as archive.tar!folder/member.csv
  std::string stem;   // last part of the name without folder and suffix: sh600000
  std::string bytes;  // as they are: no decoding
  bool foreign = false;  // Parquet or HDF5, by its name (foreign_file.h)
  bool unread = false;  // foreign and no member of an archive: `bytes` is empty, its reader opens it by its name
  std::uint64_t read = 0;  // bytes read from the disk for it, for progress; sums up to total_bytes() or just below
};

// Which files `paths` stand for: a file of any name; a folder, with every table below it, sorted, hidden ones left out; a
// glob, sorted; an archive by its suffix (.tar .tar.* .tgz .txz .tbz2 .zip, with its tables in archive order; x.csv.gz and the
// like as one file). Tables are *.csv, *.txt and the names of foreign_file.h. Order: that of paths. Symbolic links to folders
// are not followed. A store of our own or a published copy, below a folder, is left out (stores()).
class FileFeed {
 public:
  // Errors: file_not_found (also for a glob without match), no_permission, empty_input (a folder without such files),
  // unreadable_data (a folder that is itself a store).
  static Result<std::unique_ptr<FileFeed>> open(const std::vector<std::string>& paths);
  ~FileFeed();
  FileFeed(const FileFeed&) = delete;
  FileFeed& operator=(const FileFeed&) = delete;

  std::uint64_t total_bytes() const { return total_bytes_; }
  const std::vector<std::string>& stores() const { return stores_; }  // folders that were left out, in path order

  // The next file; false when there is none left. Thread-safe: ordinals are handed out ascending, plain files are read
  // outside the lock, archives are unpacked inside it (by whichever thread asks, while the others work on what they have).
  // Errors: no_permission, io_failed, unreadable_data (corrupt or encrypted archive), empty_input (archive without such
  // members), too_large (a file of more than 4 GiB). After an error the rest of that archive is skipped.
  Result<bool> next(FileBytes& file);

  // Makes every later next() return false.
  void stop();

 private:
  struct Root {
    std::string path;
    std::uint64_t size;
    bool is_archive;
  };
  FileFeed() = default;
  Result<bool> next_member(FileBytes& file);  // under the lock; false at the end of the archive
  void close_archive();

  std::vector<Root> roots_;
  std::vector<std::string> stores_;
  std::uint64_t total_bytes_ = 0;
  std::mutex mutex_;
  std::size_t next_root_ = 0;
  std::size_t next_ordinal_ = 0;
  bool stopped_ = false;
  bool in_archive_ = false;  // roots_[next_root_ - 1] is an archive with members left
  archive* archive_ = nullptr;  // opened at its first member
  bool single_ = false;  // a compressed file, not a container
  std::size_t members_ = 0;  // members of archive_ handed out
  std::uint64_t counted_ = 0;  // bytes of archive_ that FileBytes::read has reported
};

}  // namespace momentum::formats
