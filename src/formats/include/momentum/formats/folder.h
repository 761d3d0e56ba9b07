#pragma once
// A place that holds files under relative paths: a folder of this machine, or a prefix in an object store. What stands under a
// path is whole: a file is there with all of its bytes or it is not there.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/formats/byte_source.h"

namespace momentum::formats {

struct FolderEntry {
  std::string path;  // relative to the folder
  std::int64_t bytes = 0;
  std::chrono::sys_time<std::chrono::microseconds> modified;
};

// Errors everywhere, naming the place: source_failed (the network, or whoever answers there: also missing rights) of an object
// store; no_permission, disk_full, io_failed of a folder; out_of_memory. All members may be called from several threads.
class Folder {
 public:
  virtual ~Folder() = default;
  virtual const std::string& name() const = 0;  // as it was asked for
  std::string name_of(std::string_view path) const;  // of a file in it, for errors

  // Error: file_not_found.
  virtual Result<std::unique_ptr<ByteSource>> open(const std::string& path) const = 0;
  // All of a file, at most `most` bytes. Errors: file_not_found; unreadable_data where it is longer.
  Result<std::vector<std::byte>> read(const std::string& path, std::int64_t most) const;

  // The bytes that `next` gives, piece by piece to an empty one, become the file, in place of one that is there. Whoever reads
  // sees all of the old file or all of the new one. An error of `next` is returned, and nothing has changed then.
  using Pieces = std::function<Result<std::span<const std::byte>>()>;
  virtual Result<void> write(const std::string& path, const Pieces& next) = 0;
  Result<void> write(const std::string& path, std::span<const std::byte> bytes);

  // Every file below `under` (a path without a slash at its end), in no promised order; none where nothing is there.
  virtual Result<std::vector<FolderEntry>> list(const std::string& under) const = 0;
  // Of a file; no error where there is none.
  virtual Result<void> remove(const std::string& path) = 0;
};

// Copies a file of one folder to the same path of another one, and only if it has these bytes: the XXH3-64 is checked before
// the copy becomes visible. advance(bytes) comes after each piece of some megabytes. Errors: file_not_found, unreadable_data
// (another size or other bytes), interrupted (asked between pieces), and those of both folders.
Result<void> copy_file(const Context& ctx, const Folder& from, Folder& to, const std::string& path, std::int64_t bytes,
                       std::uint64_t hash, const std::function<void(std::int64_t)>& advance);

// Whether a place is written as a URI: s3://bucket/prefix, gs://, abfs://, file:///folder.
bool is_uri(std::string_view place) noexcept;
// Whether what is there is not on this machine: a URI that is none of file://.
bool is_remote(std::string_view place) noexcept;
// The path of a file:// URI; other places as they are.
std::string local_path(std::string_view place);
// Whether `place` is `folder` or lies in it, links resolved. Both are paths of this machine and need not be there.
bool is_inside(const std::string& folder, const std::string& place);

// A folder of this machine need not be there yet: write() makes it. Object stores: credentials come from the environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; GOOGLE_APPLICATION_CREDENTIALS; AZURE_STORAGE_KEY, or what these
// services' own libraries find), another server than the usual one from AWS_ENDPOINT_URL or the query of the URI
// (endpoint_override=host:port&scheme=http of s3 and gs; blob_storage_authority=host:port&enable_tls=false of abfs).
// Nothing is asked of the server yet. Errors: bad_value (no such scheme, no bucket, a password in it).
Result<std::shared_ptr<Folder>> open_folder(const std::string& place);

// A program that may have opened an object store calls this before main() returns, when no Folder and no source of one is left:
// the library behind S3 cannot be taken down later than that. Does nothing where none was opened. (Python's pyarrow does it
// itself.)
void finish_object_stores();

}  // namespace momentum::formats
