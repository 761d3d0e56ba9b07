#include "momentum/panel/panel.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <numeric>

#include "flat_internal.h"

namespace momentum::panel {
namespace {

constexpr std::size_t kAlign = kernels::kAlignment;
std::size_t aligned(std::size_t n) { return (n + kAlign - 1) / kAlign * kAlign; }

struct AlignedDelete {
  void operator()(std::byte* p) const { ::operator delete(p, std::align_val_t{kAlign}); }
};

// Hands out consecutive aligned sections of the block to be.
class Layout {
 public:
  std::size_t take(std::size_t bytes) {
    const std::size_t at = next_;
    next_ = aligned(next_ + bytes);
    return at;
  }
  std::size_t total() const { return next_; }

 private:
  std::size_t next_ = 0;
};

Result<void> check_series(std::span<const Series> series, std::size_t columns) {
  for (std::size_t i = 0; i < series.size(); ++i) {
    const auto where = "instrument " + std::to_string(i);
    const auto& s = series[i];
    if (s.columns.size() != columns) return fail(ErrorCode::bad_value, "wrong number of columns", where);
    for (const auto& column : s.columns)
      if (column.size() != s.dates.size()) return fail(ErrorCode::bad_value, "columns of different length", where);
    for (std::size_t r = 1; r < s.dates.size(); ++r)
      if (s.dates[r] <= s.dates[r - 1]) return fail(ErrorCode::bad_value, "dates do not ascend", where);
  }
  return {};
}

std::vector<std::int32_t> all_days(std::span<const Series> series) {
  std::int32_t first = INT32_MAX, last = INT32_MIN;
  for (const auto& s : series)
    if (!s.dates.empty()) {
      first = std::min(first, s.dates.front());
      last = std::max(last, s.dates.back());
    }
  if (first > last) return {};
  std::vector<bool> seen(static_cast<std::size_t>(static_cast<std::int64_t>(last) - first) + 1);
  for (const auto& s : series)
    for (const std::int32_t day : s.dates) seen[static_cast<std::size_t>(day - first)] = true;
  std::vector<std::int32_t> days;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i]) days.push_back(first + static_cast<std::int32_t>(i));
  return days;
}

// Longest first, then by first date, so that neighbours end together.
std::vector<std::uint32_t> lane_order(std::span<const Series> series) {
  std::vector<std::uint32_t> order(series.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto &x = series[a].dates, &y = series[b].dates;
    if (x.size() != y.size()) return x.size() > y.size();
    if (!x.empty() && x.front() != y.front()) return x.front() < y.front();
    return a < b;
  });
  return order;
}

// Rows copied for all lanes of a tile before the next ones: what is written then stays in L1 until its lines are full.
constexpr std::size_t kPlacedRows = 64;

void place_days(std::span<const Series* const> lanes, std::size_t rows, std::span<const std::int32_t> calendar,
                std::int32_t* days) {
  std::array<std::size_t, kTileLanes> day{};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const auto dates = lanes[l]->dates;
      if (r >= dates.size()) {
        days[r * kTileLanes + l] = -1;
        continue;
      }
      while (calendar[day[l]] != dates[r]) ++day[l];
      days[r * kTileLanes + l] = static_cast<std::int32_t>(day[l]);
    }
}

// Absent rows get those of the tile's longest lane: nobody looks at them, but lanes that go on are computed together with
// them, and quickest where they are ordinary bars, too.
void place_column(std::span<const Series* const> lanes, std::size_t column, std::size_t rows, double* out) {
  const std::span<const double> longest = lanes.front()->columns[column];
  for (std::size_t first = 0; first < rows; first += kPlacedRows) {
    const std::size_t last = std::min(first + kPlacedRows, rows);
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const std::span<const double> own = lanes[l]->columns[column];
      const std::size_t present = std::clamp(own.size(), first, last);
      double* to = out + first * kTileLanes + l;
      for (std::size_t r = first; r < present; ++r, to += kTileLanes) *to = own[r];
      for (std::size_t r = present; r < last; ++r, to += kTileLanes) *to = longest[r];
    }
  }
}

}  // namespace

Result<Panel> Panel::build(const std::vector<std::string>& columns, std::span<const Series> series) {
  MOMENTUM_TRY_VOID(check_series(series, columns.size()));
  for (const auto& name : columns)
    if (name.empty() || name.size() >= kNameBytes) return fail(ErrorCode::bad_value, "column name too long", name);
  const auto calendar = all_days(series);
  const auto order = lane_order(series);
  const std::size_t tiles = (series.size() + kTileLanes - 1) / kTileLanes;

  Layout layout;
  FlatHeader header{};
  layout.take(sizeof(FlatHeader));
  header.magic = kMagic;
  header.version = kFlatVersion;
  header.columns = static_cast<std::uint32_t>(columns.size());
  header.tiles = static_cast<std::uint32_t>(tiles);
  header.instruments = static_cast<std::uint32_t>(series.size());
  header.calendar_days = calendar.size();
  header.names_offset = layout.take(columns.size() * kNameBytes);
  header.tiles_offset = layout.take(tiles * sizeof(FlatTile));
  header.lanes_offset = layout.take(tiles * kTileLanes * 2 * sizeof(std::uint32_t));
  header.calendar_offset = layout.take(calendar.size() * sizeof(std::int32_t));
  std::vector<FlatTile> flat_tiles(tiles);
  for (std::size_t t = 0; t < tiles; ++t) {
    const std::size_t rows = series[order[t * kTileLanes]].dates.size();
    flat_tiles[t].rows = rows;
    flat_tiles[t].days_offset = layout.take(rows * kTileLanes * sizeof(std::int32_t));
    flat_tiles[t].values_offset = layout.take(columns.size() * rows * kTileLanes * sizeof(double));
  }
  header.total_bytes = layout.total();

  auto* memory = static_cast<std::byte*>(::operator new(layout.total(), std::align_val_t{kAlign}, std::nothrow));
  if (memory == nullptr) {
    return fail(ErrorCode::out_of_memory, "the panel needs " + std::to_string(layout.total()) + " bytes", {},
                "read fewer instruments or a shorter history");
  }
  std::shared_ptr<std::byte> block(memory, AlignedDelete{});
  std::memset(memory, 0, flat_tiles.empty() ? layout.total() : flat_tiles.front().days_offset);
  for (std::size_t c = 0; c < columns.size(); ++c)
    std::memcpy(memory + header.names_offset + c * kNameBytes, columns[c].data(), columns[c].size());
  if (tiles > 0) std::memcpy(memory + header.tiles_offset, flat_tiles.data(), tiles * sizeof(FlatTile));
  if (!calendar.empty())
    std::memcpy(memory + header.calendar_offset, calendar.data(), calendar.size() * sizeof(std::int32_t));
  auto* instrument = reinterpret_cast<std::uint32_t*>(memory + header.lanes_offset);
  auto* length = instrument + tiles * kTileLanes;
  const Series empty{{}, std::vector<std::span<const double>>(columns.size())};
  for (std::size_t t = 0; t < tiles; ++t) {
    std::array<const Series*, kTileLanes> lanes;
    for (std::size_t l = 0; l < kTileLanes; ++l) {
      const std::size_t lane = t * kTileLanes + l;
      const bool used = lane < order.size();
      lanes[l] = used ? &series[order[lane]] : &empty;
      instrument[lane] = used ? order[lane] : kNoInstrument;
      length[lane] = static_cast<std::uint32_t>(lanes[l]->dates.size());
      header.bars += lanes[l]->dates.size();
    }
    const FlatTile& tile = flat_tiles[t];
    place_days(lanes, tile.rows, calendar, reinterpret_cast<std::int32_t*>(memory + tile.days_offset));
    auto* values = reinterpret_cast<double*>(memory + tile.values_offset);
    for (std::size_t c = 0; c < columns.size(); ++c)
      place_column(lanes, c, tile.rows, values + c * tile.rows * kTileLanes);
  }
  std::memcpy(memory, &header, sizeof(header));
  return attach({memory, layout.total()}, std::move(block));
}

Result<Panel> Panel::attach(std::span<const std::byte> block, std::shared_ptr<const void> owner) {
  const auto bad = [](const char* what) { return fail(ErrorCode::bad_state, what, "panel block", "build it again"); };
  FlatHeader header;
  if (block.size() < sizeof(header)) return bad("not a panel");
  std::memcpy(&header, block.data(), sizeof(header));
  if (header.magic != kMagic) return bad("not a panel");
  if (header.version != kFlatVersion) return bad("a panel of another format version");
  if (header.total_bytes != block.size()) return bad("a truncated panel");
  if (reinterpret_cast<std::uintptr_t>(block.data()) % kAlign != 0) return bad("a panel that is not 64-byte aligned");
  const auto inside = [&](std::uint64_t offset, std::uint64_t count, std::uint64_t size) {
    return offset % kAlign == 0 && offset <= block.size() && count <= (block.size() - offset) / size;
  };
  const std::uint64_t lanes = std::uint64_t{header.tiles} * kTileLanes;
  if (!inside(header.names_offset, header.columns, kNameBytes) ||
      !inside(header.tiles_offset, header.tiles, sizeof(FlatTile)) ||
      !inside(header.lanes_offset, lanes, 2 * sizeof(std::uint32_t)) ||
      !inside(header.calendar_offset, header.calendar_days, sizeof(std::int32_t)) || header.instruments > lanes)
    return bad("a damaged panel");

  Panel panel;
  panel.block_ = block;
  panel.owner_ = std::move(owner);
  panel.bars_ = header.bars;
  for (std::size_t c = 0; c < header.columns; ++c) {
    const auto* name = reinterpret_cast<const char*>(block.data() + header.names_offset + c * kNameBytes);
    panel.columns_.emplace_back(name, strnlen(name, kNameBytes));
  }
  for (std::size_t t = 0; t < header.tiles; ++t) {
    FlatTile tile;
    std::memcpy(&tile, block.data() + header.tiles_offset + t * sizeof(tile), sizeof(tile));
    if (tile.rows > UINT32_MAX || !inside(tile.days_offset, tile.rows * kTileLanes, sizeof(std::int32_t)) ||
        !inside(tile.values_offset, tile.rows * kTileLanes * header.columns, sizeof(double)))
      return bad("a damaged panel");
    panel.tiles_.push_back({tile.rows, tile.days_offset, tile.values_offset});
  }
  const auto* words = reinterpret_cast<const std::uint32_t*>(block.data() + header.lanes_offset);
  panel.lane_instrument_ = {words, lanes};
  panel.lane_length_ = {words + lanes, lanes};
  panel.calendar_ = {reinterpret_cast<const std::int32_t*>(block.data() + header.calendar_offset),
                     header.calendar_days};
  panel.lane_of_.assign(header.instruments, kNoInstrument);
  std::uint64_t bars = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    if (panel.lane_length_[lane] > panel.tiles_[lane / kTileLanes].rows) return bad("a damaged panel");
    const std::uint32_t i = panel.lane_instrument_[lane];
    bars += panel.lane_length_[lane];
    if (i == kNoInstrument) continue;
    if (i >= header.instruments || panel.lane_of_[i] != kNoInstrument) return bad("a damaged panel");
    panel.lane_of_[i] = static_cast<std::uint32_t>(lane);
  }
  for (const std::uint32_t lane : panel.lane_of_)
    if (lane == kNoInstrument) return bad("a damaged panel");
  if (bars != header.bars) return bad("a damaged panel");
  return panel;
}

std::optional<std::size_t> Panel::column(std::string_view name) const noexcept {
  const auto at = std::find(columns_.begin(), columns_.end(), name);
  if (at == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - columns_.begin());
}

const double* Panel::values(std::size_t tile, std::size_t column) const noexcept {
  const auto& t = tiles_[tile];
  return reinterpret_cast<const double*>(block_.data() + t.values_offset) + column * t.rows * kTileLanes;
}

const std::int32_t* Panel::days(std::size_t tile) const noexcept {
  return reinterpret_cast<const std::int32_t*>(block_.data() + tiles_[tile].days_offset);
}

Date Panel::date(std::size_t lane, std::size_t row) const noexcept {
  const std::int32_t day = days(lane / kTileLanes)[row * kTileLanes + lane % kTileLanes];
  return day < 0 ? Date{} : Date{calendar_[static_cast<std::size_t>(day)]};
}

}  // namespace momentum::panel
