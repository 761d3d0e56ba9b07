#pragma once
// A folder of files for one test, gone afterwards; and archives of such files.

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace momentum::testing {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "momentum_test_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string path() const { return path_.string(); }
  std::string path(std::string_view name) const { return (path_ / name).string(); }

  std::string write(std::string_view name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path(name);
  }

  // `format`: archive_write_set_format_*; `filter`: archive_write_add_filter_*.
  template <class Format, class Filter>
  std::string pack(std::string_view name, Format format, Filter filter,
                   const std::vector<std::pair<std::string, std::string>>& members) const {
    archive* const out = archive_write_new();
    filter(out);
    format(out);
    EXPECT_EQ(archive_write_open_filename(out, path(name).c_str()), ARCHIVE_OK);
    for (const auto& [member, text] : members) {
      archive_entry* const entry = archive_entry_new();
      archive_entry_set_pathname(entry, member.c_str());
      archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
      EXPECT_EQ(archive_write_data(out, text.data(), text.size()), static_cast<la_ssize_t>(text.size()));
      archive_entry_free(entry);
    }
    archive_write_close(out);
    archive_write_free(out);
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace momentum::testing
