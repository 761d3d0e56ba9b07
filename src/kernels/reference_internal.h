#pragma once
// The reference twins, by group.

#include "momentum/kernels/kernel.h"

namespace momentum::kernels {

void fill_elementwise_ref(KernelTable& table) noexcept;
void fill_rolling_ref(KernelTable& table) noexcept;
void fill_recurrence_ref(KernelTable& table) noexcept;
void fill_conditional_ref(KernelTable& table) noexcept;

// Vector kernels hand rare cases (a seed row, a long memory) to the definition.
void wilder_ref(const KernelCall& call) noexcept;
void value_when_ref(const KernelCall& call) noexcept;
void mean_when_ref(const KernelCall& call) noexcept;

}  // namespace momentum::kernels
