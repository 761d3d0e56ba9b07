#pragma once
// A synthetic market for the benchmarks: the same bytes for every contestant.
//
// Flat file, little endian: char magic[8] "MBENCH01", int64 stocks, int64 bars, then five arrays double[stocks][bars]:
// open, high, low, close, volume. Prices in yuan, each the double nearest to a whole number of cents; volume in lots of
// 100 shares. Finite, positive, low <= open, close <= high. Deterministic in (seed, stock): stock i is the same
// whatever the count of stocks.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace momentum::bench {

inline constexpr std::size_t kLanes = 32;

// 64-byte aligned doubles, zero at the start.
class Plane {
 public:
  Plane() = default;
  explicit Plane(std::size_t size);
  ~Plane();
  Plane(Plane&& other) noexcept;
  Plane& operator=(Plane&& other) noexcept;
  double* data() noexcept { return data_; }
  const double* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  double* data_ = nullptr;
  std::size_t size_ = 0;
};

struct Bars {
  double open, high, low, close, volume;
};

// The bars of one stock. About 4 % of the closes equal the one before.
std::vector<Bars> synthetic_stock(std::uint64_t seed, std::uint64_t stock, std::size_t bars);

// The same stock with what a real market has on bad days, for checks only, never for timing: kind 1 has bars without
// volume (up to thirty in a row) and stretches without a change of price or of range, kind 2 also six-fold jumps, kind
// 3 also parts of lots.
void roughen(std::vector<Bars>& bars, std::uint64_t seed, unsigned kind);

// Tiles of 32 stocks, [tile][row][lane]; the last tile is filled up by repeating its last stock.
struct TiledPanel {
  std::size_t stocks = 0, rows = 0;
  Plane open, high, low, close, volume;
  std::size_t tiles() const noexcept { return (stocks + kLanes - 1) / kLanes; }
  std::size_t tile_size() const noexcept { return rows * kLanes; }
};
// rough: tile i holds stocks of kind 1 + i % 3.
TiledPanel synthetic_panel(std::uint64_t seed, std::size_t stocks, std::size_t bars, bool rough = false);
// A stock of that panel, as bars.
std::vector<Bars> stock_of(const TiledPanel& panel, std::size_t stock);

// Writes stocks [0, count) of the panel as the flat file above. False when the file cannot be written whole.
bool write_flat(const TiledPanel& panel, std::size_t count, const std::string& path);

}  // namespace momentum::bench
