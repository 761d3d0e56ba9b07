#include "momentum/formats/storage_choice.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "column_fixture.h"
#include "decode_cost_internal.h"
#include "scratch_folder.h"
#include "storage_trial_internal.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

constexpr int kUsual = 6;

// A market, stock after stock: what a store's columns are made of.
struct Market {
  std::vector<std::int32_t> instruments, days;
  std::vector<double> close, volume, amount, turnover, value, flag;
};

Market market(std::size_t stocks, std::size_t bars) {
  Market out;
  std::mt19937_64 random(5);
  std::normal_distribution<double> step(0, 0.02), size(0, 0.5);
  for (std::size_t stock = 0; stock < stocks; ++stock) {
    double price = 300 + static_cast<double>(random() % 8000);
    const auto issued = static_cast<double>(100'000'000 + random() % 900'000'000);
    const auto usual = static_cast<double>(100'000 + random() % 20'000'000);
    std::int32_t day = 14000;
    for (std::size_t bar = 0; bar < bars; ++bar) {
      price = std::clamp(price * (1 + step(random)), 100.0, 200000.0);
      const double cents = std::floor(price), shares = std::floor(usual * std::exp(size(random)));
      out.instruments.push_back(static_cast<std::int32_t>(stock));
      out.days.push_back(day += bar % 5 == 4 ? 3 : random() % 60 == 0 ? 2 : 1);
      out.close.push_back(cents / 100);
      out.volume.push_back(shares);
      out.amount.push_back(std::floor(shares * price) / 100);
      out.turnover.push_back(std::round(shares / issued * 1e6) / 1e6);
      out.value.push_back(cents / 100 * (issued + 0.37));
      out.flag.push_back(stock % 20 == 3);
    }
  }
  return out;
}

StorageChoice chosen(const std::vector<double>& values, int compression = kUsual) {
  return choose_storage(spread_sample(values), smallest_form(values), compression).value();
}
StorageChoice chosen(const std::vector<std::int32_t>& values, int compression = kUsual) {
  return choose_storage(spread_sample(values), compression).value();
}

// The file of a column that is stored so, 16,384 rows a group.
std::int64_t file_bytes(const std::string& path, const std::vector<double>& values, const StorageChoice& choice) {
  const ColumnSpec spec{.name = "a",
                        .physical = choice.form.physical,
                        .scale = choice.form.scale,
                        .encoding = choice.encoding,
                        .codec = choice.codec,
                        .level = choice.level};
  auto writer = ColumnFileWriter::create(path, {spec}).value();
  for (std::size_t at = 0; at < values.size(); at += 16384) {
    const auto part = std::span(values).subspan(at, std::min<std::size_t>(16384, values.size() - at));
    std::vector<std::int32_t> i32(part.size());
    std::vector<std::int64_t> i64(part.size());
    std::vector<double> real(part.begin(), part.end());
    if (spec.physical == Physical::int32) to_decimal(part, spec.scale, std::span(i32), {});
    if (spec.physical == Physical::int64) to_decimal(part, spec.scale, std::span(i64), {});
    EXPECT_TRUE(writer->write_row_group(std::array{spec.physical == Physical::int32   ? column_of(i32)
                                                   : spec.physical == Physical::int64 ? column_of(i64)
                                                                                      : column_of(real)}));
  }
  return writer->close().value().bytes;
}

TEST(StorageChoice, MarketColumnsAtTheUsualLevel) {
  const Market m = market(20, 2000);
  const StorageChoice close = chosen(m.close);
  EXPECT_EQ(close.form, (DecimalForm{Physical::int32, 2}));
  EXPECT_EQ(storage_name(close.encoding, close.codec, close.level), "delta, no codec");
  EXPECT_LT(close.bytes, 1.4);
  EXPECT_EQ(chosen(m.volume).encoding, Encoding::delta);
  const StorageChoice days = chosen(m.days);
  EXPECT_NE(days.codec, Codec::none);
  EXPECT_LT(days.bytes, 0.25);
  EXPECT_LT(chosen(m.instruments).bytes, 0.02);
  EXPECT_LT(chosen(m.flag).bytes, 0.02);
}

TEST(StorageChoice, TheReasonSaysWhatItCostsAndWhatLiesAtTheEnds) {
  const Market m = market(20, 2000);
  const StorageChoice close = chosen(m.close);
  EXPECT_TRUE(close.reason.starts_with("delta, no codec: 1.")) << close.reason;
  EXPECT_NE(close.reason.find(" ns a value"), std::string::npos) << close.reason;
  EXPECT_NE(close.reason.find("; quickest: plain, no codec: 4.00 bytes and "), std::string::npos) << close.reason;
  EXPECT_NE(chosen(m.days, 1).reason.find("; smallest: "), std::string::npos) << chosen(m.days, 1).reason;
}

TEST(StorageChoice, OneValueWithDigitsMakesDoublesOfAMillionWithout) {
  std::vector<double> volume = market(20, 2000).volume;
  EXPECT_EQ(chosen(volume).form.physical, Physical::int32);
  volume[20000] += 0.25;
  ASSERT_EQ(smallest_form(volume), (DecimalForm{Physical::int64, 2}));
  const StorageChoice choice = chosen(volume);
  EXPECT_EQ(choice.form, (DecimalForm{Physical::float64, kNoScale}));
  EXPECT_EQ(choice.encoding, Encoding::byte_stream_split);
}

TEST(StorageChoice, WhereAllHaveDigitsTheyStayIntegers) {
  std::vector<double> values;
  std::mt19937_64 random(2);
  for (std::size_t k = 0; k < 20000; ++k) values.push_back((1e12 + static_cast<double>(random() % 1'000'000)) / 100);
  EXPECT_EQ(chosen(values).form, (DecimalForm{Physical::int64, 2}));
}

TEST(StorageChoice, FewDistinctDoublesAreADictionary) {
  std::vector<double> values;
  std::mt19937_64 random(2);
  for (std::size_t k = 0; k < 20000; ++k) values.push_back(1.0 / static_cast<double>(1 + random() % 7));
  EXPECT_EQ(chosen(values).encoding, Encoding::dictionary);
}

TEST(StorageChoice, LevelZeroIsTheQuickestAndNineTheSmallest) {
  const Market m = market(20, 2000);
  EXPECT_EQ(storage_name(chosen(m.close, 0).encoding, chosen(m.close, 0).codec, 0), "plain, no codec");
  for (const auto* column : {&m.close, &m.volume, &m.amount, &m.turnover, &m.value, &m.flag}) {
    const StorageChoice quickest = chosen(*column, 0), smallest = chosen(*column, kMostCompression);
    for (int level = 0; level <= kMostCompression; ++level) {
      EXPECT_LE(quickest.nanoseconds, chosen(*column, level).nanoseconds);
      EXPECT_LE(smallest.bytes, chosen(*column, level).bytes);
    }
  }
}

TEST(StorageChoice, AHigherLevelIsNeverLargerNeitherSampleNorFile) {
  const ScratchFolder folder;
  const Market m = market(30, 2500);
  std::array<std::int64_t, kMostCompression + 1> whole{};
  for (const auto* column : {&m.close, &m.volume, &m.amount, &m.turnover, &m.value, &m.flag}) {
    double before = 1e300;
    for (int level = 0; level <= kMostCompression; ++level) {
      const StorageChoice choice = chosen(*column, level);
      EXPECT_LE(choice.bytes, before) << level;
      before = choice.bytes;
      const std::string path = folder.path("a");
      std::filesystem::remove(path);
      whole[static_cast<std::size_t>(level)] += file_bytes(path, *column, choice);
    }
  }
  EXPECT_TRUE(std::ranges::is_sorted(whole, std::ranges::greater())) << ::testing::PrintToString(whole);
  EXPECT_LT(whole[9] * 3, whole[0] * 2);
}

TEST(StorageChoice, TheSameValuesGiveTheSameChoice) {
  const Market m = market(10, 2000);
  for (int level = 0; level <= kMostCompression; ++level) {
    const StorageChoice a = chosen(m.value, level), b = chosen(m.value, level);
    EXPECT_EQ(a.reason, b.reason);
    EXPECT_EQ(std::tuple(a.form, a.encoding, a.codec, a.level), std::tuple(b.form, b.encoding, b.codec, b.level));
  }
}

TEST(StorageChoice, MissingValuesWeighNothing) {
  std::vector<double> values = market(10, 2000).close;
  const StorageChoice whole = chosen(values);
  std::vector<double> holes;
  for (const double value : values) {
    holes.push_back(kNaN);
    holes.push_back(value);
  }
  const StorageChoice choice = chosen(holes);
  EXPECT_EQ(choice.encoding, whole.encoding);
  EXPECT_NEAR(choice.bytes, whole.bytes, 0.2);
}

TEST(StorageChoice, WithoutAValueThereIsNothingToWeigh) {
  for (const std::vector<double>& values : {std::vector<double>(), std::vector<double>(100, kNaN)}) {
    const StorageChoice choice = choose_storage(values, {Physical::int32, 0}, 9).value();
    EXPECT_EQ(storage_name(choice.encoding, choice.codec, choice.level), "plain, no codec");
    EXPECT_EQ(choice.form, (DecimalForm{Physical::int32, 0}));
    EXPECT_EQ(choice.reason, "no value");
  }
  EXPECT_EQ(choose_storage(std::span<const std::int32_t>(), 9).value().reason, "no value");
}

TEST(StorageChoice, OneValue) {
  for (int level = 0; level <= kMostCompression; ++level) {
    for (const double value : {0.0, 12.34, 1e12, 1.0 / 3, -0.0}) {
      const std::array one = {value};
      EXPECT_TRUE(choose_storage(one, smallest_form(one), level)) << value;
    }
  }
}

TEST(StorageChoice, CompatIsDoublesWithADictionaryAndZstd) {
  const Market m = market(5, 500);
  const StorageChoice close = chosen(m.close, kCompatCompression), days = chosen(m.days, kCompatCompression);
  EXPECT_EQ(close.form, (DecimalForm{Physical::float64, kNoScale}));
  EXPECT_EQ(days.form, (DecimalForm{Physical::int32, kNoScale}));
  for (const StorageChoice& choice : {close, days}) {
    EXPECT_EQ(storage_name(choice.encoding, choice.codec, choice.level), "dictionary, zstd 1");
    EXPECT_FALSE(choice.reason.empty());
  }
}

TEST(SpreadSample, ComesFromEverywhere) {
  std::vector<std::int32_t> rows(1'000'000);
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k] = static_cast<std::int32_t>(k);
  const std::vector<std::int32_t> sample = spread_sample(std::span<const std::int32_t>(rows));
  EXPECT_TRUE(std::ranges::is_sorted(sample));
  EXPECT_LT(sample.size(), 50'000U);
  std::array<std::size_t, 8> parts{};
  for (const std::int32_t row : sample) ++parts[static_cast<std::size_t>(row) / 125'000];
  for (const std::size_t part : parts) EXPECT_EQ(part, sample.size() / 8);
}

TEST(SpreadSample, IsAllOfFewRows) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{700}, std::size_t{4096}}) {
    const std::vector<double> rows = walk<double>(n);
    EXPECT_TRUE(same_bits(spread_sample(rows), rows));
  }
  EXPECT_EQ(spread_sample(walk<double>(4097)).size(), 4096U);
}

// What the choice says of bytes is what the file has, but for the headers.
TEST(StorageTrial, IsWhatTheFileHas) {
  const ScratchFolder folder;
  const auto compare = [&]<class T>(const std::vector<T>& values) {
    for (const Encoding encoding :
         {Encoding::plain, Encoding::dictionary, Encoding::delta, Encoding::byte_stream_split}) {
      if (encoding == Encoding::delta && std::is_same_v<T, double>) continue;
      for (const Codec codec : {Codec::none, Codec::lz4, Codec::snappy, Codec::zstd}) {
        const ColumnSpec spec{.name = "a",
                              .physical = physical_of<T>(),
                              .required = true,
                              .encoding = encoding,
                              .codec = codec,
                              .level = 3};
        const std::string path = folder.path("a");
        std::filesystem::remove(path);
        auto writer = ColumnFileWriter::create(path, {spec}).value();
        ASSERT_TRUE(writer->write_row_group(std::array{column_of(values)}));
        const std::int64_t file = writer->close().value().groups[0].bytes;
        const auto trial = static_cast<std::int64_t>(compressed_bytes(encode_trial(values, encoding), codec, 3));
        EXPECT_GE(file, trial) << static_cast<int>(encoding) << static_cast<int>(codec);
        EXPECT_LE(file, trial + 300) << static_cast<int>(encoding) << static_cast<int>(codec);
      }
    }
  };
  compare(walk<std::int32_t>(10'000));
  compare(walk<std::int64_t>(10'000));
  compare(walk<double>(10'000));
}

TEST(DecodeCost, GrowsWithWhatIsRead) {
  for (const Encoding encoding : {Encoding::plain, Encoding::dictionary, Encoding::delta}) {
    for (const Codec codec : {Codec::none, Codec::lz4, Codec::snappy, Codec::zstd}) {
      const auto cost = [&](StoredSize size) { return decode_cost(Physical::int32, true, encoding, codec, size); };
      EXPECT_GT(cost({1, 1}), 0);
      EXPECT_LT(cost({4, 1}), cost({4, 3}));
      EXPECT_LE(cost({2, 1}), cost({4, 1}));
      if (codec != Codec::none) {
        EXPECT_GT(cost({4, 4}), decode_cost(Physical::int32, true, encoding, Codec::none, {4, 4}));
      }
    }
  }
  EXPECT_LT(decode_cost(Physical::int64, false, Encoding::delta, Codec::none, {3, 3}),
            decode_cost(Physical::int64, true, Encoding::delta, Codec::none, {3, 3}));
}

}  // namespace
}  // namespace momentum::formats
