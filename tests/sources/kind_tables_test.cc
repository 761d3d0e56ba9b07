// What is no bars: the six kinds of files, their account and their errors.

#include "momentum/sources/kind_tables.h"

#include <algorithm>
#include <ostream>

#include "reading.h"

namespace momentum::sources::testing {
namespace {

template <class Row>
using Reader = Result<KindTable<Row>> (*)(const Context&, const std::vector<std::string>&);

Context context() {
  Context ctx;
  ctx.clock = &fixed_clock();
  return ctx;
}

template <class Row>
Result<KindTable<Row>> read_text(Reader<Row> reader, std::string_view text) {
  ScratchFolder folder;
  return reader(context(), {folder.write("facts.csv", text)});
}

Instrument code(std::string_view text) { return *parse_code(text); }
Date day(std::string_view text) { return *parse_date(text); }

// stored, duplicates, quarantined; and that they add up.
template <class Row>
Account account(const KindTable<Row>& table) {
  const ReadSummary& s = table.summary;
  EXPECT_EQ(s.rows_in, s.stored + s.duplicates + s.quarantined);
  EXPECT_EQ(s.stored, static_cast<std::int64_t>(table.rows.size()));
  EXPECT_EQ(s.quarantined, static_cast<std::int64_t>(table.quarantine.size()));
  std::int64_t by_reason = 0;
  for (const auto& [reason, count] : s.quarantined_by_reason) by_reason += count;
  EXPECT_EQ(by_reason, s.quarantined);
  return {s.stored, s.duplicates, s.quarantined};
}

TEST(KindTables, InstrumentsKeepWhatIsSaid) {
  const auto table = read_text(read_instruments,
                               "code,name,market,kind,board,list_date,delist_date,industry,alias_of,from,to\n"
                               "600001,邯郸钢铁,SH,stock,main,19980122,2009-12-29,钢铁,,,\n"
                               "920002.BJ,,,,,,,,430002.BJ,2024-10-08,\n"
                               "AAPL.US,,,,,,,,,,\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(account(*table), (Account{3, 0, 0}));
  EXPECT_EQ(table->rows[0], (InstrumentFact{.id = code("600001.SH"),
                                            .name = "邯郸钢铁",
                                            .kind = Kind::stock,
                                            .board = "main",
                                            .listed = day("1998-01-22"),
                                            .delisted = day("2009-12-29"),
                                            .industry = "钢铁"}));
  EXPECT_EQ(table->rows[1],
            (InstrumentFact{.id = code("920002.BJ"), .alias_of = code("430002.BJ"), .from = day("2024-10-08")}));
  EXPECT_EQ(table->rows[2], (InstrumentFact{.id = code("AAPL.US")}));
}

TEST(KindTables, InstrumentsNeedACodeOnlyAndAnyOrder) {
  const auto table = read_text(read_instruments, "\n Industry ;NAME;Code\nbank;a;sh600000\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(table->rows[0], (InstrumentFact{.id = code("600000.SH"), .name = "a", .industry = "bank"}));
  EXPECT_TRUE(read_text(read_instruments, "code\n600000.SH\n"));
}

TEST(KindTables, InstrumentsMayHaveSeveralPeriods) {
  const auto table = read_text(read_instruments,
                               "code,name,from,to\n"
                               "600000.SH,new,2020-01-02,\n600000.SH,old,,2020-01-01\n600000.SH,old,,2020-01-01\n");
  EXPECT_EQ(account(*table), (Account{2, 1, 0}));
  EXPECT_EQ(table->rows[0].name, "old");  // without a bound before any day
  EXPECT_EQ(table->rows[1].name, "new");
}

TEST(KindTables, CalendarIsAscending) {
  const auto table =
      read_text(read_calendar, "market,date\nSZ,2024-01-02\nSH,2024-01-03\nSH,20240102\nSH,2024-01-03\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(account(*table), (Account{3, 1, 0}));
  EXPECT_EQ(table->rows,
            (std::vector<SessionDay>{
                {Market::SH, day("2024-01-02")}, {Market::SH, day("2024-01-03")}, {Market::SZ, day("2024-01-02")}}));
}

TEST(KindTables, CalendarsKnowTheFuture) {
  EXPECT_EQ(account(*read_text(read_calendar, "market,date\nSH,2026-12-31\n")), (Account{1, 0, 0}));
}

TEST(KindTables, SuspensionsMayNotHaveEnded) {
  const auto table =
      read_text(read_suspensions, "code,from,to\n600000.SH,2024-01-02,2024-01-05\n000001.SZ,2024-01-02,\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(table->rows, (std::vector<Suspension>{{code("000001.SZ"), day("2024-01-02"), {}},
                                                  {code("600000.SH"), day("2024-01-02"), day("2024-01-05")}}));
}

TEST(KindTables, FactorsAreTheDoublesOfTheText) {
  const auto table = read_text(read_factors, "date,factor,code\n2024-01-03,1.1,600000.SH\n2024-01-02,1,600000.SH\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(table->rows, (std::vector<FactorPoint>{{code("600000.SH"), day("2024-01-02"), 1.0},
                                                   {code("600000.SH"), day("2024-01-03"), 1.1}}));
}

TEST(KindTables, ActionsTakeNothingSaidForZero) {
  const auto table = read_text(read_actions,
                               "code,date,cash,bonus,transfer,rights,rights_price\n"
                               "600000.SH,2024-07-18,0.321,,,,\n600000.SH,2010-06-10,0.15,,0.3,0.1,8.5\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(table->rows[1],
            (CorporateAction{.id = code("600000.SH"), .date = day("2024-07-18"), .cash = *decimal_of(0.321)}));
  EXPECT_EQ(table->rows[0], (CorporateAction{.id = code("600000.SH"),
                                             .date = day("2010-06-10"),
                                             .cash = *decimal_of(0.15),
                                             .transfer = *decimal_of(0.3),
                                             .rights = *decimal_of(0.1),
                                             .rights_price = *decimal_of(8.5)}));
  EXPECT_TRUE(read_text(read_actions, "code,date,cash\n600000.SH,2024-07-18,0.321\n"));
}

TEST(KindTables, LimitsMayBeAbsentThatDay) {
  const auto table = read_text(read_limits, "code,date,up,down\n600000.SH,2024-01-02,11,9\n600000.SH,2024-01-03,,\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(table->rows,
            (std::vector<PriceLimit>{{code("600000.SH"), day("2024-01-02"), *decimal_of(11), *decimal_of(9)},
                                     {code("600000.SH"), day("2024-01-03"), {}, {}}}));
}

// Every reason, each in the second row of a file whose other rows are good.
struct Bad {
  const char* kind;
  const char* row;
  const char* column;
  const char* value;
  const char* reason;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.kind << ": " << bad.row; }

template <class Row>
void expect_refused(Reader<Row> reader, const std::string& text, const Bad& bad) {
  const auto table = read_text(reader, text);
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(account(*table), (Account{2, 0, 1}));
  ASSERT_EQ(table->quarantine.size(), 1u);
  const Quarantined& q = table->quarantine[0];
  EXPECT_TRUE(q.file.ends_with("facts.csv"));
  EXPECT_EQ(q.line, 3);
  EXPECT_EQ(q.column, bad.column);
  EXPECT_EQ(q.value, bad.value);
  EXPECT_EQ(q.reason, bad.reason);
}

class WrongFact : public ::testing::TestWithParam<Bad> {};

TEST_P(WrongFact, IsQuarantinedWithItsPlace) {
  const Bad& bad = GetParam();
  const auto file = [&](const std::string& header, const std::string& good, const std::string& also_good) {
    return header + "\n" + good + "\n" + bad.row + "\n" + also_good + "\n";
  };
  const std::string_view kind = bad.kind;
  if (kind == "instruments") {
    expect_refused(read_instruments,
                   file("Code,name,market,kind,board,list_date,delist_date,industry,alias_of,from,to",
                        "600000.SH,,,,,,,,,,", "600001.SH,,,,,,,,,,"),
                   bad);
  } else if (kind == "calendar") {
    expect_refused(read_calendar, file("market,date", "SH,2024-01-02", "SH,2024-01-04"), bad);
  } else if (kind == "suspensions") {
    expect_refused(read_suspensions, file("code,from,to", "600000.SH,2024-01-02,", "600001.SH,2024-01-02,"), bad);
  } else if (kind == "factors") {
    expect_refused(read_factors, file("code,date,factor", "600000.SH,2024-01-02,1", "600001.SH,2024-01-02,1"), bad);
  } else if (kind == "actions") {
    expect_refused(read_actions,
                   file("code,date,cash,bonus,transfer,rights,rights_price", "600000.SH,2024-01-02,1,,,,",
                        "600001.SH,2024-01-02,1,,,,"),
                   bad);
  } else {
    expect_refused(read_limits, file("code,date,up,down", "600000.SH,2024-01-02,2,1", "600001.SH,2024-01-02,2,1"), bad);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongFact,
    ::testing::Values(
        Bad{"instruments", ",a,,,,,,,,,", "Code", "", "missing code"},
        Bad{"instruments", "60-00,,,,,,,,,,", "Code", "60-00", "unreadable code"},
        Bad{"instruments", "600002.SH,,SZ,,,,,,,,", "market", "SZ", "not the market of the code"},
        Bad{"instruments", "600002,,XX,,,,,,,,", "market", "XX", "unknown market"},
        Bad{"instruments", "AAPL,,SH,,,,,,,,", "Code", "AAPL", "no code of that market"},
        Bad{"instruments", "600002.SH,,,share,,,,,,,", "kind", "share", "unknown kind"},
        Bad{"instruments", "600002.SH,,,,nasdaq,,,,,,", "board", "nasdaq", "unknown board"},
        Bad{"instruments", "600002.SH,,,,,2024,,,,,", "list_date", "2024", "unreadable date"},
        Bad{"instruments", "600002.SH,,,,,2024-01-02,2024-01-01,,,,", "delist_date", "2024-01-01",
            "ends before it begins"},
        Bad{"instruments", "600002.SH,,,,,,,,60-00,,", "alias_of", "60-00", "unreadable code"},
        Bad{"instruments", "600002.SH,,,,,,,,sh600002,,", "alias_of", "sh600002", "alias of itself"},
        Bad{"instruments", "600002.SH,,,,,,,,,2024-01-02,2024-01-01", "to", "2024-01-01", "ends before it begins"},
        Bad{"instruments", "600002.SH,a,,", "", "4 cells where the header has 11", "wrong number of cells"},
        Bad{"calendar", ",2024-01-03", "market", "", "missing market"},
        Bad{"calendar", "CN,2024-01-03", "market", "CN", "unknown market"},
        Bad{"calendar", "SH,", "date", "", "missing date"},
        Bad{"calendar", "SH,2024-02-30", "date", "2024-02-30", "unreadable date"},
        Bad{"calendar", "SH,2024-01-03,1", "", "3 cells where the header has 2", "wrong number of cells"},
        Bad{"suspensions", "600002.SH,,2024-01-02", "from", "", "missing date"},
        Bad{"suspensions", "600002.SH,2024-01-02,soon", "to", "soon", "unreadable date"},
        Bad{"suspensions", "600002.SH,2024-01-02,2024-01-01", "to", "2024-01-01", "ends before it begins"},
        Bad{"factors", "600002.SH,2024-01-02,", "factor", "", "missing factor"},
        Bad{"factors", "600002.SH,2024-01-02,0", "factor", "0", "zero factor"},
        Bad{"factors", "600002.SH,2024-01-02,-1", "factor", "-1", "negative number"},
        Bad{"factors", "600002.SH,2024-01-02,inf", "factor", "inf", "infinite number"},
        Bad{"factors", "600002.SH,2024-01-02,1x", "factor", "1x", "unreadable number"},
        Bad{"actions", "600002.SH,,1,,,,", "date", "", "missing date"},
        Bad{"actions", "600002.SH,2024-01-02,,-0.1,,,", "bonus", "-0.1", "negative number"},
        Bad{"actions", "600002.SH,2024-01-02,,,,0.3,", "rights_price", "", "rights without a price"},
        Bad{"actions", "600002.SH,2024-01-02,0,,,,8", "date", "2024-01-02", "nothing happens"},
        Bad{"actions", "600002.SH,2024-01-02,0.30000000000000004,,,,", "cash", "0.30000000000000004",
            "more than ten decimals"},
        Bad{"actions", "600002.SH,2024-01-02,100001,,,,", "cash", "100001", "number above 100,000"},
        Bad{"limits", "600002.SH,2024-01-02,1.00001,1", "up", "1.00001", "more than four decimals"},
        Bad{"limits", "600002.SH,2024-01-02,1,2", "down", "2", "down above up"},
        Bad{"limits", "600002.SH,2024-01-02,0,", "up", "0", "zero price"},
        Bad{"limits", "600002.SH,2024-01-02,2,x", "down", "x", "unreadable number"}));

TEST(KindTables, DifferentRowsOfAKeyAreAllRefused) {
  ScratchFolder folder;
  folder.write("a.csv", "code,date,factor\n600000.SH,2024-01-02,1\n600000.SH,2024-01-03,2\n");
  folder.write("b.csv", "code,date,factor\nsh600000,20240102,1.0\n600000.SH,2024-01-03,3\nwhat?,2024-01-03,3\n");
  folder.write("c.csv", "code,date,factor\n");
  const auto table = read_factors(context(), {folder.path()});
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(account(*table), (Account{1, 1, 3}));
  EXPECT_EQ(table->summary.files, 3);
  ASSERT_EQ(table->summary.empty_files.size(), 1u);
  EXPECT_TRUE(table->summary.empty_files[0].ends_with("c.csv"));
  EXPECT_EQ(table->summary.quarantined_by_reason.at("two different rows for one key"), 2);
  EXPECT_TRUE(table->quarantine[0].file.ends_with("a.csv"));
  EXPECT_EQ(table->quarantine[0].line, 3);
  EXPECT_EQ(table->quarantine[0].reason, "two different rows for 600000.SH 2024-01-03");
  EXPECT_TRUE(table->quarantine[1].file.ends_with("b.csv"));
  EXPECT_EQ(table->quarantine[2].reason, "unreadable code");
}

TEST(KindTables, WrongColumnsAreErrorsByName) {
  struct Case {
    const char* header;
    const char* part;
  };
  for (const Case& one : {Case{"code,date,factor,adj", "unknown column 'adj'"}, Case{"code,date", "no column factor"},
                          Case{"code,date,factor,Factor", "two columns factor"}}) {
    const auto table = read_text(read_factors, std::string("\n") + one.header + "\n600000.SH,2024-01-02,1,1\n");
    ASSERT_FALSE(table) << one.header;
    EXPECT_EQ(table.error().code, ErrorCode::wrong_columns);
    const std::string message = table.error().to_string();
    EXPECT_NE(message.find(one.part), std::string::npos) << message;
    EXPECT_NE(message.find("facts.csv, line 2"), std::string::npos) << message;
  }
  // What a kind has is said.
  EXPECT_NE(read_text(read_actions, "code,day\n").error().remedy.find("code,date,[cash],[bonus]"), std::string::npos);
}

TEST(KindTables, FilesWithoutRowsAreAnError) {
  for (const char* text : {"", "\n , \n", "market,date\n", "market,date\n,\n"}) {
    const auto table = read_text(read_calendar, text);
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().code, ErrorCode::empty_input);
  }
  ScratchFolder folder;
  EXPECT_EQ(read_calendar(context(), {folder.path() + "/none.csv"}).error().code, ErrorCode::file_not_found);
  using namespace std::string_literals;
  EXPECT_EQ(read_text(read_calendar, "\0\1"s).error().code, ErrorCode::unreadable_data);
}

TEST(KindTables, ReadsGbk) {
  const auto table = read_text(read_instruments, "code,name\n600000.SH,\xc6\xd6\xb7\xa2\xd2\xf8\xd0\xd0\n");
  ASSERT_TRUE(table) << table.error().to_string();
  EXPECT_EQ(table->rows[0].name, "浦发银行");
}

TEST(KindTables, CanBeInterrupted) {
  ScratchFolder folder;
  const std::string file = folder.write("a.csv", "market,date\nSH,2024-01-02\n");
  CancelToken cancel;
  cancel.cancel();
  Context ctx = context();
  ctx.cancel = &cancel;
  EXPECT_EQ(read_calendar(ctx, {file}).error().code, ErrorCode::interrupted);
}

TEST(KindTables, LayoutsAreFoundByName) {
  EXPECT_EQ(kind_layouts().size(), 6u);
  for (const KindLayout& layout : kind_layouts()) EXPECT_EQ(find_kind(layout.name), &layout);
  EXPECT_EQ(find_kind("bars"), nullptr);
}

}  // namespace
}  // namespace momentum::sources::testing
