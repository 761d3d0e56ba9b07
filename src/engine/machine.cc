#include "momentum/engine/machine.h"

#include <arrow/config.h>

#include <charconv>
#include <fstream>

#include "momentum/kernels/kernel.h"
#include "momentum/kernels/tile.h"

namespace momentum::engine {
namespace {

// The number that a one-number file holds; 0 when there is none ("max", no such file).
std::uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  if (!(file >> text)) return 0;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

std::uint64_t machine_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::uint64_t kibibytes = 0;
  while (file >> key) {
    if (key == "MemTotal:" && file >> kibibytes) return kibibytes * 1024;
    std::getline(file, key);
  }
  return 0;
}

// A limit holds for everything below it, so every folder from the process's own up to the root is asked.
std::uint64_t tightest_limit(const std::string& root, std::string group, const char* name) {
  std::uint64_t tightest = 0;
  while (true) {
    const std::uint64_t limit = number_in(root + group + "/" + name);
    if (limit > 0 && (tightest == 0 || limit < tightest)) tightest = limit;
    if (group.empty() || group == "/") return tightest;
    group.erase(group.rfind('/'));
  }
}

std::uint64_t memory_limit(std::uint64_t machine) {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  std::uint64_t tightest = 0;
  while (std::getline(file, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos || line.compare(second + 1, 1, "/") != 0) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    std::uint64_t limit = 0;
    if (controllers.empty()) {
      limit = tightest_limit("/sys/fs/cgroup", group, "memory.max");
    } else if (("," + controllers + ",").find(",memory,") != std::string::npos) {
      limit = tightest_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
    }
    if (limit > 0 && (tightest == 0 || limit < tightest)) tightest = limit;
  }
  // version 1 writes "no limit" as a number beyond any memory
  return machine > 0 && tightest >= machine ? 0 : tightest;
}

std::string build_text() {
#if defined(__clang__)
  std::string text = "clang " __clang_version__;
#else
  std::string text = "g++ " __VERSION__;
#endif
#ifdef __OPTIMIZE__
  text += ", optimised";
#else
  text += ", not optimised";
#endif
#ifdef __SANITIZE_ADDRESS__
  text += ", address sanitizer";
#endif
#ifdef __SANITIZE_THREAD__
  text += ", thread sanitizer";
#endif
  return text;
}

}  // namespace

Result<Machine> describe_machine(const Context& ctx) {
  Machine machine;
  machine.simd = kernels::supported_levels();
  MOMENTUM_TRY(machine.in_use, kernels::resolve_level(ctx.simd));
  Context all = ctx;
  all.threads = 0;
  machine.cores = all.thread_count();
  machine.memory_bytes = machine_memory();
  machine.memory_limit_bytes = memory_limit(machine.memory_bytes);
  machine.arrow_version = arrow::GetBuildInfo().version_string;
  machine.numerics_version = kernels::kNumericsVersion;
  machine.build = build_text();
  return machine;
}

}  // namespace momentum::engine
