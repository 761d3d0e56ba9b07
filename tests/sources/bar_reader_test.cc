#include "momentum/sources/bar_reader.h"

#include <fmt/format.h>

#include <atomic>

#include "momentum/base/progress.h"
#include "reading.h"

namespace momentum::sources::testing {
namespace {

using namespace std::string_literals;

const std::string kHeader = "date,open,high,low,close,volume\n";
const std::string kRow = "2024-01-02,10,11,9,10.5,100\n";

ErrorCode error_of(const Result<BarSet>& set) { return set ? ErrorCode::internal : set.error().code; }

TEST(ReadCsv, ReadsAFolder) {
  ScratchFolder folder;
  folder.write("sz000001.csv", kHeader + kRow);
  folder.write("more/sh600000.csv", kHeader + kRow + "2024-01-03,10,11,9,10.6,100\n");
  const auto set = read({folder.path()});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->dialect, "plain");
  EXPECT_EQ(set->price_basis, "raw");
  EXPECT_FALSE(set->gaps_are_suspensions);
  EXPECT_FALSE(set->synthetic);
  EXPECT_EQ(set->summary.files, 2);
  EXPECT_EQ(account(*set), (Account{3, 0, 0, 0}));
  ASSERT_EQ(set->instruments.size(), 2u);
  EXPECT_EQ(to_string(set->instruments[0].id), "000001.SZ");
  EXPECT_EQ(column(set->instruments[1], "close"), (Numbers{10.5, 10.6}));
}

TEST(ReadCsv, WhatNeedsMoreMemoryThanAllowedIsRefused) {
  ScratchFolder folder;
  std::string rows = kHeader, merged = "code," + kHeader;
  for (int day = 10; day < 29; ++day) {
    rows += fmt::format("2024-01-{},10,11,9,10.5,100\n", day);
    merged += fmt::format("600000.SH,2024-01-{0},10,11,9,10.5,100\n600001.SH,2024-01-{0},10,11,9,10.5,100\n", day);
  }
  for (int i = 0; i < 20; ++i) folder.write(fmt::format("apart/sh6000{:02}.csv", i), rows);
  folder.write("merged/all.csv", merged);
  const auto within = [&](const char* path, std::size_t bytes, int threads) {
    Context ctx;
    ctx.threads = threads;
    ctx.clock = &fixed_clock();
    ctx.memory_limit = bytes;
    return read_bars(ctx, {folder.path() + path}, {});
  };
  for (const int threads : {1, 3}) {
    const auto whole = within("/apart", 1 << 20, threads);
    ASSERT_TRUE(whole) << whole.error().to_string();
    EXPECT_EQ(whole->summary.stored, 20 * 19);
    const auto refused = within("/apart", 10'000, threads);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::too_large);
    EXPECT_EQ(refused.error().exit_status(), 7);
  }
  EXPECT_TRUE(within("/merged", 4'600, 1));
  EXPECT_EQ(within("/merged", 4'500, 1).error().code,
            ErrorCode::too_large);  // its rows alone would fit, not their copy
}

TEST(ReadCsv, ReadsAllShapesOfOneFileAlike) {
  const std::string plain = kHeader + kRow + "2024-01-03,1,2,1,2,5\n";
  std::string crlf, tab = plain, quoted;
  for (char c : plain) crlf += c == '\n' ? "\r\n"s : std::string(1, c);
  for (char& c : tab) c = c == ',' ? '\t' : c;
  for (char c : plain) quoted += c == ',' ? "\",\""s : c == '\n' ? "\"\n\""s : std::string(1, c);
  quoted = '"' + quoted.substr(0, quoted.size() - 1);
  std::string utf16 = "\xFF\xFE";
  for (char c : plain) utf16 += {c, '\0'};
  for (const std::string& text :
       {plain, crlf, tab, quoted, "\xEF\xBB\xBF" + plain, "\xEF\xBB\xBF" + crlf, "banner, of a vendor\n" + plain,
        plain.substr(0, plain.size() - 1), utf16, plain + "\n\n,,,,,\n"}) {
    const auto set = read_text(text);
    ASSERT_TRUE(set) << set.error().to_string() << '\n' << text;
    EXPECT_EQ(account(*set), (Account{2, 0, 0, 0})) << text;
    EXPECT_EQ(column(set->instruments[0], "close"), (Numbers{10.5, 2})) << text;
    EXPECT_EQ(column(set->instruments[0], "volume"), (Numbers{100, 5})) << text;
  }
}

TEST(ReadCsv, ReadsGbk) {
  const auto set = read_text(
      "\xC8\xD5\xC6\xDA,\xBF\xAA\xC5\xCC\xBC\xDB,\xD7\xEE\xB8\xDF\xBC\xDB,\xD7\xEE\xB5\xCD\xBC\xDB,"
      "\xCA\xD5\xC5\xCC\xBC\xDB,\xB3\xC9\xBD\xBB\xC1\xBF\n20240102,1,1,1,1,1\n");
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(account(*set), (Account{1, 0, 0, 0}));
}

TEST(ReadCsv, ReadsArchivesAndNamesTheirMembers) {
  ScratchFolder folder;
  const std::string tar =
      folder.pack("bars.tar.xz", archive_write_set_format_ustar, archive_write_add_filter_xz,
                  {{"d/sh600000.csv", kHeader + kRow}, {"d/sh600001.csv", kHeader + "2024-01-02,-1,1,1,1,1\n"}});
  const auto set = read({tar}, {}, 2);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(account(*set), (Account{1, 0, 0, 1}));
  EXPECT_EQ(set->quarantine[0].file, tar + "!d/sh600001.csv");
  const std::string zip =
      folder.pack("bars.zip", archive_write_set_format_zip, archive_write_add_filter_none, {{"sh600000.csv", "\0\1"s}});
  EXPECT_EQ(error_of(read({zip})), ErrorCode::unreadable_data);
  EXPECT_NE(read({zip}).error().where.find(zip + "!sh600000.csv"), std::string::npos);
}

TEST(ReadCsv, SaysWhatIsSynthetic) {
  const auto set = read_text("# SYNTHETIC demo market\n" + kHeader + kRow);
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->synthetic);
}

TEST(ReadCsv, RefusesSyntheticFilesAmongOthers) {
  ScratchFolder folder;
  folder.write("sh600000.csv", "# SYNTHETIC demo market\n" + kHeader);  // no rows: says nothing of the data
  folder.write("sh600001.csv", kHeader + kRow);
  folder.write("sh600002.csv", kHeader + kRow);
  const auto real = read({folder.path()});
  ASSERT_TRUE(real) << real.error().to_string();
  EXPECT_FALSE(real->synthetic);
  for (const char* marked : {"sh600003.csv", "a/sh600003.csv"}) {
    ScratchFolder mixed;
    mixed.write("sh600002.csv", kHeader + kRow);
    mixed.write(marked, "# SYNTHETIC demo market\n" + kHeader + kRow);
    const auto set = read({mixed.path()});
    ASSERT_EQ(error_of(set), ErrorCode::unreadable_data);
    EXPECT_NE(set.error().where.find(std::string(marked) + " says that it is synthetic"), std::string::npos);
    EXPECT_NE(set.error().where.find("sh600002.csv does not"), std::string::npos);
  }
}

TEST(ReadCsv, RefusesASymbolWithAMarketAndWithout) {
  ScratchFolder folder;
  folder.write("000001.csv", "code,date,open,high,low,close,volume\nsz000001,2024-01-02,1,1,1,1,1\n");
  folder.write("600001.csv", kHeader + kRow);
  EXPECT_TRUE(read({folder.path()}));
  folder.write("sh000001.csv", kHeader + kRow);  // 000001 in two markets is two instruments
  EXPECT_TRUE(read({folder.path()}));
  folder.write("sh600001.csv", kHeader + kRow);
  const auto set = read({folder.path()}, {}, 2);
  ASSERT_EQ(error_of(set), ErrorCode::ambiguous_code);
  EXPECT_EQ(set.error().where,
            "600001 in " + folder.path("600001.csv") + ", 600001.SH in " + folder.path("sh600001.csv"));
  EXPECT_NE(set.error().remedy.find("like 600001.SH"), std::string::npos);
  // The given code says which market the bare number means.
  const auto given = read({folder.path()}, {.dialect = "", .code = "600001.SH"});
  ASSERT_TRUE(given) << given.error().to_string();
  EXPECT_EQ(account(*given), (Account{3, 1, 0, 0}));
}

TEST(ReadCsv, RefusesACodeColumnThatNamesTheMarketOnlySometimes) {
  const auto set =
      read_text("code,date,open,high,low,close,volume\n600001,2024-01-02,1,1,1,1,1\n600001.SH,2024-01-03,1,1,1,1,1\n");
  EXPECT_EQ(error_of(set), ErrorCode::ambiguous_code);
}

TEST(ReadCsv, NamesFilesWithoutRows) {
  ScratchFolder folder;
  folder.write("sh600000.csv", kHeader + kRow);
  folder.write("sh600001.csv", kHeader);
  folder.write("sh600002.csv", "");
  folder.write("sh600003.csv", "\"\"\n");
  const auto set = read({folder.path()});
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(set->summary.files, 4);
  EXPECT_EQ(set->summary.empty_files,
            (std::vector<std::string>{folder.path("sh600001.csv"), folder.path("sh600002.csv"),
                                      folder.path("sh600003.csv")}));
  EXPECT_EQ(set->instruments.size(), 1u);
}

TEST(ReadCsv, RefusesInputWithoutAnyRow) {
  EXPECT_EQ(error_of(read_text("")), ErrorCode::empty_input);
  EXPECT_EQ(error_of(read_text(kHeader)), ErrorCode::empty_input);
  EXPECT_EQ(error_of(read({})), ErrorCode::empty_input);
  ScratchFolder folder;
  EXPECT_EQ(error_of(read({folder.path()})), ErrorCode::empty_input);
}

TEST(ReadCsv, GivesAFileOfWrongRowsOnlyBackWithItsAccount) {
  const auto set = read_text(kHeader + "2024-01-02,-1,1,1,1,1\n");
  ASSERT_TRUE(set);
  EXPECT_EQ(account(*set), (Account{0, 0, 0, 1}));
  ASSERT_EQ(set->instruments.size(), 1u);
  EXPECT_EQ(set->instruments[0].bars->num_rows(), 0);
}

TEST(ReadCsv, NamesWhatItCannotRead) {
  ScratchFolder folder;
  const std::string good = folder.write("sh600000.csv", kHeader + kRow);
  EXPECT_EQ(error_of(read({folder.path("none.csv")})), ErrorCode::file_not_found);
  EXPECT_EQ(error_of(read({good + "/sh600001.csv"})), ErrorCode::file_not_found);
  EXPECT_EQ(error_of(read({folder.write("x/binary.csv", "PAR1\0\0\x15\x04PAR1"s)})), ErrorCode::unreadable_data);
  EXPECT_EQ(error_of(read({folder.write("x/latin.csv", "date,caf\xE9\n")})), ErrorCode::bad_encoding);
  EXPECT_EQ(error_of(read({folder.write("x/short.csv", "date,open\n2024-01-02,1\n")})), ErrorCode::wrong_columns);
  EXPECT_EQ(error_of(read({folder.write("x/other.csv", "a,b,c\n1,2,3\n")})), ErrorCode::unknown_dialect);
  EXPECT_EQ(error_of(read({good}, {.dialect = "nobody", .code = ""})), ErrorCode::unknown_dialect);
  EXPECT_NE(read({good}, {.dialect = "nobody", .code = ""}).error().remedy.find("plain, a_share, tushare_daily"),
            std::string::npos);
}

TEST(ReadCsv, RefusesFilesOfTwoDialects) {
  ScratchFolder folder;
  folder.write("a.csv", kHeader + kRow);
  folder.write("b.csv",
               "ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount\n600000.SH,20240102,1,1,1,1,"
               "1,0,0,1,1\n");
  const auto set = read({folder.path()});
  ASSERT_EQ(error_of(set), ErrorCode::unknown_dialect);
  EXPECT_NE(set.error().where.find("b.csv is tushare_daily"), std::string::npos);
}

TEST(ReadCsv, ReportsTheFirstBadFileWhateverTheThreads) {
  ScratchFolder folder;
  for (int i = 10; i < 60; ++i)
    folder.write("6000" + std::to_string(i) + ".csv", i == 30 ? "\0"s : i > 30 ? "a,b\n1,2\n" : kHeader + kRow);
  for (int threads : {1, 2, 8}) {
    const auto set = read({folder.path()}, {}, threads);
    ASSERT_EQ(error_of(set), ErrorCode::unreadable_data);
    EXPECT_NE(set.error().where.find("600030.csv"), std::string::npos);
  }
}

TEST(ReadCsv, DoesNotDependOnTheNumberOfThreads) {
  ScratchFolder folder;
  for (int i = 0; i < 40; ++i) {
    std::string text = "code,date,open,high,low,close,volume,name\n";
    for (int day = 1; day < 28; ++day) {
      const std::string date = "2024-01-" + std::to_string(100 + day).substr(1);
      const std::string price = std::to_string(10 + (i * 7 + day * 3) % 11);
      text += "60000" + std::to_string(day % 9) + "," + date + "," + price + "," + price + "," + price + "," + price +
              ",1,n" + price + "\n";
    }
    folder.write("part" + std::to_string(100 + i) + ".csv", text);
  }
  const auto one = read({folder.path()}, {}, 1);
  ASSERT_TRUE(one);
  EXPECT_GT(one->summary.quarantined, 0);
  for (int threads : {2, 7}) {
    const auto many = read({folder.path()}, {}, threads);
    ASSERT_TRUE(many);
    EXPECT_EQ(account(*many), account(*one));
    ASSERT_EQ(many->instruments.size(), one->instruments.size());
    for (std::size_t i = 0; i < one->instruments.size(); ++i) {
      EXPECT_EQ(many->instruments[i].id, one->instruments[i].id);
      EXPECT_EQ(many->instruments[i].quarantined, one->instruments[i].quarantined);
      EXPECT_TRUE(many->instruments[i].bars->Equals(*one->instruments[i].bars));
    }
    for (std::size_t i = 0; i < one->quarantine.size(); ++i) {
      EXPECT_EQ(many->quarantine[i].file, one->quarantine[i].file);
      EXPECT_EQ(many->quarantine[i].line, one->quarantine[i].line);
    }
  }
}

TEST(ReadCsv, StopsWhenCancelled) {
  ScratchFolder folder;
  const std::string file = folder.write("sh600000.csv", kHeader + kRow);
  CancelToken cancel;
  cancel.cancel();
  Context ctx;
  ctx.clock = &fixed_clock();
  ctx.cancel = &cancel;
  for (int threads : {1, 2}) {
    ctx.threads = threads;
    EXPECT_EQ(error_of(read_bars(ctx, {file}, {})), ErrorCode::interrupted);
  }
}

// Cancels from within, at the first report of progress.
class CancelOnProgress final : public ProgressSink {
 public:
  explicit CancelOnProgress(CancelToken& token) : token_(token) {}
  void update(std::string_view stage, std::uint64_t, std::uint64_t) override {
    EXPECT_EQ(stage, "reading");
    ++updates;
    token_.cancel();
  }
  std::atomic<int> updates{0};

 private:
  CancelToken& token_;
};

TEST(ReadCsv, StopsBetweenFiles) {
  ScratchFolder folder;
  for (int i = 100; i < 200; ++i) folder.write("600" + std::to_string(i) + ".csv", kHeader + kRow);
  CancelToken cancel;
  CancelOnProgress sink(cancel);
  Context ctx;
  ctx.threads = 1;
  ctx.clock = &fixed_clock();
  ctx.cancel = &cancel;
  ctx.progress = &sink;
  EXPECT_EQ(error_of(read_bars(ctx, {folder.path()}, {})), ErrorCode::interrupted);
  EXPECT_GE(sink.updates, 1);
}

TEST(BarReader, RefusesFilesOfTwoPriceBases) {
  const std::string header = "date,code,open,high,low,close,volume,adjustflag,tradestatus\n";
  ScratchFolder folder;
  folder.write("a.csv", header + "2024-01-02,sh.600000,1,1,1,1,1,3,1\n");
  folder.write("b.csv", header + "2024-01-03,sh.600000,1,1,1,1,1,1,1\n");
  for (int threads : {1, 2}) {
    const auto set = read({folder.path()}, {}, threads);
    ASSERT_EQ(error_of(set), ErrorCode::unreadable_data);
    for (const char* part : {"a.csv is raw", "b.csv is back"})
      EXPECT_NE(set.error().to_string().find(part), std::string::npos) << set.error().to_string();
  }
}

}  // namespace
}  // namespace momentum::sources::testing
