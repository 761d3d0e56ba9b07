#pragma once
// Names that no company bears.

#include <string>
#include <vector>

#include "demo_plan.h"

namespace momentum::sources {

// 演示银行01 and what it was called when; `number` counts the stocks of its industry from 1.
std::vector<DemoName> demo_names(const DemoPlan& plan, std::span<const Date> sessions, int number);

}  // namespace momentum::sources
