#include "momentum/store/dataset.h"

namespace momentum::store {

std::string_view to_string(Dataset dataset) noexcept { return dataset == Dataset::minute ? "minute" : "daily"; }

std::optional<Dataset> dataset_named(std::string_view name) noexcept {
  for (const Dataset one : {Dataset::daily, Dataset::minute})
    if (to_string(one) == name) return one;
  return std::nullopt;
}

int buckets_of(Dataset dataset, int of_store) noexcept { return dataset == Dataset::minute ? 8 * of_store : of_store; }

}  // namespace momentum::store
