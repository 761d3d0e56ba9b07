#include "bars_file_internal.h"

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

using catalog::Level;

// Instruments 0, 2, 4, ... with as many rows as `rows` says.
BarsDraft draft(Level level, const std::vector<int>& rows) {
  BarsDraft out{.level = level,
                .bucket = level == Level::tail ? std::nullopt : std::optional(1),
                .rows = BarRows(),
                .extents = {}};
  catalog::InstrumentId id = 0;
  for (const int n : rows) {
    std::vector<std::int32_t> days;
    std::vector<double> values;
    for (int i = 0; i < n; ++i) {
      days.push_back(10000 + i);
      values.push_back((id * 7 + i) % 1000 / 100.0);
    }
    BarSeries series{.times = days};
    for (std::size_t c = 0; c < kRequiredColumns; ++c) series.columns[c] = values;
    out.extents.push_back({id, static_cast<std::int64_t>(out.rows.size()), n, {days.front()}, {days.back()}});
    out.rows.append(series);
    id += 2;
  }
  return out;
}

class BarsFile : public ::testing::Test {
 protected:
  catalog::FileRecord write(const BarsDraft& draft, int compression = catalog::StoreInfo().compression) {
    file_ = {.draft = store_.folder() + "/data/.tmp-1", .path = "data/.tmp-1"};
    std::filesystem::remove(file_.draft);
    return write_bars(Context{}, file_, "uuid", compression, draft).value();
  }
  std::unique_ptr<formats::DataFileReader> read(const catalog::FileRecord& record) {
    return open_data_file(store_.folder(), "uuid", record).value();
  }

  const IngestStore store_;
  NewFile file_;
};

TEST_F(BarsFile, IsWhatItsRecordSays) {
  const BarsDraft written = draft(Level::year, {5, 1, 9});
  const catalog::FileRecord record = write(written);
  EXPECT_EQ(record.path, file_.path);
  EXPECT_EQ(record.dataset, "daily");
  EXPECT_EQ(record.level, Level::year);
  EXPECT_EQ(record.bucket, 1);
  EXPECT_EQ(record.rows, 15);
  EXPECT_EQ(record.first, Date{10000});
  EXPECT_EQ(record.last, Date{10008});
  EXPECT_EQ(record.extents, written.extents);
  EXPECT_EQ(static_cast<std::uintmax_t>(record.bytes), std::filesystem::file_size(file_.draft));
  const auto reader = read(record);  // which checks columns, groups and identity
  EXPECT_EQ(reader->hash(), record.checksum);
  std::vector<std::int32_t> instruments(15), dates(15);
  ASSERT_TRUE(reader->read(0, 0, instruments));
  ASSERT_TRUE(reader->read(0, 1, dates));
  EXPECT_EQ(instruments, (std::vector<std::int32_t>{0, 0, 0, 0, 0, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4}));
  EXPECT_TRUE(std::ranges::equal(dates, written.rows.times()));
}

TEST_F(BarsFile, RowGroupsEndAtInstruments) {
  for (const Level level : {Level::tail, Level::year, Level::base}) {
    const int most = static_cast<int>(rows_per_group(Dataset::daily, level));
    const catalog::FileRecord record = write(draft(level, {most / 2, most / 2, 1, most + 5, 2, most - 2, 3}));
    std::vector<std::int64_t> rows;
    for (const catalog::RowGroupRecord& group : record.row_groups) rows.push_back(group.rows);
    EXPECT_EQ(rows, (std::vector<std::int64_t>{most, 1, most + 5, most, 3}));
    EXPECT_EQ(read(record)->groups().size(), 5u);
  }
}

TEST_F(BarsFile, EachColumnTakesTheSmallestFormThatLosesNothing) {
  BarsDraft some{.level = Level::tail, .bucket = {}, .rows = BarRows(), .extents = {{3, 0, 3, {1}, {3}}}};
  const std::vector<std::int32_t> days = {1, 2, 3};
  const std::vector<double> cents = {1.25, kMissing, 3}, mills = {0.001, 2, 3}, big = {1e11, 2, 3},
                            real = {1.0 / 3, 2, -0.0}, none(3, kMissing);
  BarSeries series{.times = days};
  series.columns[0] = cents;
  series.columns[1] = mills;
  series.columns[2] = real;
  series.columns[3] = none;
  series.columns[4] = big;
  series.columns[5] = none;
  series.columns[7] = real;
  some.rows.append(series);
  const catalog::FileRecord record = write(some);
  std::vector<std::string> found;
  for (const catalog::ColumnRecord& column : record.columns) {
    found.push_back(column.name + " " + column.physical + " " + std::to_string(column.scale));
    EXPECT_FALSE(column.reason.empty());
  }
  // The volume takes 8 bytes either way, and doubles need no conversion.
  EXPECT_EQ(found,
            (std::vector<std::string>{"instrument int32 -1", "date int32 -1", "open int32 2", "high int32 3",
                                      "low float64 -1", "close int32 0", "volume float64 -1", "turnover float64 -1"}));
  const auto reader = read(record);
  std::vector<double> back(3);
  ASSERT_TRUE(reader->read_real(0, 2, back));
  EXPECT_EQ(back[0], 1.25);
  EXPECT_TRUE(std::isnan(back[1]));
  EXPECT_EQ(reader->missing(0, 2), 1);
  ASSERT_TRUE(reader->read_real(0, 4, back));
  EXPECT_TRUE(std::signbit(back[2]));
  EXPECT_EQ(reader->missing(0, 5), 3);
}

// A level says which columns are worth what; whatever it says, the values are the same.
TEST_F(BarsFile, EachLevelKeepsEveryBitAndLevelZeroIsTheLargest) {
  BarsDraft bars = draft(Level::base, {700, 900, 800});
  const std::span<const double> open = bars.rows.view().columns[0];
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (const int compression : {0, 3, 6, 9, catalog::kCompatCompression}) {
    const catalog::FileRecord record = write(bars, compression);
    const auto reader = read(record);
    std::vector<double> back(static_cast<std::size_t>(record.rows));
    ASSERT_TRUE(reader->read_real(0, 2, back));
    EXPECT_TRUE(std::ranges::equal(back, open)) << compression;
    std::vector<std::int32_t> days(back.size());
    ASSERT_TRUE(reader->read(0, 1, days));
    EXPECT_TRUE(std::ranges::equal(days, bars.rows.times())) << compression;
    if (compression == catalog::kCompatCompression) {
      for (const catalog::ColumnRecord& column : record.columns) {
        EXPECT_EQ(column.encoding + " " + column.codec, "dictionary zstd") << column.name;
        EXPECT_EQ(column.physical, column.name == "instrument" || column.name == "date" ? "int32" : "float64");
      }
    } else {
      EXPECT_LE(record.bytes, before);
      before = record.bytes;
      EXPECT_NE(record.columns[2].reason.find(" ns a value"), std::string::npos) << record.columns[2].reason;
    }
  }
}

TEST_F(BarsFile, InterruptedItLeavesNoFile) {
  CancelToken cancel;
  cancel.cancel();
  const NewFile file{.draft = store_.folder() + "/data/.tmp-2", .path = "data/x"};
  const auto out = write_bars(on_threads(1, &cancel), file, "uuid", 6, draft(Level::year, {5}));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::interrupted);
  EXPECT_FALSE(std::filesystem::exists(file.draft));
}

TEST_F(BarsFile, WithoutAFolderIsAnError) {
  const auto out =
      write_bars({}, {.draft = store_.folder() + "/none/.tmp-2", .path = "data/x"}, "uuid", 6, draft(Level::year, {5}));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().category(), Category::storage);
}

}  // namespace
}  // namespace momentum::store
