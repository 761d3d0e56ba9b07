#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <string_view>

#include "new_files_internal.h"

namespace momentum::store {
namespace {

constexpr std::string_view kDraft = ".tmp-";
constexpr std::size_t kRandomDigits = 16;
constexpr std::array<std::string_view, 3> kLevels = {"tail", "year", "base"};  // in the order of catalog::Level

std::unexpected<Error> failed(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return fail(ErrorCode::damaged_store, "the folder of the data files is gone", path, "restore it or import again");
    case EACCES:
    case EPERM:
    case EROFS: return fail(ErrorCode::no_permission, "may not write the store", path, "check its permissions");
    case ENOSPC:
    case EDQUOT: return fail(ErrorCode::disk_full, "disk full", path, "free some space");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot write ({})", std::strerror(error)), path, "check the disk");
  }
}

bool is_ours(std::string_view name) {
  if (name.starts_with(kDraft)) return true;
  const auto form = formats::form_of(name);
  if (!form) return false;
  name.remove_suffix(formats::suffix_of(*form).size());
  if (name.size() <= kRandomDigits) return false;
  const std::string_view digits = name.substr(name.size() - kRandomDigits);
  return name[name.size() - kRandomDigits - 1] == '-' &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         std::ranges::any_of(kLevels, [&](std::string_view level) {
           return name.starts_with(level) && name.substr(level.size()).starts_with('-');
         });
}

Result<void> sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed(errno, path);
  const int error = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  if (error != 0) return failed(error, path);
  return {};
}

// Ours, and named by neither.
Result<std::vector<std::string>> leftovers_in(const std::string& folder, const catalog::State& state,
                                              const std::vector<catalog::Garbage>& garbage) {
  std::set<std::string, std::less<>> named;
  for (const catalog::FileRecord& file : state.files) named.insert(file.path);
  for (const catalog::Garbage& file : garbage) named.insert(file.path);
  std::error_code error;
  std::vector<std::string> out;
  for (std::filesystem::directory_iterator at(folder + "/data", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (is_ours(name) && !named.contains("data/" + name)) out.push_back("data/" + name);
  }
  if (error) return failed(error.value(), folder + "/data");
  std::ranges::sort(out);
  return out;
}

}  // namespace

Result<void> remove_leftovers(const std::string& folder, const catalog::State& state,
                              const std::vector<catalog::Garbage>& garbage) {
  MOMENTUM_TRY(const std::vector<std::string> leftovers, leftovers_in(folder, state, garbage));
  for (const std::string& name : leftovers) {
    const std::string path = folder + "/" + name;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(errno, path);
  }
  return {};
}

Result<std::vector<std::string>> unnamed_files(const std::string& folder, const catalog::State& state,
                                               const std::vector<catalog::Garbage>& garbage) {
  MOMENTUM_TRY(std::vector<std::string> out, leftovers_in(folder, state, garbage));
  std::erase_if(out, [](const std::string& name) { return name.contains(kDraft); });
  return out;
}

NewFiles::~NewFiles() {
  if (kept_) return;
  for (const NewFile& file : files_) {
    ::unlink(file.draft.c_str());
    ::unlink((folder_ + "/" + file.path).c_str());
  }
}

// The random part keeps a path from being used twice: a call that failed has used the same snapshot's number.
NewFile NewFiles::name(catalog::Level level, std::optional<int> bucket) {
  const std::string of_bucket = bucket ? fmt::format("-{}", *bucket) : "";
  const std::lock_guard guard(mutex_);
  NewFile file{.draft = fmt::format("{}/data/{}{}-{}", folder_, kDraft, ::getpid(), files_.size()),
               .path = fmt::format("data/{}{}-{}-{:08x}{:08x}{}", kLevels[static_cast<std::size_t>(level)], of_bucket,
                                   snapshot_, random_(), random_(), formats::suffix_of(form_))};
  files_.push_back(file);
  return file;
}

Result<void> NewFiles::publish() {
  for (const NewFile& file : files_) {
    const std::string path = folder_ + "/" + file.path;
    if (::rename(file.draft.c_str(), path.c_str()) != 0) return failed(errno, path);
  }
  return sync_folder(folder_ + "/data");
}

}  // namespace momentum::store
