#include "momentum/store/limits_reader.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "latest_internal.h"
#include "momentum/base/parallel.h"
#include "momentum/catalog/catalog.h"

namespace momentum::store {
namespace {

Result<std::vector<catalog::DayLimits>> read_months(const Context& ctx, const formats::Folder& folder,
                                                    const std::vector<PublishedMonth>& months, Date first, Date last) {
  const Date from = first.has_value() ? first_of_month(first) : first;
  std::vector<PublishedMonth> wanted;
  std::ranges::copy_if(months, std::back_inserter(wanted), [&](const PublishedMonth& month) {
    return from <= month.first && (!last.has_value() || month.first <= last);
  });
  std::vector<std::vector<catalog::DayLimits>> read(wanted.size());
  MOMENTUM_TRY_VOID(parallel_for(ctx, wanted.size(), [&](std::size_t k) -> Result<void> {
    MOMENTUM_TRY(read[k], read_limits(folder, wanted[k]));
    return {};
  }));
  std::vector<catalog::DayLimits> out;
  for (auto& days : read)
    std::ranges::copy_if(
        std::make_move_iterator(days.begin()), std::make_move_iterator(days.end()), std::back_inserter(out),
        [&](const catalog::DayLimits& day) { return first <= day.day && (!last.has_value() || day.day <= last); });
  return out;
}

}  // namespace

struct LimitsReader::Impl {
  catalog::SnapshotId snapshot = 0;
  std::optional<catalog::Catalog> catalog;  // else a copy
  std::shared_ptr<formats::Folder> folder;
  std::vector<PublishedMonth> months;
};

LimitsReader::LimitsReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LimitsReader::~LimitsReader() = default;
LimitsReader::LimitsReader(LimitsReader&&) noexcept = default;
LimitsReader& LimitsReader::operator=(LimitsReader&&) noexcept = default;

Result<LimitsReader> LimitsReader::open(const Context& ctx, const std::string& place, const catalog::State& state) {
  auto impl = std::make_unique<Impl>();
  impl->snapshot = state.snapshot.id;
  if (is_published(place)) {
    MOMENTUM_TRY(impl->folder, formats::open_folder(place));
    MOMENTUM_TRY(const Published published, read_latest(ctx, *impl->folder));
    MOMENTUM_TRY(PublishedState there, find_state(published, state.snapshot.id));
    impl->months = std::move(there.limits);
    if (state.limits > 0 && impl->months.empty())
      return fail(ErrorCode::damaged_store, "published without its price limits", place, "publish the store again");
  } else {
    MOMENTUM_TRY(impl->catalog, catalog::Catalog::open(formats::local_path(place)));
  }
  return LimitsReader(std::move(impl));
}

Result<std::vector<catalog::DayLimits>> LimitsReader::read(const Context& ctx, Date first, Date last) const {
  if (impl_->catalog) return impl_->catalog->limits(impl_->snapshot, first, last);
  return read_months(ctx, *impl_->folder, impl_->months, first, last);
}

}  // namespace momentum::store
