#pragma once
// A folder for what has to be a file, gone when the process ends well. Put it into memory by TMPDIR.

#include <string>
#include <string_view>

namespace momentum::fuzz {

class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }
  // Replaces the file. Returns its path.
  std::string write(std::string_view name, std::string_view bytes) const;

 private:
  std::string path_;
};

}  // namespace momentum::fuzz
