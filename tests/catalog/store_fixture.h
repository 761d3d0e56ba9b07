#pragma once
// Stores in a folder for one test, gone afterwards, and changes to make to them.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "momentum/catalog/catalog.h"
#include "sample_change.h"

namespace momentum::catalog {

using std::chrono::milliseconds;

class StoreFolder {
 public:
  StoreFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "momentum_store_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~StoreFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  StoreFolder(const StoreFolder&) = delete;
  StoreFolder& operator=(const StoreFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

  void create(StoreInfo info = {}) const {
    const auto made = Catalog::create(Context{}, path_, std::move(info));
    ASSERT_TRUE(made) << made.error().to_string();
  }
  WriterLock lock() const { return WriterLock::acquire(Context{}, path_, milliseconds(0)).value(); }

  std::string bytes() const {
    std::ifstream file(path("catalog.db"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(std::string_view bytes) const { std::ofstream(path("catalog.db"), std::ios::binary) << bytes; }

 private:
  std::string path_;
};

inline Catalog open_for_writing(const WriterLock& lock) {
  return Catalog::open(lock, {.busy = milliseconds(2000)}).value();
}

inline Result<State> open_and_load(const std::string& folder) {
  MOMENTUM_TRY(const Catalog catalog, Catalog::open(folder));
  return catalog.load();
}

}  // namespace momentum::catalog
