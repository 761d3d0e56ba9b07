#pragma once
// Where a column file's bytes go: the one place that writes to a disk, with a twin in the tests that fails.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "momentum/base/error.h"

namespace momentum::formats {

// Every call returns 0 or an errno. After a failure nothing more is asked of it but discard().
class OutputFile {
 public:
  virtual ~OutputFile() = default;
  virtual int write(std::span<const std::byte> bytes) = 0;  // all of them
  virtual int sync() = 0;  // bytes and size are on the disk
  virtual int close() = 0;
  virtual void discard() = 0;  // closes and removes it
};

// A new file; one that exists is never touched.
Result<std::unique_ptr<OutputFile>> create_output_file(const std::string& path);

// One that may be overwritten: empty from here on.
Result<std::unique_ptr<OutputFile>> replace_output_file(const std::string& path);

std::unexpected<Error> write_failed(int error, const std::string& path);

}  // namespace momentum::formats
