#include "cpu_quota_internal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace momentum {
namespace {

constexpr std::string_view kV2Mount =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr std::string_view kV1Mount =
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/cpuset rw,relatime shared:11 - cgroup cgroup rw,cpuset\n";

class CpuQuota : public testing::Test {
 protected:
  void SetUp() override {
    root_ = (std::filesystem::path(testing::TempDir()) /
             (std::string("cpu_quota_") + testing::UnitTest::GetInstance()->current_test_info()->name()))
                .string();
    std::filesystem::remove_all(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, std::string_view text) {
    const std::filesystem::path full = root_ + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text << '\n';
  }
  std::string root_;
};

TEST_F(CpuQuota, V2TakesTheLeastOfTheGroupAndItsAncestors) {
  write("/sys/fs/cgroup/a/cpu.max", "150000 100000");
  write("/sys/fs/cgroup/a/b/cpu.max", "400000 100000");
  write("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000");
  EXPECT_EQ(cpu_quota("0::/a/b/c\n", kV2Mount, root_), 1.5);
  EXPECT_EQ(cpu_quota("0::/a\n", kV2Mount, root_), 1.5);
  write("/sys/fs/cgroup/a/b/c/cpu.max", "50000 100000");
  EXPECT_EQ(cpu_quota("0::/a/b/c\n", kV2Mount, root_), 0.5);
}

TEST_F(CpuQuota, V2WithoutALimit) {
  write("/sys/fs/cgroup/a/cpu.max", "max 100000");
  EXPECT_EQ(cpu_quota("0::/a\n", kV2Mount, root_), std::nullopt);
  EXPECT_EQ(cpu_quota("0::/\n", kV2Mount, root_), std::nullopt);  // the real root group has no such file
}

// In a cgroup namespace the container's own limit is in the root that it sees.
TEST_F(CpuQuota, V2ContainerRoot) {
  write("/sys/fs/cgroup/cpu.max", "200000 100000");
  EXPECT_EQ(cpu_quota("0::/\n", kV2Mount, root_), 2.0);
  EXPECT_EQ(cpu_quota("0::/../elsewhere\n", kV2Mount, root_), 2.0);
}

TEST_F(CpuQuota, V1) {
  write("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "300000");
  write("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000");
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1");
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
  EXPECT_EQ(cpu_quota("5:cpuset:/\n4:cpu,cpuacct:/jobs\n0::/\n", kV1Mount, root_), 3.0);
  EXPECT_EQ(cpu_quota("5:cpuset:/jobs\n4:cpu,cpuacct:/\n", kV1Mount, root_), std::nullopt);
  EXPECT_EQ(cpu_quota("5:cpuset:/jobs\n", kV1Mount, root_), std::nullopt);
}

// Without a namespace a container reads the host's path, but only its own part is mounted.
TEST_F(CpuQuota, V1PartlyMounted) {
  constexpr std::string_view kMount = "32 31 0:29 /docker/f00d /sys/fs/cgroup/cpu ro,relatime - cgroup cgroup rw,cpu\n";
  write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000");
  write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(cpu_quota("4:cpu:/docker/f00d\n", kMount, root_), 2.5);
  EXPECT_EQ(cpu_quota("4:cpu:/kubepods/pod1\n", kMount, root_), 2.5);
  write("/sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "100000");
  write("/sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "100000");
  EXPECT_EQ(cpu_quota("4:cpu:/docker/f00d/inner\n", kMount, root_), 1.0);
}

TEST_F(CpuQuota, HybridTakesTheLeastOfBoth) {
  const std::string mounts = std::string(kV1Mount) + "40 31 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000");
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
  write("/sys/fs/cgroup/unified/x/cpu.max", "200000 100000");
  EXPECT_EQ(cpu_quota("4:cpu,cpuacct:/\n0::/x\n", mounts, root_), 2.0);
  EXPECT_EQ(cpu_quota("4:cpu,cpuacct:/\n0::/\n", mounts, root_), 3.0);
}

TEST_F(CpuQuota, WhatCannotBeReadIsNoLimit) {
  write("/sys/fs/cgroup/cpu.max", "rubbish");
  EXPECT_EQ(cpu_quota("0::/\n", kV2Mount, root_), std::nullopt);
  write("/sys/fs/cgroup/cpu.max", "100000");
  EXPECT_EQ(cpu_quota("0::/\n", kV2Mount, root_), std::nullopt);
  EXPECT_EQ(cpu_quota("", "", root_), std::nullopt);
  EXPECT_EQ(cpu_quota("0\n::\n:", "x - y\n - \n30 23 0:26 / - cgroup2\n", root_), std::nullopt);
}

TEST(CpuQuotaOfThisProcess, IsPositiveOrAbsent) {
  const auto quota = cpu_quota();
  EXPECT_TRUE(!quota || *quota > 0);
}

}  // namespace
}  // namespace momentum
