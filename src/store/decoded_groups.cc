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

Result<std::shared_ptr<const DecodedGroup>> DecodedGroups::get(std::uint32_t file, std::uint32_t group) {
  Slot& slot = slots_[static_cast<std::size_t>(slot_of(file, group))];
  const std::lock_guard lock(slot.mutex);
  if (slot.decoded == nullptr) {
    MOMENTUM_TRY(slot.decoded, decode(file, group));
    slot.left = slot.batches;
  }
  // A batch that is read again meets a dropped group, or takes the turn of one that then does: slower, as right.
  if (--slot.left > 0) return slot.decoded;
  return std::exchange(slot.decoded, nullptr);
}

Result<std::shared_ptr<const DecodedGroup>> DecodedGroups::decode(std::uint32_t file, std::uint32_t group) const {
  const DataFile& from = files_[file];
  const auto rows = static_cast<std::size_t>(from.reader->groups()[group].rows);
  auto decoded = std::make_shared<DecodedGroup>();
  decoded->dates.resize(rows);
  MOMENTUM_TRY_VOID(from.reader->read(group, from.date, std::span(decoded->dates)));
  decoded->columns.resize(from.columns.size());
  for (std::size_t c = 0; c < from.columns.size(); ++c) {
    if (!from.columns[c]) continue;
    decoded->columns[c].resize(rows);
    MOMENTUM_TRY_VOID(from.reader->read_real(group, *from.columns[c], decoded->columns[c]));
  }
  return decoded;
}

}  // namespace momentum::store
