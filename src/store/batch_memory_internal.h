#pragma once
// Memory that one batch after another uses: fresh pages from the system cost as much as half of the decoding.

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace momentum::store {

// Thread-safe. Holds as many blocks as were in use at once.
class BatchMemory : public std::enable_shared_from_this<BatchMemory> {
 public:
  // Uninitialised, aligned for any number; comes back when the last reference is gone, which may outlive all else.
  // Throws bad_alloc.
  std::shared_ptr<std::byte[]> take(std::size_t bytes) {
    Block block = spare();
    if (block.size < bytes) block = {std::make_unique_for_overwrite<std::byte[]>(bytes), bytes};
    std::byte* const at = block.bytes.get();
    return {at, [pool = shared_from_this(), kept = std::make_shared<Block>(std::move(block))](std::byte*) {
              pool->give_back(std::move(*kept));
            }};
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };

  Block spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return {};
    Block block = std::move(spare_.back());
    spare_.pop_back();
    return block;
  }
  void give_back(Block block) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(block));
  }

  std::mutex mutex_;
  std::vector<Block> spare_;
};

}  // namespace momentum::store
