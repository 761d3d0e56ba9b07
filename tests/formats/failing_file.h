#pragma once
// An output file on a disk that fails.

#include <cerrno>
#include <cstddef>
#include <span>

#include "output_file_internal.h"

namespace momentum::testing {

// Takes so many bytes and then fails, in the way that a disk does.
struct FailingFile final : formats::OutputFile {
  std::size_t room = 0;
  int write_error = ENOSPC, sync_error = 0, close_error = 0;
  bool* discarded = nullptr;
  int write(std::span<const std::byte> bytes) override {
    if (bytes.size() > room) return write_error;
    room -= bytes.size();
    return 0;
  }
  int sync() override { return sync_error; }
  int close() override { return close_error; }
  void discard() override {
    if (discarded != nullptr) *discarded = true;
  }
};

}  // namespace momentum::testing
