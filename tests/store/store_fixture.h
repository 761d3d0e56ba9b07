#pragma once
// Small stores for one test, gone afterwards, with bars that anyone can work out again.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "momentum/catalog/catalog.h"
#include "momentum/formats/column_file.h"
#include "momentum/formats/decimal_column.h"
#include "store_file_internal.h"

namespace momentum::store {

inline Date day(int year, int month, int of_month) { return *make_date(year, month, of_month); }

// Every instrument rests on every fifth day, each on others.
inline bool trades(catalog::InstrumentId id, Date on) { return (on.days + id) % 5 != 0; }

// Bars of an instrument from one trading day to another.
struct Part {
  catalog::InstrumentId id = 0;
  Date first, last;

  std::vector<std::int32_t> days() const {
    std::vector<std::int32_t> days;
    for (Date at = first; at <= last; at = at + 1) {
      if (trades(id, at)) days.push_back(at.days);
    }
    return days;
  }
};

inline bool is_missing(std::string_view column, std::uint64_t mixed) { return column != "open" && mixed % 11 == 0; }

// What a column has for an instrument on a day: cents; whole for volume; not a decimal of any length for turnover.
inline double value_of(std::string_view column, catalog::InstrumentId id, std::int32_t on) {
  std::uint64_t mixed =
      0x9E3779B97F4A7C15U * (static_cast<std::uint64_t>(id) * 100'000 + static_cast<std::uint64_t>(on));
  for (const char c : column) mixed = (mixed ^ static_cast<std::uint64_t>(c)) * 0x100000001B3U;
  mixed ^= mixed >> 29;
  if (is_missing(column, mixed)) return std::numeric_limits<double>::quiet_NaN();
  if (column == "volume") return static_cast<double>(mixed % 10'000'000'000);
  if (column == "turnover") return 1.0 / static_cast<double>(mixed % 1000 + 3);
  return static_cast<double>(mixed % 1'000'000) / 100;
}

inline const std::vector<std::string>& bar_columns() {
  static const std::vector<std::string> columns(kBarColumns.begin(), kBarColumns.end());
  return columns;
}

class TestStore {
 public:
  explicit TestStore(int instruments = 0) {
    std::string pattern = (std::filesystem::temp_directory_path() / "momentum_store_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    catalog::Catalog::create(Context{}, folder_, {}).value();
    uuid_ = state().info.uuid;
    change_.op = "import";
    for (catalog::InstrumentId id = 0; id < instruments; ++id) {
      catalog::InstrumentRecord record;
      record.id = id;
      record.code = {std::to_string(600000 + id), Market::SH};
      change_.instruments.push_back(record);
    }
  }
  ~TestStore() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;

  const std::string& folder() const { return folder_; }
  const std::string& uuid() const { return uuid_; }
  std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }

  // A file with these row groups, ascending by instrument; one that goes on in the next group has one extent all the same.
  void add(const std::string& path, catalog::Level level, std::optional<int> bucket,
           const std::vector<std::vector<Part>>& groups, const std::vector<std::string>& columns = bar_columns()) {
    catalog::FileRecord file;
    file.path = path;
    file.level = level;
    file.bucket = bucket;
    std::vector<formats::ColumnSpec> specs = key_specs(Dataset::daily);
    for (const std::string& column : columns) {
      const bool whole = column == "volume", odd = column == "turnover";
      specs.push_back(column_spec(column,
                                  odd     ? formats::Physical::float64
                                  : whole ? formats::Physical::int64
                                          : formats::Physical::int32,
                                  odd     ? formats::kNoScale
                                  : whole ? 0
                                          : 2));
    }
    for (const formats::ColumnSpec& spec : specs) file.columns.push_back(record_of(spec, "for a test"));
    auto writer = formats::ColumnFileWriter::create(this->path(path), specs, identity_of(uuid_, path)).value();
    for (const std::vector<Part>& parts : groups) write_group(*writer, parts, columns, file);
    const auto summary = writer->close().value();
    std::int64_t row = 0;
    for (const formats::RowGroupPlace& group : summary.groups) {
      file.row_groups.push_back({row, group.rows, group.offset, group.bytes});
      row += group.rows;
    }
    file.bytes = summary.bytes;
    file.checksum = summary.hash;
    change_.add_files.push_back(std::move(file));
  }

  // Makes what was added the store's newest state.
  catalog::State commit() {
    const auto lock = catalog::WriterLock::acquire(Context{}, folder_, std::chrono::milliseconds(0)).value();
    auto catalog = catalog::Catalog::open(lock).value();
    const auto done = catalog.commit(Context{}, change_, catalog.load().value().snapshot.id);
    if (!done) throw std::runtime_error(done.error().to_string());
    return catalog.load().value();
  }
  catalog::State state() const { return catalog::Catalog::open(folder_).value().load().value(); }

  // What the store has of an instrument, whatever file it is in.
  const std::set<std::int32_t>& days_of(catalog::InstrumentId id) { return days_[id]; }

  std::string bytes(std::string_view name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << bytes;
  }
  void flip(std::string_view name, std::int64_t at) const {
    std::string all = bytes(name);
    all[static_cast<std::size_t>(at)] = static_cast<char>(all[static_cast<std::size_t>(at)] ^ 0x10);
    write(name, all);
  }

 private:
  void write_group(formats::ColumnFileWriter& writer, const std::vector<Part>& parts,
                   const std::vector<std::string>& columns, catalog::FileRecord& file) {
    std::vector<std::int32_t> ids, days;
    for (const Part& part : parts) {
      const std::vector<std::int32_t> of_part = part.days();
      const auto rows = static_cast<std::int64_t>(of_part.size());
      if (!file.extents.empty() && file.extents.back().instrument == part.id) {
        file.extents.back().rows += rows;
        file.extents.back().last = Date{of_part.back()};
      } else {
        file.extents.push_back({part.id, file.rows, rows, Date{of_part.front()}, Date{of_part.back()}});
      }
      file.first = file.rows == 0 ? Date{of_part.front()} : std::min(file.first, Date{of_part.front()});
      file.last = file.rows == 0 ? Date{of_part.back()} : std::max(file.last, Date{of_part.back()});
      file.rows += rows;
      for (const std::int32_t on : of_part) {
        ids.push_back(part.id);
        days.push_back(on);
        days_[part.id].insert(on);
      }
    }
    const std::size_t rows = ids.size(), bits = formats::validity_bytes(static_cast<std::int64_t>(rows));
    std::vector<std::vector<double>> values(columns.size(), std::vector<double>(rows));
    std::vector<std::vector<std::int32_t>> cents(columns.size(), std::vector<std::int32_t>(rows));
    std::vector<std::vector<std::int64_t>> wholes(columns.size(), std::vector<std::int64_t>(rows));
    std::vector<std::vector<double>> reals(columns.size(), std::vector<double>(rows));
    std::vector<std::vector<std::uint8_t>> validity(columns.size(), std::vector<std::uint8_t>(bits));
    std::vector<formats::ColumnValues> group = {{std::span<const std::int32_t>(ids)},
                                                {std::span<const std::int32_t>(days)}};
    for (std::size_t c = 0; c < columns.size(); ++c) {
      for (std::size_t k = 0; k < rows; ++k) values[c][k] = value_of(columns[c], ids[k], days[k]);
      formats::ColumnValues& out = group.emplace_back();
      std::int64_t missing = 0;
      if (columns[c] == "volume") {
        missing = formats::to_decimal(values[c], 0, std::span(wholes[c]), validity[c]);
        out.values = std::span<const std::int64_t>(wholes[c]);
      } else if (columns[c] == "turnover") {
        missing = formats::to_decimal(values[c], std::span(reals[c]), validity[c]);
        out.values = std::span<const double>(reals[c]);
      } else {
        missing = formats::to_decimal(values[c], 2, std::span(cents[c]), validity[c]);
        out.values = std::span<const std::int32_t>(cents[c]);
      }
      if (missing > 0) out.validity = validity[c];
    }
    const auto wrote = writer.write_row_group(group);
    if (!wrote) throw std::runtime_error(wrote.error().to_string());
  }

  std::string folder_, uuid_;
  catalog::Change change_;
  std::map<catalog::InstrumentId, std::set<std::int32_t>> days_;
};

}  // namespace momentum::store
