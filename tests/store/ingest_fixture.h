#pragma once
// Made-up bars, a store in a folder for one test, and the way in and out of it.

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/store/ingest.h"
#include "momentum/store/levels.h"
#include "stored_bars_internal.h"

namespace momentum::store {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
inline Date day(int year, int month, int of_month) { return *make_date(year, month, of_month); }

// Bars of one instrument by the names of columns.
struct Rows {
  std::vector<std::int32_t> dates;
  std::map<std::string, std::vector<double>> columns;

  std::size_t size() const { return dates.size(); }
  // The rows of the days from .. to.
  Rows between(Date from, Date to) const {
    Rows out;
    for (std::size_t i = 0; i < size(); ++i) {
      if (dates[i] < from.days || dates[i] > to.days) continue;
      out.dates.push_back(dates[i]);
      for (const auto& [name, values] : columns) out.columns[name].push_back(values[i]);
    }
    return out;
  }
  Rows without(const std::string& column) const {
    Rows out = *this;
    out.columns.erase(column);
    return out;
  }
};

// Missing equals missing; else bits.
inline void expect_same(const Rows& a, const Rows& b, const std::string& of = "") {
  EXPECT_EQ(a.dates, b.dates) << of;
  std::set<std::string> names;
  for (const auto& [name, values] : a.columns) names.insert(name);
  for (const auto& [name, values] : b.columns) names.insert(name);
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const auto value = [&](const Rows& rows) {
        return rows.columns.contains(name) ? rows.columns.at(name)[i] : kMissing;
      };
      if (std::isnan(value(a)) && std::isnan(value(b))) continue;
      ASSERT_EQ(std::bit_cast<std::uint64_t>(value(a)), std::bit_cast<std::uint64_t>(value(b)))
          << of << " " << name << " on " << to_string(Date{a.dates[i]});
    }
  }
}

// Bars of every weekday in [first, last]; a price is a function of (seed, day), so that stretches of one seed agree.
inline Rows made_bars(int seed, Date first, Date last, bool with_more = true) {
  Rows out;
  for (Date at = first; at <= last; at = at + 1) {
    if (is_weekend(at)) continue;
    const auto noise =
        (static_cast<std::uint32_t>(at.days) * 2654435761U + static_cast<std::uint32_t>(seed) * 40503U) >> 16;
    const int cents = 1000 + static_cast<int>(noise % 500);
    out.dates.push_back(at.days);
    const auto put = [&](const char* name, double value) { out.columns[name].push_back(value); };
    put("open", cents / 100.0);
    put("high", (cents + 20) / 100.0);
    put("low", (cents - 20) / 100.0);
    put("close", (cents + 5) / 100.0);
    put("volume", noise % 17 == 0 ? kMissing : 100.0 * noise);
    if (!with_more) continue;
    put("preclose", (cents + 1) / 100.0);
    put("turnover", noise / 7.0);  // no decimal
  }
  return out;
}

inline std::shared_ptr<arrow::Table> table_of(const Rows& rows) {
  const auto n = static_cast<std::int64_t>(rows.size());
  std::vector<std::shared_ptr<arrow::Field>> fields = {arrow::field("date", arrow::date32(), false)};
  std::vector<std::shared_ptr<arrow::Array>> arrays = {
      std::make_shared<arrow::Date32Array>(n, arrow::Buffer::FromVector(rows.dates))};
  for (const auto& [name, values] : rows.columns) {
    arrow::DoubleBuilder bits;
    for (const double value : values) {
      if (!(std::isnan(value) ? bits.AppendNull() : bits.Append(value)).ok()) throw std::runtime_error("builder");
    }
    const auto built = bits.Finish().ValueOrDie();
    fields.push_back(arrow::field(name, arrow::float64()));
    arrays.push_back(std::make_shared<arrow::DoubleArray>(n, arrow::Buffer::FromVector(values), built->null_bitmap(),
                                                          built->null_count()));
  }
  return arrow::Table::Make(arrow::schema(fields), arrays, n);
}

inline catalog::InstrumentRecord record_of(catalog::InstrumentId id) {
  catalog::InstrumentRecord record;
  record.id = id;
  record.code = {std::to_string(600000 + id), Market::SH};
  record.kind = Kind::stock;
  return record;
}

inline Context on_threads(int threads, const CancelToken* cancel = nullptr) {
  Context ctx;
  ctx.threads = threads;
  ctx.cancel = cancel;
  return ctx;
}

using Bars = std::map<catalog::InstrumentId, Rows>;

class IngestStore {
 public:
  explicit IngestStore(int buckets = 2, const std::string& parent = std::filesystem::temp_directory_path()) {
    std::string pattern = parent + "/momentum_ingest_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    catalog::StoreInfo info{.buckets = buckets};
    if (const char* const storage = std::getenv("MOMENTUM_TEST_STORAGE")) info.storage = storage;
    const auto made = catalog::Catalog::create(Context{}, folder_, info);
    if (!made) throw std::runtime_error(made.error().to_string());
  }
  ~IngestStore() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  IngestStore(const IngestStore&) = delete;
  IngestStore& operator=(const IngestStore&) = delete;

  const std::string& folder() const { return folder_; }
  catalog::State state() const { return catalog::Catalog::open(folder_).value().load().value(); }

  Result<Outcome> try_put(const Bars& bars, const IngestOptions& options = {}, const Describe& describe = {},
                          const SessionsOf& sessions = {}, const Context& ctx = on_threads(2)) const {
    std::vector<Incoming> incoming;
    std::vector<const Rows*> rows;
    const catalog::State before = state();
    for (const auto& [id, of_one] : bars) {
      const auto place = static_cast<std::size_t>(id);
      incoming.push_back({place < before.instruments.size() ? before.instruments[place] : record_of(id)});
      rows.push_back(&of_one);
    }
    return try_put(
        incoming, [&](std::size_t i) -> Result<std::shared_ptr<arrow::Table>> { return table_of(*rows[i]); }, options,
        describe, sessions, ctx);
  }
  Result<Outcome> try_put(const std::vector<Incoming>& incoming, const BarsOf& bars_of,
                          const IngestOptions& options = {}, const Describe& describe = {},
                          const SessionsOf& sessions = {}, const Context& ctx = on_threads(2)) const {
    MOMENTUM_TRY(const auto lock, catalog::WriterLock::acquire(ctx, folder_, std::chrono::milliseconds(0)));
    MOMENTUM_TRY(auto catalog, catalog::Catalog::open(lock));
    MOMENTUM_TRY(const catalog::State now, catalog.load());
    return ingest(ctx, lock, catalog, now, incoming, bars_of, describe, sessions, options);
  }
  Outcome put(const Bars& bars, const IngestOptions& options = {}, int threads = 2) const {
    auto out = try_put(bars, options, {}, {}, on_threads(threads));
    if (!out) throw std::runtime_error(out.error().to_string());
    return *out;
  }

  // All stored bars.
  Bars bars() const {
    const catalog::State now = state();
    Bars out;
    std::deque<StoredFile> files;
    std::vector<StoredFile*> by_day;
    for (const catalog::FileRecord& file : now.files)
      by_day.push_back(&files.emplace_back(folder_, now.info.uuid, file));
    std::ranges::sort(by_day, std::ranges::greater{}, [](const StoredFile* file) { return file->record().level; });
    for (StoredFile* const file : by_day) {
      StoredBars stored(*file);
      for (const catalog::Extent& extent : file->record().extents) {
        auto read = stored.read(extent, kAllColumns);
        if (!read) throw std::runtime_error(read.error().to_string());
        Rows& rows = out[extent.instrument];
        for (std::size_t c = 0; c < kColumns; ++c) {
          auto& column = rows.columns[std::string(column_name(c))];
          if (read->columns[c].empty()) column.resize(column.size() + read->size(), kMissing);
          column.insert(column.end(), read->columns[c].begin(), read->columns[c].end());
        }
        rows.dates.insert(rows.dates.end(), read->times.begin(), read->times.end());
      }
    }
    return out;
  }
  void expect_bars(const Bars& want) const {
    const Bars have = bars();
    std::size_t with_bars = 0;
    for (const auto& [id, rows] : want) {
      if (rows.size() == 0) continue;
      ++with_bars;
      ASSERT_TRUE(have.contains(id)) << id;
      expect_same(have.at(id), rows, "instrument " + std::to_string(id));
    }
    EXPECT_EQ(have.size(), with_bars);
  }

  // Names in `data/`.
  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/data"))
      out.insert("data/" + entry.path().filename().string());
    return out;
  }
  std::set<std::string> live_names() const {
    std::set<std::string> out;
    for (const catalog::FileRecord& file : state().files) out.insert(file.path);
    return out;
  }

 private:
  std::string folder_;
};

}  // namespace momentum::store
