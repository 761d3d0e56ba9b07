#pragma once
// Reads texts as files of a scratch folder, on a fixed day.

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/table.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/scratch_folder.h"
#include "momentum/sources/bar_reader.h"

namespace momentum::sources::testing {

using momentum::testing::ScratchFolder;

inline const FixedClock& fixed_clock() {
  static const FixedClock clock(*make_date(2026, 11, 20));
  return clock;
}

inline Result<BarSet> read(const std::vector<std::string>& paths, const BarOptions& options = {}, int threads = 1) {
  Context ctx;
  ctx.threads = threads;
  ctx.clock = &fixed_clock();
  return read_bars(ctx, paths, options);
}

// `text` as the only file, sh600000.csv.
inline Result<BarSet> read_text(std::string_view text, const BarOptions& options = {}) {
  ScratchFolder folder;
  return read({folder.write("sh600000.csv", text)}, options);
}

// Cells of a column; nullopt where null, and no answer at all where there is no such column.
using Numbers = std::vector<std::optional<double>>;
inline Numbers column(const InstrumentBars& bars, const std::string& name) {
  const auto chunked = bars.bars->GetColumnByName(name);
  if (chunked == nullptr) {
    ADD_FAILURE() << "no column " << name;
    return {};
  }
  EXPECT_LE(chunked->num_chunks(), 1);
  const auto& array = static_cast<const arrow::DoubleArray&>(*chunked->chunk(0));
  Numbers out;
  for (std::int64_t i = 0; i < array.length(); ++i) {
    out.push_back(array.IsNull(i) ? std::nullopt : std::optional(array.Value(i)));
  }
  return out;
}

// Words of a text column; "" where null, and no answer at all where there is no such column.
inline std::vector<std::string> words(const InstrumentBars& bars, const std::string& name) {
  const auto chunked = bars.bars->GetColumnByName(name);
  if (chunked == nullptr) {
    ADD_FAILURE() << "no column " << name;
    return {};
  }
  const auto& array = static_cast<const arrow::DictionaryArray&>(*chunked->chunk(0));
  const auto& texts = static_cast<const arrow::StringArray&>(*array.dictionary());
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < array.length(); ++i)
    out.push_back(array.IsNull(i) ? "" : texts.GetString(array.GetValueIndex(i)));
  return out;
}

inline std::vector<std::string> names(const InstrumentBars& bars) { return words(bars, "name"); }
inline std::vector<std::string> industries(const InstrumentBars& bars) { return words(bars, "industry"); }

inline std::vector<std::string> days(const InstrumentBars& bars) {
  const auto& array = static_cast<const arrow::Date32Array&>(*bars.bars->GetColumnByName("date")->chunk(0));
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < array.length(); ++i) out.push_back(to_string(Date{array.Value(i)}));
  return out;
}

inline std::vector<std::string> days(const std::vector<Date>& dates) {
  std::vector<std::string> out;
  for (Date date : dates) out.push_back(to_string(date));
  return out;
}

// stored, duplicates, suspensions, quarantined; and that they add up.
inline std::vector<std::int64_t> account(const BarSet& set) {
  const ReadSummary& s = set.summary;
  EXPECT_EQ(s.rows_in, s.stored + s.duplicates + s.suspensions + s.quarantined);
  EXPECT_EQ(s.quarantined, static_cast<std::int64_t>(set.quarantine.size()));
  std::int64_t by_reason = 0;
  for (const auto& [reason, count] : s.quarantined_by_reason) by_reason += count;
  EXPECT_EQ(by_reason, s.quarantined);
  return {s.stored, s.duplicates, s.suspensions, s.quarantined};
}
using Account = std::vector<std::int64_t>;

}  // namespace momentum::sources::testing
