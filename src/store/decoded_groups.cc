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
  const std::size_t dates_bytes = (rows + 1) / 2 * sizeof(double);
  const auto columns = static_cast<std::size_t>(
      std::ranges::count_if(from.columns, [](const std::optional<std::size_t>& at) { return at.has_value(); }));
  const std::shared_ptr<std::byte[]> memory = memory_->take(dates_bytes + columns * rows * sizeof(double));
  const std::span dates(reinterpret_cast<std::int32_t*>(memory.get()), rows);
  MOMENTUM_TRY_VOID(from.reader->read(group, from.date, dates));
  auto decoded =
      std::make_shared<DecodedGroup>(dates, std::vector<std::span<const double>>(from.columns.size()), memory);
  auto* next = reinterpret_cast<double*>(memory.get() + dates_bytes);
  for (std::size_t c = 0; c < from.columns.size(); ++c) {
    if (!from.columns[c]) continue;
    MOMENTUM_TRY_VOID(from.reader->read_real(group, *from.columns[c], std::span(next, rows)));
    decoded->columns[c] = {next, rows};
    next += rows;
  }
  return decoded;
}

}  // namespace momentum::store
