#include "momentum/formats/file_feed.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "momentum/formats/foreign_file.h"

namespace momentum::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30;
constexpr std::size_t kReadBlock = std::size_t{1} << 18;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view last_part(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_table_name(std::string_view path) {
  const std::string name = lower(last_part(path));
  return (name.ends_with(".csv") || name.ends_with(".txt") || is_foreign_name(name)) && !name.starts_with('.');
}

constexpr const char* kNoTables = "no tables (*.csv, *.txt, *.parquet, *.h5)";

bool is_compressed_name(const std::string& name) {
  constexpr std::array<std::string_view, 4> kSuffixes = {".gz", ".xz", ".bz2", ".zst"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
}

bool is_container_name(const std::string& name) {
  constexpr std::array<std::string_view, 6> kSuffixes = {".tar", ".zip", ".tgz", ".txz", ".tbz2", ".tzst"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); }) ||
         (is_compressed_name(name) && name.find(".tar.") != std::string::npos);
}

// The last part without what says that it is packed.
std::string_view name_of(std::string_view path) {
  const std::string_view name = last_part(path);
  return is_compressed_name(lower(name)) ? name.substr(0, name.rfind('.')) : name;
}

std::string stem_of(std::string_view path) {
  std::string_view name = name_of(path);
  const std::string folded = lower(name);
  if (folded.ends_with(".csv") || folded.ends_with(".txt")) name.remove_suffix(4);
  if (is_foreign_name(folded)) name = name.substr(0, name.rfind('.'));
  return std::string(name);
}

std::unexpected<Error> failed_with(int error, std::string path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return fail(ErrorCode::file_not_found, "no such file or folder", std::move(path), "check the path");
    case EACCES:
    case EPERM:
      return fail(ErrorCode::no_permission, "may not read", std::move(path), "check the permissions of the file");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot read ({})", std::strerror(error)), std::move(path),
                  "check the disk");
  }
}

std::unexpected<Error> too_large(std::string file) {
  return fail(ErrorCode::too_large, "file of more than 4 GiB", std::move(file), "split it");
}

// A store or a published copy of one: its data files have the suffixes of tables, and are no vendor's.
bool holds_store(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "catalog.db", ignored) ||
         (fs::exists(folder / "latest", ignored) && fs::is_directory(folder / "states", ignored));
}

Result<std::vector<std::string>> tables_below(const std::string& folder, std::vector<std::string>& stores) {
  if (holds_store(folder)) {
    return fail(ErrorCode::unreadable_data, "a store, no folder of a vendor's files", folder,
                "leave it out; momentum store export writes files of its bars");
  }
  std::vector<std::string> found;
  std::error_code error;
  auto it = fs::recursive_directory_iterator(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;  // a dangling link is no regular file, and says so
    if (it->is_directory(ignored) && !it->is_symlink(ignored) && holds_store(it->path())) {
      stores.push_back(it->path().native());
      it.disable_recursion_pending();
      continue;
    }
    if (is_table_name(it->path().native()) && it->is_regular_file(ignored)) found.push_back(it->path().native());
  }
  if (error) return failed_with(error.value(), folder);
  if (found.empty()) {
    return fail(ErrorCode::empty_input, kNoTables, folder, "name the folder that holds them");
  }
  std::ranges::sort(found);
  std::ranges::sort(stores);
  return found;
}

bool has_wildcard(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

Result<std::vector<std::string>> matches_of(const std::string& pattern) {
  glob_t matches{};
  const int status = ::glob(pattern.c_str(), GLOB_ERR, nullptr, &matches);
  std::vector<std::string> found(matches.gl_pathv, matches.gl_pathv + (status == 0 ? matches.gl_pathc : 0));
  ::globfree(&matches);
  if (status == GLOB_ABORTED) return failed_with(EACCES, pattern);
  if (found.empty()) return fail(ErrorCode::file_not_found, "no file matches", pattern, "check the path");
  std::ranges::sort(found);
  return found;
}

Result<void> read_whole(const std::string& path, std::uint64_t expected, std::string& bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed_with(errno, path);
  bytes.clear();
  std::size_t used = 0;
  bytes.resize(static_cast<std::size_t>(std::min(expected, kMaxFileBytes)) + 1);
  int error = 0;
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() + kReadBlock);
    const ssize_t n = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) error = errno;
    if (n <= 0) break;
    used += static_cast<std::size_t>(n);
    if (used > kMaxFileBytes) break;
  }
  ::close(fd);
  if (error != 0) return failed_with(error, path);
  if (used > kMaxFileBytes) return too_large(path);
  bytes.resize(used);
  return {};
}

Result<void> read_member(archive* from, std::int64_t expected, const std::string& name, std::string& bytes) {
  bytes.clear();
  std::size_t used = 0;
  // A header's size is only a hint: a wrong one must not make us allocate.
  constexpr std::int64_t kTrusted = std::int64_t{1} << 28;
  bytes.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(expected, 0, kTrusted)) + 1);
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2 + kReadBlock);
    const la_ssize_t n = archive_read_data(from, bytes.data() + used, bytes.size() - used);
    if (n < 0) {
      const char* const why = archive_error_string(from);
      return fail(ErrorCode::unreadable_data,
                  fmt::format("damaged archive ({})", why != nullptr ? why : "no reason given"), name,
                  "fetch or pack the archive again");
    }
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
    if (used > kMaxFileBytes) return too_large(name);
  }
  bytes.resize(used);
  return {};
}

std::string member_name(archive_entry* entry, std::size_t number) {
  // Names that the C locale cannot hold come as UTF-8 only; tar files from Windows may hold neither.
  if (const char* name = archive_entry_pathname(entry)) return name;
  if (const char* name = archive_entry_pathname_utf8(entry)) return name;
  return fmt::format("member {}.csv", number);
}

}  // namespace

FileFeed::~FileFeed() { close_archive(); }

Result<std::unique_ptr<FileFeed>> FileFeed::open(const std::vector<std::string>& paths) {
  std::unique_ptr<FileFeed> feed(new FileFeed);
  const auto add_file = [&](const std::string& path) -> Result<void> {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return failed_with(errno, path);
    const std::string name = lower(last_part(path));
    const auto size = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
    feed->roots_.push_back({path, size, is_container_name(name) || is_compressed_name(name)});
    feed->total_bytes_ += size;
    return {};
  };
  const auto add = [&](const std::string& path) -> Result<void> {
    std::error_code ignored;  // add_file asks again and reports
    if (!fs::is_directory(path, ignored)) return add_file(path);
    std::vector<std::string> stores;
    MOMENTUM_TRY(const std::vector<std::string> files, tables_below(path, stores));
    std::ranges::move(stores, std::back_inserter(feed->stores_));
    for (const std::string& file : files) MOMENTUM_TRY_VOID(add_file(file));
    return {};
  };
  for (const std::string& path : paths) {
    struct stat info{};
    if (has_wildcard(path) && ::stat(path.c_str(), &info) != 0) {
      MOMENTUM_TRY(const std::vector<std::string> found, matches_of(path));
      for (const std::string& match : found) MOMENTUM_TRY_VOID(add(match));
    } else {
      MOMENTUM_TRY_VOID(add(path));
    }
  }
  if (feed->roots_.empty()) return fail(ErrorCode::empty_input, "no files given", "", "name a file or a folder");
  return feed;
}

void FileFeed::close_archive() {
  if (archive_ != nullptr) archive_read_free(archive_);
  archive_ = nullptr;
  in_archive_ = false;
}

void FileFeed::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

Result<bool> FileFeed::next_member(FileBytes& file) {
  const Root& root = roots_[next_root_ - 1];
  const auto damaged = [&] {
    const char* const text = archive_error_string(archive_);
    return fail(ErrorCode::unreadable_data,
                fmt::format("cannot unpack ({})", text != nullptr ? text : "no reason given"), root.path,
                "fetch or pack the archive again");
  };
  file.name = root.path;
  if (archive_ == nullptr) {
    archive_ = archive_read_new();
    MOMENTUM_CHECK(archive_ != nullptr);
    single_ = !is_container_name(lower(last_part(root.path)));
    members_ = 0;
    counted_ = 0;
    archive_read_support_filter_all(archive_);
    if (single_) {
      archive_read_support_format_raw(archive_);
    } else {
      archive_read_support_format_tar(archive_);
      archive_read_support_format_zip(archive_);
    }
    if (archive_read_open_filename(archive_, root.path.c_str(), kReadBlock) != ARCHIVE_OK) {
      if (const int error = archive_errno(archive_); error == EACCES || error == ENOENT)
        return failed_with(error, root.path);
      return damaged();
    }
  }
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_, &entry);
    if (status == ARCHIVE_EOF) break;
    if (status == ARCHIVE_RETRY) continue;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
    std::string name = member_name(entry, members_ + 1);
    if (!single_ && (archive_entry_filetype(entry) != AE_IFREG || !is_table_name(name))) continue;
    file.name = single_ ? root.path : fmt::format("{}!{}", root.path, name);
    file.stem = stem_of(single_ ? root.path : name);
    file.foreign = is_foreign_name(name_of(single_ ? root.path : name));
    ++members_;
    const std::int64_t size = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : 0;
    MOMENTUM_TRY_VOID(read_member(archive_, size, file.name, file.bytes));
    const auto unpacked = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_, -1), 0));
    const std::uint64_t position = std::clamp(unpacked, counted_, std::max(counted_, root.size));
    file.read = position - counted_;
    counted_ = position;
    return true;
  }
  if (members_ == 0) {
    return fail(ErrorCode::empty_input, kNoTables, root.path, "name an archive that holds them");
  }
  return false;
}

Result<bool> FileFeed::next(FileBytes& file) {
  std::unique_lock lock(mutex_);
  file.ordinal = next_ordinal_;
  file.read = 0;
  file.foreign = file.unread = false;
  while (!stopped_) {
    if (in_archive_) {
      auto got = next_member(file);
      if (!got || !*got) close_archive();
      if (got && !*got) continue;  // the archive's end
      ++next_ordinal_;
      return got;
    }
    if (next_root_ == roots_.size()) break;
    const Root& root = roots_[next_root_++];
    if (root.is_archive) {
      in_archive_ = true;
      continue;
    }
    ++next_ordinal_;
    lock.unlock();
    file.name = root.path;
    file.stem = stem_of(root.path);
    file.foreign = file.unread = is_foreign_name(root.path);
    if (file.unread)
      file.bytes.clear();
    else
      MOMENTUM_TRY_VOID(read_whole(root.path, root.size, file.bytes));
    file.read = root.size;
    return true;
  }
  return false;
}

}  // namespace momentum::formats
