#include "sqlite_in_haste.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "momentum/base/error.h"

#ifdef __SANITIZE_ADDRESS__
#define MOMENTUM_POISON
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MOMENTUM_POISON
#endif
#endif
#ifdef MOMENTUM_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes)
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes)
#endif

namespace momentum::fuzz {
namespace {

// Blocks of 2^k bytes: head, what was asked for, at least kMargin poisoned bytes. What is freed waits behind all other free blocks
// of its size, so that what still points to it is found out.
constexpr std::size_t kMargin = 16;
constexpr int kSmallest = 6, kSizes = 32;

struct alignas(kMargin) Head {
  Head* next;  // of free blocks
  int size;  // its logarithm
  int asked;
};
static_assert(sizeof(Head) == kMargin);

struct Queue {
  Head *first = nullptr, *last = nullptr;
};
std::array<Queue, kSizes> free_blocks;

Head* head_of(void* at) { return reinterpret_cast<Head*>(static_cast<std::byte*>(at) - sizeof(Head)); }

void* take(int bytes) {
  const auto whole = static_cast<std::size_t>(bytes) + sizeof(Head) + kMargin;
  const int size = std::max(kSmallest, static_cast<int>(std::bit_width(whole - 1)));
  Queue& queue = free_blocks[static_cast<std::size_t>(size)];
  Head* head = queue.first;
  if (head == nullptr) {
    head = static_cast<Head*>(std::malloc(std::size_t{1} << size));
    if (head == nullptr) return nullptr;
    ASAN_POISON_MEMORY_REGION(head + 1, (std::size_t{1} << size) - sizeof(Head));
  } else {
    queue.first = head->next;
    if (queue.first == nullptr) queue.last = nullptr;
  }
  *head = {nullptr, size, bytes};
  ASAN_UNPOISON_MEMORY_REGION(head + 1, static_cast<std::size_t>(bytes));
  return head + 1;
}

void give_back(void* at) {
  if (at == nullptr) return;
  Head* const head = head_of(at);
  ASAN_POISON_MEMORY_REGION(at, (std::size_t{1} << head->size) - sizeof(Head));
  Queue& queue = free_blocks[static_cast<std::size_t>(head->size)];
  (queue.last == nullptr ? queue.first : queue.last->next) = head;
  queue.last = head;
  head->next = nullptr;
}

int size_of(void* at) { return at == nullptr ? 0 : head_of(at)->asked; }

void* resize(void* at, int bytes) {
  void* const to = take(bytes);
  if (to == nullptr) return nullptr;
  std::memcpy(to, at, static_cast<std::size_t>(std::min(bytes, size_of(at))));
  give_back(at);
  return to;
}

int round_up(int bytes) { return (bytes + 7) / 8 * 8; }  // SQLite may use all of it

}  // namespace

void hurry_sqlite() {
  static const sqlite3_mem_methods kMethods = {
      take, give_back, resize, size_of, round_up, [](void*) { return SQLITE_OK; }, [](void*) {}, nullptr};
  MOMENTUM_CHECK(sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK);
  MOMENTUM_CHECK(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK);
  MOMENTUM_CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &kMethods) == SQLITE_OK);
  MOMENTUM_CHECK(sqlite3_initialize() == SQLITE_OK);
  MOMENTUM_CHECK(sqlite3_vfs_register(sqlite3_vfs_find("unix-none"), 1) == SQLITE_OK);
}

}  // namespace momentum::fuzz
