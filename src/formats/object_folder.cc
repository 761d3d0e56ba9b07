#include <arrow/buffer.h>
#include <arrow/filesystem/azurefs.h>
#include <arrow/filesystem/filesystem.h>
#include <arrow/filesystem/gcsfs.h>
#include <arrow/filesystem/s3fs.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/io_util.h>
#include <arrow/util/uri.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <mutex>

#include "object_folder_internal.h"

namespace momentum::formats {
namespace {

constexpr std::string_view kRemedy = "check the network, the place and the credentials in the environment";

// Parameters of URIs that Arrow would take: the signature of a SAS token, and what a client is known by.
constexpr std::array<std::string_view, 3> kSecrets = {"sig", "client_secret", "secret_key"};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

class ObjectFolder final : public Folder {
 public:
  ObjectFolder(std::string name, std::shared_ptr<arrow::fs::FileSystem> system, std::string root)
      : name_(std::move(name)), system_(std::move(system)), root_(std::move(root)) {
    while (root_.ends_with('/')) root_.pop_back();
  }
  const std::string& name() const override { return name_; }

  Result<std::unique_ptr<ByteSource>> open(const std::string& path) const override {
    auto file = system_->OpenInputFile(place_of(path));
    if (!file.ok()) return failed(file.status(), path);
    const auto size = (*file)->GetSize();
    if (!size.ok()) return failed(size.status(), path);
    // Arrow has begun to read all of an object of Google's by now, and holds that line; this leaves it one byte to wait for.
    if (system_->type_name() == "gcs" && *size > 1) {
      if (const auto moved = (*file)->Seek(*size - 1); !moved.ok()) return failed(moved, path);
    }
    return object_source(*std::move(file), *size, name_of(path));
  }

  // Nothing is there before Close(), and nothing after Abort().
  Result<void> write(const std::string& path, const Pieces& next) override {
    auto opened = system_->OpenOutputStream(place_of(path));
    if (!opened.ok()) return failed(opened.status(), path);
    arrow::io::OutputStream& out = **opened;
    while (true) {
      auto piece = next();
      if (!piece) {
        static_cast<void>(out.Abort());  // the error that matters is the piece's
        return std::unexpected(std::move(piece).error());
      }
      if (piece->empty()) break;
      if (const auto written = out.Write(piece->data(), static_cast<std::int64_t>(piece->size())); !written.ok()) {
        static_cast<void>(out.Abort());
        return failed(written, path);
      }
    }
    if (const auto closed = out.Close(); !closed.ok()) return failed(closed, path);
    return {};
  }

  Result<std::vector<FolderEntry>> list(const std::string& under) const override {
    arrow::fs::FileSelector selector;
    selector.base_dir = place_of(under);
    selector.allow_not_found = true;
    selector.recursive = true;
    const auto found = system_->GetFileInfo(selector);
    if (!found.ok()) return failed(found.status(), under);
    std::vector<FolderEntry> out;
    for (const arrow::fs::FileInfo& info : *found) {
      if (!info.IsFile() || !info.path().starts_with(root_ + "/")) continue;
      out.push_back({info.path().substr(root_.size() + 1), info.size(),
                     std::chrono::floor<std::chrono::microseconds>(info.mtime())});
    }
    return out;
  }

  Result<void> remove(const std::string& path) override {
    const auto info = system_->GetFileInfo(place_of(path));
    if (!info.ok()) return failed(info.status(), path);
    if (info->type() == arrow::fs::FileType::NotFound) return {};
    if (const auto removed = system_->DeleteFile(place_of(path)); !removed.ok()) return failed(removed, path);
    return {};
  }

 private:
  std::string place_of(const std::string& path) const { return root_ + "/" + path; }

  std::unexpected<Error> failed(const arrow::Status& status, const std::string& path) const {
    if (arrow::internal::ErrnoFromStatus(status) == ENOENT)
      return fail(ErrorCode::file_not_found, "no such file", name_of(path), "check the place");
    return object_failed(status, name_of(path));
  }

  std::string name_;
  std::shared_ptr<arrow::fs::FileSystem> system_;
  std::string root_;
};

arrow::Result<std::shared_ptr<arrow::fs::FileSystem>> s3_system(std::string uri, std::string* root) {
  static std::mutex mutex;
  {
    const std::lock_guard lock(mutex);
    auto options = arrow::fs::S3GlobalOptions::Defaults();
    options.log_level = arrow::fs::S3LogLevel::Off;  // what went wrong is in our one line
    if (!arrow::fs::IsS3Initialized()) ARROW_RETURN_NOT_OK(arrow::fs::InitializeS3(options));
  }
  std::string server = variable("AWS_ENDPOINT_URL_S3");
  if (server.empty()) server = variable("AWS_ENDPOINT_URL");
  const std::size_t scheme = server.find("://");
  if (scheme != std::string::npos && uri.find("endpoint_override=") == std::string::npos) {
    std::string host = server.substr(scheme + 3);
    while (host.ends_with('/')) host.pop_back();
    uri += fmt::format("{}endpoint_override={}&scheme={}", uri.find('?') == std::string::npos ? '?' : '&', host,
                       server.substr(0, scheme));
  }
  ARROW_ASSIGN_OR_RAISE(auto options, arrow::fs::S3Options::FromUri(uri, root));
  options.connect_timeout = 10;
  options.request_timeout = 60;
  options.retry_strategy = arrow::fs::S3RetryStrategy::GetAwsStandardRetryStrategy(3);
  options.allow_delayed_open = true;  // a small file is one request
  return arrow::fs::S3FileSystem::Make(options);
}

arrow::Result<std::shared_ptr<arrow::fs::FileSystem>> gcs_system(const std::string& uri, std::string* root) {
  ARROW_ASSIGN_OR_RAISE(auto options, arrow::fs::GcsOptions::FromUri(uri, root));
  if (!options.retry_limit_seconds) options.retry_limit_seconds = 30;
  return arrow::fs::GcsFileSystem::Make(options);
}

arrow::Result<std::shared_ptr<arrow::fs::FileSystem>> azure_system(const std::string& uri, std::string* root) {
  ARROW_ASSIGN_OR_RAISE(auto options, arrow::fs::AzureOptions::FromUri(uri, root));
  const std::string key = variable("AZURE_STORAGE_KEY");
  if (!key.empty()) ARROW_RETURN_NOT_OK(options.ConfigureAccountKeyCredential(key));
  return arrow::fs::AzureFileSystem::Make(options);
}

std::unexpected<Error> bad_place(std::string what, const std::string& place) {
  return fail(
      ErrorCode::bad_value, std::move(what), place,
      "give a folder, file:///folder, s3://bucket/prefix, gs://bucket/prefix or abfs://account@container/prefix");
}

}  // namespace

std::unexpected<Error> object_failed(const arrow::Status& status, std::string where) {
  if (status.IsOutOfMemory())
    return fail(ErrorCode::out_of_memory, "not enough memory to read", std::move(where), "close other programs");
  std::string what = status.message();
  std::ranges::replace_if(what, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  constexpr std::size_t kMost = 300;
  if (what.size() > kMost) what = what.substr(0, kMost) + "...";
  return fail(ErrorCode::source_failed, "the object store failed (" + what + ")", std::move(where),
              std::string(kRemedy));
}

std::shared_ptr<Folder> object_folder(std::string name, std::shared_ptr<arrow::fs::FileSystem> system,
                                      std::string root) {
  return std::make_shared<ObjectFolder>(std::move(name), std::move(system), std::move(root));
}

void finish_object_stores() {
  if (arrow::fs::IsS3Initialized())
    static_cast<void>(arrow::fs::FinalizeS3());  // the program ends: nobody is left to tell
}

Result<std::shared_ptr<Folder>> open_folder(const std::string& place) {
  if (place.empty()) return bad_place("no place", place);
  if (!is_remote(place)) {
    const std::string path = local_path(place);
    if (is_uri(place) && !path.starts_with('/')) return bad_place("a file of another machine", place);
    return local_folder(place, path);
  }
  const auto uri = arrow::util::Uri::FromString(place);
  if (!uri.ok()) return bad_place("no URI", place);
  const std::string query = uri->query_string();
  const bool secret = !uri->password().empty() || std::ranges::any_of(kSecrets, [&](std::string_view name) {
    return ("&" + query).find("&" + std::string(name) + "=") != std::string::npos;
  });
  if (secret)
    return fail(ErrorCode::bad_value, "a password in a URI ends up in logs", "the place",
                "set it in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AZURE_STORAGE_KEY");
  std::string root;
  arrow::Result<std::shared_ptr<arrow::fs::FileSystem>> system = arrow::Status::Invalid("no such scheme");
  if (uri->scheme() == "s3")
    system = s3_system(place, &root);
  else if (uri->scheme() == "gs" || uri->scheme() == "gcs")
    system = gcs_system(place, &root);
  else if (uri->scheme() == "abfs" || uri->scheme() == "abfss")
    system = azure_system(place, &root);
  else
    return bad_place("an unknown kind of place", place);
  if (!system.ok() && (system.status().IsInvalid() || system.status().IsNotImplemented()))
    return bad_place("no place of an object store (" + system.status().message() + ")", place);
  if (!system.ok()) return object_failed(system.status(), place);
  if (root.empty()) return bad_place("no bucket", place);
  return object_folder(place, *std::move(system), std::move(root));
}

}  // namespace momentum::formats
