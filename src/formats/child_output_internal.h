#pragma once
// A program run as a child process, for its standard output.

#include <string>
#include <vector>

#include "momentum/base/error.h"

namespace momentum::formats {

struct ChildOutput {
  std::string bytes;
  int status = 0;  // exit status
  int signal = 0;  // that it died of; 0: none
  bool too_large = false;  // it wrote more than 16 GiB and was ended
};

// Its standard input is the file `standard_input`, empty where that is -1; what it says on standard error is dropped. Errors:
// io_failed (it cannot be started).
Result<ChildOutput> run_child(const std::string& program, const std::vector<std::string>& arguments,
                              int standard_input = -1);

}  // namespace momentum::formats
