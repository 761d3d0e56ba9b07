#include <algorithm>

#include "stored_bars_internal.h"

namespace momentum::store {
namespace {

std::unexpected<Error> differs(const std::string& path) {
  return damaged_file("its rows are not as the catalog says", path);
}

}  // namespace

const catalog::Extent* StoredFile::extent_of(catalog::InstrumentId id) const {
  const auto at = std::ranges::lower_bound(record_->extents, id, {}, &catalog::Extent::instrument);
  return at != record_->extents.end() && at->instrument == id ? &*at : nullptr;
}

Result<const formats::DataFileReader*> StoredFile::reader() {
  std::call_once(once_, [&] { opened_ = open_data_file(folder_, uuid_, *record_); });
  if (!opened_) return std::unexpected(opened_.error());
  return opened_->get();
}

Result<void> StoredBars::decode(const formats::DataFileReader& reader, std::size_t group, ColumnMask wanted) {
  const auto rows = static_cast<std::size_t>(reader.groups()[group].rows);
  if (group_ != group) {
    group_.reset();
    decoded_ = 0;
    if (auto read = read_times(reader, group, file_->dataset(), times_); !read)
      return std::unexpected(of_store(std::move(read).error()));
    group_ = group;
  }
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (!has_column(wanted & ~decoded_, c)) continue;
    const auto column = reader.find(column_name(c));
    columns_[c].resize(column ? rows : 0);
    if (!column) continue;
    if (auto read = reader.read_real(group, *column, columns_[c]); !read)
      return std::unexpected(of_store(std::move(read).error()));
  }
  decoded_ |= wanted;
  return {};
}

Result<BarSeries> StoredBars::read(const catalog::Extent& extent, ColumnMask wanted) {
  MOMENTUM_TRY(const formats::DataFileReader* const reader, file_->reader());
  const auto& groups = file_->record().row_groups;
  const auto after = std::ranges::upper_bound(groups, extent.first_row, {}, &catalog::RowGroupRecord::first_row);
  if (after == groups.begin()) return differs(file_->path());
  const auto group = static_cast<std::size_t>(after - groups.begin() - 1);
  const auto from = static_cast<std::size_t>(extent.first_row - groups[group].first_row);
  const auto rows = static_cast<std::size_t>(extent.rows);
  if (extent.first_row + extent.rows > groups[group].first_row + groups[group].rows) return differs(file_->path());
  MOMENTUM_TRY_VOID(decode(*reader, group, wanted));
  BarSeries out{.dataset = file_->dataset(), .times = std::span<const std::int32_t>(times_).subspan(from, rows)};
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (has_column(wanted, c) && !columns_[c].empty())
      out.columns[c] = std::span<const double>(columns_[c]).subspan(from, rows);
  }
  if (out.first() != extent.first || out.last() != extent.last) return differs(file_->path());
  return out;
}

}  // namespace momentum::store
