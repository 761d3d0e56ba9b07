#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/future.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "object_folder_internal.h"

namespace momentum::formats {
namespace {

// Asking for a range costs about what sending this much does.
constexpr std::int64_t kGap = 64 << 10;
// Longer ones are several requests, which come side by side.
constexpr std::int64_t kPiece = 8 << 20;

struct Fetched {
  Fetched(ByteRange asked, arrow::Future<std::shared_ptr<arrow::Buffer>> coming)
      : range(asked), bytes(std::move(coming)) {}
  // Nothing is on its way any more when who asked is gone: the program may end then, and the library with it.
  ~Fetched() { bytes.Wait(); }
  Fetched(const Fetched&) = delete;
  Fetched& operator=(const Fetched&) = delete;

  ByteRange range;
  arrow::Future<std::shared_ptr<arrow::Buffer>> bytes;

  bool holds(ByteRange wanted) const {
    return wanted.offset >= range.offset && wanted.offset + wanted.length <= range.offset + range.length;
  }
};

std::vector<ByteRange> joined(std::vector<ByteRange> ranges) {
  std::ranges::sort(ranges, {}, &ByteRange::offset);
  std::vector<ByteRange> out;
  for (const ByteRange& range : ranges) {
    if (range.length == 0) continue;
    const std::int64_t end = range.offset + range.length;
    if (!out.empty() && range.offset - (out.back().offset + out.back().length) < kGap &&
        end - out.back().offset <= kPiece) {
      out.back().length = std::max(out.back().length, end - out.back().offset);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

class ObjectSource final : public ByteSource {
 public:
  ObjectSource(std::shared_ptr<arrow::io::RandomAccessFile> file, std::int64_t size, std::string name)
      : file_(std::move(file)), size_(size), name_(std::move(name)) {}
  std::int64_t size() const override { return size_; }

  Result<SourceBytes> read(ByteRange range) const override {
    MOMENTUM_CHECK(range.offset >= 0 && range.length >= 0 && range.length <= size_ - range.offset);
    if (const auto fetched = find(range)) {
      MOMENTUM_TRY(const SourceBytes whole, checked(fetched->bytes.result(), fetched->range));
      return SourceBytes{whole.bytes.subspan(static_cast<std::size_t>(range.offset - fetched->range.offset),
                                             static_cast<std::size_t>(range.length)),
                         whole.owner};
    }
    return checked(file_->ReadAt(range.offset, range.length), range);
  }

  std::shared_ptr<const void> fetch(std::vector<ByteRange> ranges) const override {
    auto kept = std::make_shared<std::vector<std::shared_ptr<const Fetched>>>();
    for (const ByteRange& range : joined(std::move(ranges)))
      kept->push_back(std::make_shared<const Fetched>(range, file_->ReadAsync(range.offset, range.length)));
    const std::lock_guard lock(mutex_);
    std::erase_if(fetched_, [](const auto& one) { return one.expired(); });
    fetched_.insert(fetched_.end(), kept->begin(), kept->end());
    return kept;
  }

 private:
  std::shared_ptr<const Fetched> find(ByteRange range) const {
    const std::lock_guard lock(mutex_);
    for (const auto& one : fetched_) {
      auto fetched = one.lock();
      if (fetched != nullptr && fetched->holds(range)) return fetched;
    }
    return nullptr;
  }

  Result<SourceBytes> checked(const arrow::Result<std::shared_ptr<arrow::Buffer>>& got, ByteRange range) const {
    // A range that was there when the object was opened, and is not any more: the word of S3 and Azure with HTTP's 416.
    const bool shrank = !got.ok() && got.status().message().find("InvalidRange") != std::string::npos;
    if (!got.ok() && !shrank) return object_failed(got.status(), name_);
    const std::int64_t length = shrank ? 0 : (*got)->size();
    if (length != range.length)
      return fail(ErrorCode::unreadable_data,
                  fmt::format("{} bytes at {}, where {} should be", length, range.offset, range.length), name_,
                  "it was changed or cut: publish the store again");
    const std::shared_ptr<arrow::Buffer>& buffer = *got;
    return SourceBytes{std::as_bytes(std::span(buffer->data(), static_cast<std::size_t>(buffer->size()))), buffer};
  }

  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::int64_t size_;
  std::string name_;
  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<const Fetched>> fetched_;
};

}  // namespace

std::unique_ptr<ByteSource> object_source(std::shared_ptr<arrow::io::RandomAccessFile> file, std::int64_t size,
                                          std::string name) {
  return std::make_unique<ObjectSource>(std::move(file), size, std::move(name));
}

}  // namespace momentum::formats
