#pragma once
// What the control groups leave of the machine's cores. Containers limit CPU time, not the affinity mask.

#include <optional>
#include <string_view>

namespace momentum {

// Cores' worth of CPU time: the smallest quota / period among the process's group and its ancestors, v1 and v2; nullopt
// without a limit. `cgroup` and `mountinfo` are the texts of /proc/self/cgroup and /proc/self/mountinfo; `root` is put
// before each mount point ("" but in tests). What cannot be read is no limit.
std::optional<double> cpu_quota(std::string_view cgroup, std::string_view mountinfo, std::string_view root);

// That of this process.
std::optional<double> cpu_quota();

}  // namespace momentum
