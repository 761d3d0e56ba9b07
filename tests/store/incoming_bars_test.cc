#include "incoming_bars_internal.h"

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

const Rows kRows = made_bars(1, day(2024, 1, 1), day(2024, 1, 31));

std::string error_of(std::shared_ptr<arrow::Table> table) {
  const auto out = view_of(std::move(table), Dataset::daily, "600000.SH");
  if (out) return "none";
  EXPECT_EQ(out.error().code, ErrorCode::internal);
  EXPECT_EQ(out.error().where, "600000.SH");
  return out.error().what;
}

TEST(IncomingBars, AreAViewOfTheTable) {
  const auto table = table_of(kRows);
  const auto in = view_of(table, Dataset::daily, "").value();
  ASSERT_EQ(in.bars.size(), kRows.size());
  EXPECT_EQ(in.owner, table);
  EXPECT_EQ(in.bars.columns[kCloseColumn].data(),
            static_cast<const arrow::DoubleArray&>(*table->GetColumnByName("close")->chunk(0)).raw_values());
  EXPECT_EQ(in.bars.columns[kPrecloseColumn][2], kRows.columns.at("preclose")[2]);
  EXPECT_TRUE(in.bars.columns[5].empty());
}

TEST(IncomingBars, NothingIsNothing) {
  EXPECT_EQ(view_of(nullptr, Dataset::daily, "").value().bars.size(), 0u);
  EXPECT_EQ(view_of(table_of({}), Dataset::daily, "").value().bars.size(), 0u);
}

TEST(IncomingBars, AColumnWithoutAnyValueIsNotThere) {
  Rows rows = kRows;
  rows.columns["turnover"].assign(rows.size(), kMissing);
  rows.columns["volume"].assign(rows.size(), kMissing);
  const auto in = view_of(table_of(rows), Dataset::daily, "").value();
  EXPECT_TRUE(in.bars.columns[7].empty());
  EXPECT_EQ(in.bars.columns[4].size(), rows.size());  // which every file has
}

TEST(IncomingBars, SlicesAndChunksAreRead) {
  const auto table = table_of(kRows);
  const auto slice = view_of(table->Slice(3, 5), Dataset::daily, "").value();
  ASSERT_EQ(slice.bars.size(), 5u);
  EXPECT_EQ(slice.bars.times[0], kRows.dates[3]);
  EXPECT_EQ(slice.bars.columns[0][4], kRows.columns.at("open")[7]);
  const auto parts = arrow::ConcatenateTables({table->Slice(0, 4), table->Slice(4)}).ValueOrDie();
  const auto whole = view_of(parts, Dataset::daily, "").value();
  ASSERT_EQ(whole.bars.size(), kRows.size());
  EXPECT_EQ(whole.bars.columns[0][9], kRows.columns.at("open")[9]);
}

TEST(IncomingBars, TextsAreLeftAlone) {
  auto table = table_of(kRows);
  arrow::StringBuilder names;
  for (std::size_t i = 0; i < kRows.size(); ++i) ASSERT_TRUE(names.Append("name").ok());
  table = table
              ->AddColumn(1, arrow::field("name", arrow::utf8()),
                          std::make_shared<arrow::ChunkedArray>(names.Finish().ValueOrDie()))
              .ValueOrDie();
  EXPECT_EQ(error_of(table), "none");
}

TEST(IncomingBars, BrokenRulesAreNamed) {
  EXPECT_NE(error_of(table_of(kRows.without("low"))).find("no column low"), std::string::npos);
  Rows odd = kRows;
  odd.columns["colour"] = odd.columns["close"];
  EXPECT_NE(error_of(table_of(odd)).find("colour"), std::string::npos);
  Rows twice = kRows;
  twice.dates[4] = twice.dates[3];
  EXPECT_NE(error_of(table_of(twice)).find("ascend"), std::string::npos);
  Rows never = kRows;
  never.dates[0] = Date::kNone;
  EXPECT_NE(error_of(table_of(never)).find("ascend"), std::string::npos);
  const auto table = table_of(kRows);
  EXPECT_NE(error_of(table->RemoveColumn(0).ValueOrDie()).find("no dates"), std::string::npos);
}

TEST(IncomingBars, OddDatesAndLengthsAreRefused) {
  const auto table = table_of(kRows);
  const auto with = [&](const char* name, std::shared_ptr<arrow::Array> column) {
    auto columns = table->columns();
    const int k = table->schema()->GetFieldIndex(name);
    columns[static_cast<std::size_t>(k)] = std::make_shared<arrow::ChunkedArray>(std::move(column));
    return arrow::Table::Make(table->schema(), columns, table->num_rows());
  };
  EXPECT_NE(error_of(with("date", table->GetColumnByName("open")->chunk(0))).find("dates"), std::string::npos);
  EXPECT_NE(error_of(with("low", table->GetColumnByName("low")->chunk(0)->Slice(1))).find("low"), std::string::npos);
}

TEST(IncomingBars, ANullThatIsANumberIsRefused) {
  auto table = table_of(kRows);
  arrow::DoubleBuilder some;
  for (std::size_t i = 0; i < kRows.size(); ++i) ASSERT_TRUE((i == 2 ? some.AppendNull() : some.Append(1)).ok());
  const auto built = some.Finish().ValueOrDie();
  table = table
              ->SetColumn(table->schema()->GetFieldIndex("high"), arrow::field("high", arrow::float64()),
                          std::make_shared<arrow::ChunkedArray>(built))
              .ValueOrDie();
  EXPECT_NE(error_of(table).find("high"), std::string::npos);
}

}  // namespace
}  // namespace momentum::store
