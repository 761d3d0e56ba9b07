#pragma once
// The stream that Parquet writes to: hashes what passes, and puts the seal before the footer.

#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/status.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "content_hash_internal.h"
#include "output_file_internal.h"

namespace momentum::formats {

class SealedStream final : public arrow::io::OutputStream {
 public:
  explicit SealedStream(std::unique_ptr<OutputFile> file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, std::int64_t bytes) override;
  arrow::Result<std::int64_t> Tell() const override { return position(); }
  arrow::Status Flush() override { return arrow::Status::OK(); }
  arrow::Status Close() override { return arrow::Status::OK(); }  // finish() and discard() close
  bool closed() const override { return false; }

  std::int64_t position() const { return written_ + static_cast<std::int64_t>(footer_.size()); }

  // A chunk is what is written from one begin_chunk() to the next end_chunk(), which returns its hash.
  void begin_chunk() { chunk_.restart(); }
  std::uint64_t end_chunk() const { return chunk_.value(); }

  // From here on all that comes is the footer; it is held back until finish() writes seal and footer, syncs and closes.
  void begin_footer() { in_footer_ = true; }
  int finish();  // errno
  void discard() { file_->discard(); }

  int error() const { return error_; }  // errno of the first write that failed, 0 if none did
  std::uint64_t hash() const { return whole_.value(); }

 private:
  int put(std::span<const std::byte> bytes);
  int flush();

  std::unique_ptr<OutputFile> file_;
  std::vector<std::byte> pending_;
  std::vector<std::byte> footer_;
  std::int64_t written_ = 0;
  ContentHash whole_, chunk_;
  bool in_footer_ = false;
  int error_ = 0;
};

}  // namespace momentum::formats
