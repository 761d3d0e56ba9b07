#include "momentum/formats/csv.h"

#include <gtest/gtest.h>

namespace momentum::formats {
namespace {

using Cells = std::vector<std::string>;

Cells split(std::string_view line, char delimiter = ',') {
  std::vector<std::string_view> cells;
  std::string scratch;
  split_line(line, delimiter, cells, scratch);
  return {cells.begin(), cells.end()};
}

TEST(LineCursor, CountsLinesByLfCrlfAndCr) {
  LineCursor lines("a\nb\r\nc\rd\n\n\r\ne");
  const std::vector<std::string> expected = {"a", "b", "c", "d", "", "", "e"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(lines.next());
    EXPECT_EQ(lines.text(), expected[i]);
    EXPECT_EQ(lines.line(), static_cast<std::int64_t>(i + 1));
  }
  EXPECT_FALSE(lines.next());
  EXPECT_FALSE(LineCursor("").next());
}

TEST(LineCursor, AcceptsALastLineWithoutAnEnd) {
  for (const char* text : {"x", "x\n", "x\r\n", "x\r"}) {
    LineCursor lines(text);
    ASSERT_TRUE(lines.next()) << text;
    EXPECT_EQ(lines.text(), "x");
    EXPECT_FALSE(lines.next()) << text;
  }
}

TEST(SniffDelimiter, TakesTheMostFrequentOutsideQuotes) {
  EXPECT_EQ(sniff_delimiter("date,open,high"), ',');
  EXPECT_EQ(sniff_delimiter("date\topen\thigh"), '\t');
  EXPECT_EQ(sniff_delimiter("date;open;high"), ';');
  EXPECT_EQ(sniff_delimiter("date|open|high"), '|');
  EXPECT_EQ(sniff_delimiter("\"a,b,c,d\";e;f"), ';');
  EXPECT_EQ(sniff_delimiter("date"), ',');
}

TEST(SplitLine, KeepsEmptyCellsAndCutsBlanks) {
  EXPECT_EQ(split("a,b,c"), (Cells{"a", "b", "c"}));
  EXPECT_EQ(split(",,"), (Cells{"", "", ""}));
  EXPECT_EQ(split(""), (Cells{""}));
  EXPECT_EQ(split(" a ,\tb, "), (Cells{"a", "b", ""}));
  EXPECT_EQ(split("a\t\tb\t", '\t'), (Cells{"a", "", "b", ""}));
}

TEST(SplitLine, ReadsQuotedCells) {
  EXPECT_EQ(split(R"("a","b,c",d)"), (Cells{"a", "b,c", "d"}));
  EXPECT_EQ(split(R"("","x")"), (Cells{"", "x"}));
  EXPECT_EQ(split(R"( "a" , "b" )"), (Cells{"a", "b"}));
  EXPECT_EQ(split(R"("say ""hi""",2,"""")"), (Cells{R"(say "hi")", "2", "\""}));
  EXPECT_EQ(split("\"a\"\t\"b\"", '\t'), (Cells{"a", "b"}));
}

TEST(SplitLine, TakesStrayQuotesAsCharacters) {
  EXPECT_EQ(split(R"("10.5,3,4)"), (Cells{"\"10.5", "3", "4"}));
  EXPECT_EQ(split(R"("a"b,c)"), (Cells{"\"a\"b", "c"}));
  EXPECT_EQ(split(R"(5",6)"), (Cells{"5\"", "6"}));
}

TEST(CsvReader, SkipsEmptyRecordsAndKeepsPhysicalLines) {
  CsvReader csv(LineCursor("a,b\n\n,\n\"c\",d\r\n \n\"e,f\ng,h"), ',');
  std::vector<std::pair<std::int64_t, std::string>> seen;
  while (csv.next()) seen.emplace_back(csv.line(), csv.cells()[0]);
  EXPECT_EQ(seen, (std::vector<std::pair<std::int64_t, std::string>>{{1, "a"}, {4, "c"}, {6, "\"e"}, {7, "g"}}));
}

}  // namespace
}  // namespace momentum::formats
