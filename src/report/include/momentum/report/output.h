#pragma once
// Finished text to where it was asked for: whole or not at all.

#include <string>
#include <string_view>

#include "momentum/base/context.h"
#include "momentum/base/error.h"

namespace momentum::report {

// Says early whether write_file could work: the folder exists and may be written, the target is no folder. Errors:
// io_failed, no_permission.
Result<void> check_target(const std::string& path);

// A file on its way to its name, filled by someone else. A link is followed, the mode of an existing file is kept. Until
// take_place() the old file stands as it was; without it nothing is left.
class FileBeside {
 public:
  // Makes an empty file beside `path`. Errors: those of check_target(); bad_value, where the target is no regular file.
  static Result<FileBeside> create(const std::string& path);
  ~FileBeside();
  FileBeside(FileBeside&& other) noexcept;
  FileBeside& operator=(FileBeside&&) = delete;

  const std::string& temporary() const { return temporary_; }  // to be overwritten
  // Syncs it, gives it the name and syncs the folder. Errors: io_failed, no_permission, disk_full, interrupted.
  Result<void> take_place(const Context& ctx);

 private:
  FileBeside(std::string path, std::string target, std::string temporary);
  std::string path_, target_, temporary_;  // as named, where it really goes, for now
};

// Writes a temporary file beside `path`, fsyncs, renames, fsyncs the folder; a link is followed, the mode of an
// existing file is kept. A target that is no regular file (/dev/null, a pipe) is written directly. After an error or
// a cancellation the old file stands as it was and no temporary file is left. Errors: io_failed, no_permission,
// disk_full, interrupted.
Result<void> write_file(const Context& ctx, const std::string& path, std::string_view bytes);

// Writes to an open descriptor. A reader that went away (EPIPE) is no error: the rest is dropped. Errors: io_failed,
// disk_full, interrupted.
Result<void> write_stream(const Context& ctx, int descriptor, std::string_view name, std::string_view bytes);

}  // namespace momentum::report
