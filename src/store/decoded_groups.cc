#include <algorithm>
#include <utility>

#include "decoded_groups_internal.h"

namespace momentum::store {

DecodedGroups::DecodedGroups(const std::vector<DataFile>& files, const Plan& plan)
    : files_(files), slots_of_(files.size()) {
  struct Use {
    std::uint32_t batches = 0;
    std::size_t last = 0;  // batch + 1
  };
  std::vector<std::vector<Use>> uses(files.size());
  for (std::size_t b = 0; b < plan.batches.size(); ++b) {
    for (const PlannedInstrument& instrument : plan.batches[b].instruments) {
      for (const Piece& piece : instrument.pieces) {
        std::vector<Use>& of_file = uses[piece.file];
        if (of_file.empty()) of_file.resize(files[piece.file].reader->groups().size());
        Use& use = of_file[piece.group];
        if (std::exchange(use.last, b + 1) != b + 1) ++use.batches;
      }
    }
  }
  for (std::size_t f = 0; f < uses.size(); ++f) {
    slots_of_[f].resize(uses[f].size(), -1);
    for (std::size_t g = 0; g < uses[f].size(); ++g) {
      if (uses[f][g].batches < 2) continue;
      slots_of_[f][g] = static_cast<int>(slots_.size());
      slots_.emplace_back().batches = uses[f][g].batches;
    }
  }
}

std::shared_ptr<DecodedGroup> DecodedGroups::get(std::uint32_t file, std::uint32_t group) {
  Slot& slot = slots_[static_cast<std::size_t>(slot_of(file, group))];
  const std::lock_guard lock(slot.mutex);
  if (slot.decoded == nullptr) {
    slot.decoded = std::make_shared<DecodedGroup>(files_[file], group, memory_);
    slot.left = slot.batches;
  }
  // A batch that is read again meets a dropped group, or takes the turn of one that then does: slower, as right.
  if (--slot.left > 0) return slot.decoded;
  return std::exchange(slot.decoded, nullptr);
}

template <class T>
std::span<T> DecodedGroup::room() {
  const auto rows = static_cast<std::size_t>(file_.reader->groups()[group_].rows);
  taken_.push_back(memory_->take(rows * sizeof(T)));
  return {reinterpret_cast<T*>(taken_.back().get()), rows};
}

Result<std::span<const std::int32_t>> DecodedGroup::keys(std::size_t column, std::span<const std::int32_t>& kept) {
  const std::lock_guard lock(mutex_);
  if (kept.empty()) {
    const auto into = room<std::int32_t>();
    MOMENTUM_TRY_VOID(file_.reader->read(group_, column, into));
    kept = into;
  }
  return kept;
}

Result<std::span<const double>> DecodedGroup::column(std::size_t c) {
  const std::lock_guard lock(mutex_);
  if (columns_[c].empty()) {
    const auto into = room<double>();
    MOMENTUM_TRY_VOID(file_.reader->read_real(group_, *file_.columns[c], into));
    columns_[c] = into;
  }
  return columns_[c];
}

}  // namespace momentum::store
