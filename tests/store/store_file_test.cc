#include "store_file_internal.h"

#include <sys/stat.h>

#include <array>

#include "market_store.h"

namespace momentum::store {
namespace {

constexpr std::string_view kBase = "data/base-0-1.parquet";

class StoreFile : public ::testing::Test {
 protected:
  catalog::FileRecord record(std::string_view path = kBase) const { return store_.market().files[store_.file(path)]; }

  // Opens it as `file` says and expects a damage that names it.
  void expect_damage(const catalog::FileRecord& file, std::string_view why) const {
    const auto opened = open_data_file(store_.folder(), store_.uuid(), file);
    ASSERT_FALSE(opened) << why;
    EXPECT_EQ(opened.error().code, ErrorCode::damaged_store);
    EXPECT_NE(opened.error().what.find(why), std::string::npos) << opened.error().to_string();
    EXPECT_EQ(opened.error().where, store_.path(file.path));
    EXPECT_NE(opened.error().remedy.find("from a copy of the store"), std::string::npos);
  }

  MarketStore store_;
};

TEST_F(StoreFile, OpensAsTheCatalogSays) {
  for (const catalog::FileRecord& file : store_.market().files) {
    const auto opened = open_data_file(store_.folder(), store_.uuid(), file);
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ((*opened)->rows(), file.rows);
  }
}

TEST_F(StoreFile, GoneCutOrDamaged) {
  const std::string whole = store_.bytes(kBase);
  store_.write(kBase, whole.substr(0, whole.size() - 1));
  expect_damage(record(), "bytes, not");
  store_.write(kBase, whole);
  store_.flip(kBase, record().bytes - 20);
  expect_damage(record(), "checksum of the footer");
  store_.write(kBase, std::string(whole.size(), 'x'));
  expect_damage(record(), "no Parquet file");
  std::filesystem::remove(store_.path(kBase));
  expect_damage(record(), "it is gone");
}

TEST_F(StoreFile, AnotherFileUnderItsName) {
  // The same rows, written for another place: not a byte of it is damaged.
  TestStore other(kMarketInstruments);
  other.add("data/x", catalog::Level::base, 0, {{{0, day(2018, 1, 1), day(2018, 12, 31)}}});
  store_.write(kBase, other.bytes("data/x"));
  catalog::FileRecord file = other.commit().files[0];
  file.path = kBase;
  expect_damage(file, "another file under its name");
}

TEST_F(StoreFile, TheSamePathInAnotherStore) {
  const auto opened = open_data_file(store_.folder(), "another", record());
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().what.find("another file"), std::string::npos) << opened.error().what;
}

TEST_F(StoreFile, OtherRowGroupsThanTheCatalogSays) {
  catalog::FileRecord file = record();
  file.row_groups.pop_back();
  expect_damage(file, "other row groups");
  file = record();
  --file.row_groups[1].rows;
  expect_damage(file, "row group 1 ");
  file = record();
  ++file.row_groups[0].offset;
  expect_damage(file, "row group 0 ");
  file = record();
  ++file.row_groups[2].bytes;
  expect_damage(file, "row group 2 ");
}

TEST_F(StoreFile, OtherColumnsThanTheCatalogSays) {
  catalog::FileRecord file = record();
  file.columns.pop_back();
  expect_damage(file, "other columns");
  file = record();
  file.columns[4].name = "nothing";
  expect_damage(file, "column nothing ");
  file = record();
  file.columns[4].scale = 3;
  expect_damage(file, "column low ");
  file = record();
  file.columns[3].physical = "int64";
  expect_damage(file, "column high ");
}

TEST_F(StoreFile, RowsWithoutInstrumentAndDateAreNoBars) {
  const std::vector<formats::ColumnSpec> specs = {column_spec("open", formats::Physical::int32, 2)};
  auto writer = formats::ColumnFileWriter::create(store_.path("data/y"), specs, identity_of(store_.uuid(), "data/y"));
  const std::vector<std::int32_t> values = {1, 2, 3};
  ASSERT_TRUE((*writer)->write_row_group(std::array{formats::ColumnValues{std::span(values)}}));
  const auto summary = (*writer)->close().value();
  catalog::FileRecord file;
  file.path = "data/y";
  file.bytes = summary.bytes;
  file.columns = {record_of(specs[0], "")};
  expect_damage(file, "no instrument and date");
}

TEST_F(StoreFile, AnUnreadableOneIsNotCalledDamaged) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  ASSERT_EQ(::chmod(store_.path(kBase).c_str(), 0), 0);
  const auto opened = open_data_file(store_.folder(), store_.uuid(), record());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::no_permission);
}

TEST(RecordOf, SaysHowAColumnIsStored) {
  using namespace formats;
  EXPECT_EQ(record_of(column_spec("close", Physical::int32, 2), "why"),
            (catalog::ColumnRecord{"close", "int32", 2, "delta", "none", 0, "why"}));
  EXPECT_EQ(record_of(column_spec("volume", Physical::int64, 0), ""),
            (catalog::ColumnRecord{"volume", "int64", 0, "delta", "none", 0, ""}));
  EXPECT_EQ(record_of(column_spec("pb", Physical::float64), ""),
            (catalog::ColumnRecord{"pb", "float64", -1, "dictionary", "zstd", 1, ""}));
  ColumnSpec other = column_spec("a", Physical::float64);
  other.encoding = Encoding::byte_stream_split;
  other.codec = Codec::lz4;
  EXPECT_EQ(record_of(other, ""), (catalog::ColumnRecord{"a", "float64", -1, "byte_stream_split", "lz4", 0, ""}));
  other.encoding = Encoding::plain;
  other.codec = Codec::snappy;
  EXPECT_EQ(record_of(other, ""), (catalog::ColumnRecord{"a", "float64", -1, "plain", "snappy", 0, ""}));
}

TEST(OfStore, OtherErrorsStayWhatTheyAre) {
  const Error error{ErrorCode::out_of_memory, "what", "where", "remedy"};
  EXPECT_EQ(of_store(error).to_string(), error.to_string());
  EXPECT_EQ(of_store(error).code, ErrorCode::out_of_memory);
}

}  // namespace
}  // namespace momentum::store
