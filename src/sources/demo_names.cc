#include "demo_names.h"

#include <fmt/format.h>

#include <array>

namespace momentum::sources {
namespace {

constexpr std::array<std::string_view, 28> kIndustries = {
    "银行", "证券", "地产", "医药", "电子", "软件", "传媒", "通信", "汽车", "家电", "食品", "纺织", "轻工", "商贸",
    "化工", "钢铁", "有色", "煤炭", "电力", "建材", "建筑", "机械", "军工", "电气", "交运", "农业", "旅游", "环保"};

}  // namespace

std::span<const std::string_view> demo_industries() noexcept { return kIndustries; }

std::vector<DemoName> demo_names(const DemoPlan& plan, std::span<const Date> sessions, int number) {
  const auto count = static_cast<std::int64_t>(sessions.size());
  const std::string plain = fmt::format("演示{}{:02}", kIndustries[plan.industry], number);
  std::vector<DemoName> names = {{plan.list_date, plain}};
  const auto renamed = [&](std::int64_t session, std::string_view prefix) {
    names.push_back({sessions[static_cast<std::size_t>(session)], fmt::format("{}{}", prefix, plain)});
  };
  if (plan.st_begin < plan.worse_begin) renamed(plan.st_begin, "ST");
  if (plan.worse_begin < plan.st_end) renamed(plan.worse_begin, "*ST");
  if (plan.st_begin < plan.st_end && plan.st_end < plan.end && plan.st_end < count) renamed(plan.st_end, "");
  return names;
}

}  // namespace momentum::sources
