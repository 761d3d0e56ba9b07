#include "cpu_quota_internal.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace momentum {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool contains(const std::vector<std::string_view>& parts, std::string_view part) {
  return std::find(parts.begin(), parts.end(), part) != parts.end();
}

// The path of the process in the hierarchy that counts CPU time: `0::/path` (v2) or `4:cpu,cpuacct:/path` (v1).
std::optional<std::string_view> group_path(std::string_view cgroup, bool v2) {
  for (const std::string_view line : split(cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (v2 ? line.substr(0, first) == "0" && controllers.empty() : contains(split(controllers, ','), "cpu")) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

// Quota over period of one group's folder.
std::optional<double> folder_quota(const std::string& folder, bool v2) {
  double quota = 0;
  double period = 0;
  if (v2) {
    std::ifstream file(folder + "/cpu.max");
    file >> quota >> period;  // "max 100000" fails on the first and leaves 0
  } else {
    std::ifstream quota_file(folder + "/cpu.cfs_quota_us");
    std::ifstream period_file(folder + "/cpu.cfs_period_us");
    quota_file >> quota;  // -1: no limit
    period_file >> period;
  }
  if (!(quota > 0) || !(period > 0)) return std::nullopt;
  return quota / period;
}

std::string read_text(const char* path) {
  const std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

std::optional<double> cpu_quota(std::string_view cgroup, std::string_view mountinfo, std::string_view root) {
  std::optional<double> least;
  for (const std::string_view line : split(mountinfo, '\n')) {
    // 36 35 98:0 /mounted-part /mount/point options [tags...] - type source super-options; see proc(5).
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto left = split(line.substr(0, dash), ' ');
    const auto right = split(line.substr(dash + 3), ' ');
    if (left.size() < 6 || right.size() < 3) continue;
    const bool v2 = right[0] == "cgroup2";
    if (!v2 && !(right[0] == "cgroup" && contains(split(right[2], ','), "cpu"))) continue;
    const auto path = group_path(cgroup, v2);
    if (!path) continue;

    // Inside a container the path may be that of the host while only the container's own part is mounted.
    const std::string_view mounted = left[3] == "/" ? std::string_view{} : left[3];
    std::string_view below;
    if (path->starts_with(mounted) && path->find("..") == std::string_view::npos) below = path->substr(mounted.size());
    const std::string mount_point = std::string(root) + std::string(left[4]);
    for (;;) {
      while (below.ends_with('/')) below.remove_suffix(1);
      const auto quota = folder_quota(mount_point + std::string(below), v2);
      if (quota && (!least || *quota < *least)) least = quota;
      if (below.empty()) break;
      below = below.substr(0, below.rfind('/'));
    }
  }
  return least;
}

std::optional<double> cpu_quota() {
  return cpu_quota(read_text("/proc/self/cgroup"), read_text("/proc/self/mountinfo"), "");
}

}  // namespace momentum
