#include "store_health.h"

#include <gtest/gtest.h>

namespace momentum::cli {
namespace {

engine::StoreSummary sample() {
  engine::StoreSummary store;
  store.folder = "s";
  store.info.uuid = "u";
  store.snapshot.id = 4;
  store.snapshot.op = "import";
  store.snapshot.note = "2 files";
  store.instruments = 3;
  store.instruments_with_bars = 2;
  store.bars = 1000;
  store.bytes = 16000;
  store.factor_events = 5;
  store.unverified_links = 1;
  store.first = *make_date(2020, 1, 2);
  store.last = *make_date(2024, 5, 6);
  store.levels = {{catalog::Level::year, 8, 900, 14000}, {catalog::Level::tail, 1, 100, 2000}};
  store.sessions = {{"a", 500, *make_date(2020, 1, 2), *make_date(2024, 5, 6), 2}};
  store.columns = {{"date", "date on int32", "delta", "none", 9, 500, 700, "delta, no codec: 1.40 bytes", 500}};
  return store;
}

TEST(StoreHealth, InfoAsText) {
  const std::string text = store_info_text(sample(), {});
  EXPECT_NE(text.find("3 instruments, 2 of them with bars; 1,000 bars, 2020-01-02..2024-05-06\n"), std::string::npos);
  EXPECT_NE(text.find("16.00 bytes a bar\n"), std::string::npos);
  EXPECT_NE(text.find("4: import, 1970-01-01T00:00:00Z (2 files)\n"), std::string::npos);
  EXPECT_NE(text.find("tail       1   100   2,000  20.00\n"), std::string::npos);
  EXPECT_NE(text.find("date    date on int32  delta     none       9    700     1.40  delta, no codec: 1.40 bytes\n"),
            std::string::npos);
  EXPECT_EQ(text.find("SYNTHETIC"), std::string::npos);
}

TEST(StoreHealth, MinutesHaveALineAndLevelsOfTheirOwn) {
  EXPECT_EQ(store_info_text(sample(), {}).find("minute"), std::string::npos);
  engine::StoreSummary store = sample();
  store.bytes += 3000;
  store.minutes = {2, 1500, 3000, *make_date(2024, 5, 2), *make_date(2024, 5, 6)};
  store.levels.push_back({catalog::Level::tail, 1, 1500, 3000, "minute"});
  store.columns.push_back({"minute", "int32", "delta", "none", 1, 1500, 30, "small", 1500, "minute"});
  const std::string text = store_info_text(store, {});
  EXPECT_NE(text.find("16.00 bytes a bar\n"), std::string::npos);  // of days
  EXPECT_NE(text.find("2 instruments, 1,500 bars of minutes, 2024-05-02..2024-05-06, 2.9 KiB, 2.00 bytes a bar\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nminute: tail "), std::string::npos);
  EXPECT_NE(text.find("\nminute: minute "), std::string::npos);
  EXPECT_NE(store_info_json(store).find(
                R"("minutes":{"instruments":2,"bars":1500,"bytes":3000,"first":"2024-05-02","last":"2024-05-06"})"),
            std::string::npos)
      << store_info_json(store);
}

TEST(StoreHealth, TheReasonTakesTheRoomThatIsLeft) {
  engine::StoreSummary store = sample();
  store.columns[0].reason = std::string(100, 'r');
  const auto line = [&](int width) {
    const std::string text = store_info_text(store, {.width = width});
    const std::string last = text.substr(text.rfind("\ndate") + 1);
    return last.size() - 1;
  };
  EXPECT_GT(line(0), 140U);
  EXPECT_LE(line(100), 102U);  // the sign of what was cut takes three bytes
  EXPECT_GT(line(100), 90U);
}

TEST(StoreHealth, InfoInChineseAndOfMadeUpData) {
  engine::StoreSummary store = sample();
  store.info.synthetic = true;
  store.info.arguments = "--stocks 3";
  const std::string text = store_info_text(store, {.lang = report::Lang::zh});
  EXPECT_NE(text.find("合成数据 SYNTHETIC: momentum demo --stocks 3"), std::string::npos);
  EXPECT_NE(text.find("3 只证券"), std::string::npos);
}

TEST(StoreHealth, AnEmptyStore) {
  engine::StoreSummary store;
  store.folder = "s";
  const std::string text = store_info_text(store, {});
  EXPECT_NE(text.find("0 instruments, 0 of them with bars; 0 bars\n"), std::string::npos);
  EXPECT_NE(store_info_json(store).find(R"("first":null,"last":null)"), std::string::npos);
}

TEST(StoreHealth, InfoAsJson) {
  const std::string json = store_info_json(sample());
  EXPECT_NE(json.find(R"("snapshot":{"id":4,"op":"import","note":"2 files","created":"1970-01-01T00:00:00Z"})"),
            std::string::npos);
  EXPECT_NE(json.find(R"({"dataset":"daily","level":"tail","files":1,"rows":100,"bytes":2000})"), std::string::npos);
  EXPECT_NE(
      json.find(
          R"({"dataset":"daily","column":"date","form":"date on int32","encoding":"delta","codec":"none","files":9,"rows":500,"bytes":700,)"
          R"("reason":"delta, no codec: 1.40 bytes"})"),
      std::string::npos);
}

TEST(StoreHealth, CompressionIsALevelOrCompat) {
  engine::StoreSummary store = sample();
  EXPECT_NE(store_info_json(store).find(R"("compression":6)"), std::string::npos);
  store.info.compression = catalog::kCompatCompression;
  EXPECT_NE(store_info_json(store).find(R"("compression":"compat")"), std::string::npos);
  EXPECT_NE(store_info_text(store, {}).find("parquet, compression compat\n"), std::string::npos);
}

std::string health_json(const Result<engine::StoreSummary>& store) {
  std::string out;
  report::JsonWriter json(out);
  add_store_health(json, "s", store);
  return out;
}

TEST(StoreHealth, WellUnwellOrNotThere) {
  EXPECT_EQ(store_health_text("s", sample()), "s: well; snapshot 4, 3 instruments, 1,000 bars in 9 files, 15.6 KiB");
  EXPECT_EQ(
      health_json(sample()),
      R"({"folder":"s","state":"well","error":null,"snapshot":4,"instruments":3,"bars":1000,"minutes":0,"files":9,)"
      R"("unverified_links":1})");
  const Result<engine::StoreSummary> broken = fail(ErrorCode::damaged_store, "damaged", "x.parquet", "restore it");
  EXPECT_EQ(store_health_text("s", broken), "damaged: x.parquet; restore it");
  EXPECT_NE(health_json(broken).find(R"("state":"unwell","error":"damaged: x.parquet; restore it","snapshot":null)"),
            std::string::npos);
  const Result<engine::StoreSummary> none = fail(ErrorCode::store_not_found, "no such store", "s");
  EXPECT_NE(health_json(none).find(R"("state":"none")"), std::string::npos);
}

}  // namespace
}  // namespace momentum::cli
