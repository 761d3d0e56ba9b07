// replay PATH...: runs the target on each of these files, and on all files of these folders. What they once broke stays mended.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz_target.h"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
  std::vector<fs::path> files;
  for (int k = 1; k < argc; ++k) {
    if (!fs::is_directory(argv[k])) {
      files.emplace_back(argv[k]);
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(argv[k])) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (files.empty()) {
    std::fputs("replay: no inputs\n", stderr);
    return 1;
  }
  for (const fs::path& path : files) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);  // the last line names the input that ends the process
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "replay: cannot read %s\n", path.c_str());
      return 1;
    }
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    momentum::fuzz::run(bytes);
  }
  std::printf("%zu inputs\n", files.size());
  return 0;
}
