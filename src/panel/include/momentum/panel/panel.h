#pragma once
// The compute plane's only table: instruments as SIMD lanes, each lane's own bars as rows.
//
// Lanes stand in tiles of 32. Row r of a lane is its r-th own traded bar, counted from its first bar (left-aligned), so
// suspended days take no row and appending a bar moves nothing. Lanes are sorted by length, so that a tile, whose row count
// is that of its longest lane, wastes little. *Missing* is NaN in a bar; *absent* is a row at or after the lane's length:
// its memory holds rows of another lane and must not be looked at. The calendar map gives the date of each row.
//
// A Panel is a view of one flat block in exactly this layout (docs/formats.md), so that it can lie in shared memory or a
// file and be attached without a copy. It is immutable and may be read from any thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/date.h"
#include "momentum/base/error.h"
#include "momentum/kernels/tile.h"

namespace momentum::panel {

using kernels::kTileLanes;
inline constexpr std::uint32_t kFlatVersion = 1;
inline constexpr std::uint32_t kNoInstrument = UINT32_MAX;

// One instrument's bars, ascending strictly by date; every column as long as `dates` (days since 1970-01-01).
struct Series {
  std::span<const std::int32_t> dates;
  std::vector<std::span<const double>> columns;
};

class Panel {
 public:
  // Lays the series out as a new block. An instrument without bars takes a lane of length 0. Errors: too_large (more rows
  // than the format counts), bad_value (columns of different length, dates not ascending: says which instrument).
  static Result<Panel> build(const std::vector<std::string>& columns, std::span<const Series> series);

  // A panel over an existing block, kept alive by `owner`. Checks version, offsets and bounds: O(lanes). Error bad_state.
  static Result<Panel> attach(std::span<const std::byte> block, std::shared_ptr<const void> owner);

  std::span<const std::byte> flat() const noexcept { return block_; }
  std::size_t tiles() const noexcept { return tiles_.size(); }
  std::size_t lanes() const noexcept { return tiles_.size() * kTileLanes; }
  std::size_t instruments() const noexcept { return lane_of_.size(); }
  std::uint64_t bars() const noexcept { return bars_; }

  const std::vector<std::string>& columns() const noexcept { return columns_; }
  std::optional<std::size_t> column(std::string_view name) const noexcept;

  std::size_t rows(std::size_t tile) const noexcept { return tiles_[tile].rows; }
  // rows(tile) * 32 doubles, [row][lane], 64-byte aligned.
  const double* values(std::size_t tile, std::size_t column) const noexcept;
  // rows(tile) * 32 indices into calendar(), -1 where absent.
  const std::int32_t* days(std::size_t tile) const noexcept;
  // Every date on which any lane has a bar, ascending.
  std::span<const std::int32_t> calendar() const noexcept { return calendar_; }

  // Lanes are numbered tile * 32 + place in the tile.
  std::size_t lane_of(std::size_t instrument) const noexcept { return lane_of_[instrument]; }
  std::uint32_t instrument_of(std::size_t lane) const noexcept { return lane_instrument_[lane]; }
  std::size_t length(std::size_t lane) const noexcept { return lane_length_[lane]; }
  Date date(std::size_t lane, std::size_t row) const noexcept;

 private:
  struct Tile {
    std::size_t rows;
    std::size_t days_offset;
    std::size_t values_offset;
  };
  std::span<const std::byte> block_;
  std::shared_ptr<const void> owner_;
  std::vector<std::string> columns_;
  std::vector<Tile> tiles_;
  std::span<const std::uint32_t> lane_instrument_, lane_length_;
  std::vector<std::uint32_t> lane_of_;
  std::span<const std::int32_t> calendar_;
  std::uint64_t bars_ = 0;
};

}  // namespace momentum::panel
