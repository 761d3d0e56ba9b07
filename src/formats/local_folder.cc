#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "mapped_file_internal.h"
#include "object_folder_internal.h"
#include "output_file_internal.h"

namespace momentum::formats {
namespace {

namespace fs = std::filesystem;

// What a file is called until it is whole.
constexpr std::string_view kDraft = ".draft-";

int sync_folder(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

class LocalFolder final : public Folder {
 public:
  LocalFolder(std::string name, fs::path path) : name_(std::move(name)), path_(std::move(path)) {}
  const std::string& name() const override { return name_; }

  Result<std::unique_ptr<ByteSource>> open(const std::string& path) const override {
    return MappedFile::open((path_ / path).string());
  }

  Result<void> write(const std::string& path, const Pieces& next) override {
    const fs::path final_path = path_ / path;
    std::error_code error;
    fs::create_directories(final_path.parent_path(), error);
    if (error) return write_failed(error.value(), final_path.parent_path().string());
    static std::atomic<unsigned> number{0};
    const fs::path draft = final_path.parent_path() /
                           fmt::format("{}{}-{}-{}", kDraft, final_path.filename().string(), ::getpid(), ++number);
    MOMENTUM_TRY(const std::unique_ptr<OutputFile> file, create_output_file(draft.string()));
    if (auto written = fill(*file, next, draft.string()); !written) {
      file->discard();
      return written;
    }
    if (::rename(draft.c_str(), final_path.c_str()) != 0) {
      const int failed = errno;
      file->discard();
      return write_failed(failed, final_path.string());
    }
    if (const int failed = sync_folder(final_path.parent_path())) return write_failed(failed, final_path.string());
    return {};
  }

  Result<std::vector<FolderEntry>> list(const std::string& under) const override {
    std::vector<FolderEntry> out;
    std::error_code error;
    const auto none_there = [&] { return error == std::errc::no_such_file_or_directory; };
    auto entry = fs::recursive_directory_iterator(path_ / under, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (!entry->is_regular_file(error)) continue;
      const auto bytes = static_cast<std::int64_t>(entry->file_size(error));
      const auto changed = entry->last_write_time(error);
      if (error && none_there()) {  // gone meanwhile
        error.clear();
        continue;
      }
      if (error) break;
      out.push_back({fs::relative(entry->path(), path_, error).string(), bytes,
                     std::chrono::floor<std::chrono::microseconds>(std::chrono::file_clock::to_sys(changed))});
    }
    if (error && !none_there())
      return fail(error == std::errc::permission_denied ? ErrorCode::no_permission : ErrorCode::io_failed,
                  fmt::format("cannot read ({})", error.message()), (path_ / under).string(), "check its permissions");
    return out;
  }

  Result<void> remove(const std::string& path) override {
    std::error_code error;
    fs::remove(path_ / path, error);
    if (error) return write_failed(error.value(), (path_ / path).string());
    return {};
  }

 private:
  static Result<void> fill(OutputFile& file, const Pieces& next, const std::string& draft) {
    while (true) {
      MOMENTUM_TRY(const std::span<const std::byte> piece, next());
      if (piece.empty()) break;
      if (const int error = file.write(piece)) return write_failed(error, draft);
    }
    if (const int error = file.sync()) return write_failed(error, draft);
    if (const int error = file.close()) return write_failed(error, draft);
    return {};
  }

  std::string name_;
  fs::path path_;
};

}  // namespace

std::shared_ptr<Folder> local_folder(std::string name, std::string path) {
  return std::make_shared<LocalFolder>(std::move(name), std::move(path));
}

}  // namespace momentum::formats
