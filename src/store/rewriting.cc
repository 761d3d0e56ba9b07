#include "rewriting_internal.h"

#include <algorithm>

namespace momentum::store {
namespace {

bool meets(Date first, Date last, const LevelDays& days) {
  return (!days.last.has_value() || first <= days.last) && (!days.first.has_value() || days.first <= last);
}

struct Part {
  catalog::InstrumentId id;
  StoredBars* from;
  const catalog::Extent* extent;
};

bool belongs(const Target& target, catalog::InstrumentId id, int buckets) {
  return !target.bucket || bucket_of(id, buckets) == *target.bucket;
}

bool has_part(const catalog::FileRecord& file, const Target& target, int buckets, const LevelDays& days) {
  if (file.bucket && target.bucket && file.bucket != target.bucket) return false;
  if (!meets(file.first, file.last, days)) return false;
  return std::ranges::any_of(file.extents, [&](const catalog::Extent& extent) {
    return meets(extent.first, extent.last, days) && belongs(target, extent.instrument, buckets);
  });
}

std::vector<Part> parts_of(const Target& target, Sources& sources, int buckets, const LevelDays& days) {
  std::vector<Part> out;
  for (StoredBars& source : sources) {
    const catalog::FileRecord& file = source.file().record();
    if (!has_part(file, target, buckets, days)) continue;
    for (const catalog::Extent& extent : file.extents) {
      if (meets(extent.first, extent.last, days) && belongs(target, extent.instrument, buckets))
        out.push_back({extent.instrument, &source, &extent});
    }
  }
  std::ranges::sort(out, {}, [](const Part& part) { return std::pair(part.id, part.extent->first); });
  return out;
}

}  // namespace

bool is_stale(const catalog::FileRecord& file, Date newest) {
  const LevelDays days = level_days(file.level, newest);
  return !days.holds(file.first) || !days.holds(file.last);
}

bool must_write(const Target& target, const Sources& sources, const Patches& patches, int buckets, Date newest) {
  const LevelDays days = level_days(target.level, newest);
  for (const auto& [id, merging] : patches) {
    if (belongs(target, id, buckets) && merging->patch.between(days.first, days.last).size() != 0) return true;
  }
  const auto own = std::ranges::count_if(sources, [&](const StoredBars& source) {
    const catalog::FileRecord& file = source.file().record();
    return file.level == target.level && file.bucket == target.bucket;
  });
  if (own > 1) return true;
  return std::ranges::any_of(sources, [&](const StoredBars& source) {
    const catalog::FileRecord& file = source.file().record();
    return is_stale(file, newest) && has_part(file, target, buckets, days);
  });
}

Result<BarsDraft> draft_of(const Context& ctx, const Target& target, Sources& sources, const Patches& patches,
                           int buckets, Date newest) {
  const LevelDays days = level_days(target.level, newest);
  const std::vector<Part> parts = parts_of(target, sources, buckets, days);
  std::size_t expected = 0;
  for (const Part& part : parts) expected += static_cast<std::size_t>(part.extent->rows);
  for (const auto& [id, merging] : patches) {
    if (belongs(target, id, buckets)) expected += merging->patch.between(days.first, days.last).size();
  }
  BarsDraft out{.level = target.level, .bucket = target.bucket, .rows = BarRows(expected), .extents = {}};
  auto part = parts.begin();
  auto patch = patches.begin();
  BarRows copy;
  for (std::size_t done = 0; part != parts.end() || patch != patches.end(); ++done) {
    if (done % 64 == 0 && ctx.cancelled()) return Context::interrupted();
    const catalog::InstrumentId id = part == parts.end()      ? patch->first
                                     : patch == patches.end() ? part->id
                                                              : std::min(part->id, patch->first);
    copy.clear();
    BarSeries stored;
    for (const auto first = part; part != parts.end() && part->id == id; ++part) {
      MOMENTUM_TRY(const BarSeries all, part->from->read(*part->extent, kAllColumns));
      const BarSeries within = all.between(days.first, days.last);
      const bool alone = part == first && (part + 1 == parts.end() || (part + 1)->id != id);
      if (!alone) copy.append(within);
      stored = alone ? within : copy.view();
    }
    BarSeries laid;
    if (patch != patches.end() && patch->first == id) {
      if (belongs(target, id, buckets)) laid = patch->second->patch.between(days.first, days.last);
      ++patch;
    }
    const std::size_t from = out.rows.size();
    lay_over(stored, laid, out.rows);
    const std::size_t to = out.rows.size();
    if (from == to) continue;
    const BarSeries own = out.rows.view().slice(from, to);
    out.extents.push_back(
        {id, static_cast<std::int64_t>(from), static_cast<std::int64_t>(to - from), own.first(), own.last()});
  }
  return out;
}

}  // namespace momentum::store
