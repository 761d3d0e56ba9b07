#include "sealed_stream_internal.h"

#include "column_layout_internal.h"
#include "momentum/base/error.h"

namespace momentum::formats {
namespace {

constexpr std::size_t kPending = std::size_t{1} << 18;

}  // namespace

arrow::Status SealedStream::Write(const void* data, std::int64_t bytes) {
  const std::span piece(static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes));
  if (in_footer_) {
    footer_.insert(footer_.end(), piece.begin(), piece.end());
    return arrow::Status::OK();
  }
  chunk_.add(piece);
  // The number travels in error(): a Status would carry it as text.
  return put(piece) == 0 ? arrow::Status::OK() : arrow::Status::IOError("write failed");
}

int SealedStream::put(std::span<const std::byte> bytes) {
  if (error_ != 0) return error_;
  whole_.add(bytes);
  written_ += static_cast<std::int64_t>(bytes.size());
  if (pending_.size() + bytes.size() <= kPending) {
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    return 0;
  }
  if (flush() == 0) error_ = file_->write(bytes);
  return error_;
}

int SealedStream::flush() {
  if (error_ == 0 && !pending_.empty()) error_ = file_->write(pending_);
  pending_.clear();
  return error_;
}

int SealedStream::finish() {
  MOMENTUM_CHECK(in_footer_ && footer_.size() > kTailBytes);
  const std::vector<std::byte> footer = std::move(footer_);
  footer_.clear();
  put(footer_seal(content_hash(std::span(footer).first(footer.size() - kTailBytes))));
  put(footer);
  if (flush() == 0) error_ = file_->sync();
  if (error_ == 0) error_ = file_->close();
  return error_;
}

}  // namespace momentum::formats
