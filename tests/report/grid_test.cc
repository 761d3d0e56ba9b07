#include "momentum/report/grid.h"

#include <gtest/gtest.h>

#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

Grid sample() {
  Grid grid;
  grid.columns = {{.title = "code", .right = false},
                  {.title = "名称", .right = false, .priority = 1},
                  {.title = "x", .priority = 2},
                  {.title = "note", .right = false, .priority = 3}};
  grid.rows = {{{"a"}, {"浦发银行"}, {"1.5"}, {"n"}}, {{"bcdef"}, {"A"}, {"-10.25"}, {}}};
  return grid;
}

TEST(Grid, AlignsWideCharacters) {
  EXPECT_EQ(lay_out(sample(), 0, false).text,
            "code   名称           x  note\n"
            "a      浦发银行     1.5  n\n"
            "bcdef  A         -10.25\n");
}

TEST(Grid, DropsTheHighestPriorityFirstAndSaysSo) {
  const LaidOut laid = lay_out(sample(), 24, false);
  EXPECT_EQ(laid.left_out, std::vector<std::string>{"note"});
  EXPECT_EQ(lay_out(sample(), 22, false).left_out, (std::vector<std::string>{"x", "note"}));
  // the first column stays whatever the width
  EXPECT_EQ(lay_out(sample(), 3, false).text, "code\na\nbcdef\n");
}

TEST(Grid, NoLineIsWiderThanAsked) {
  for (std::size_t width = 5; width < 40; ++width) {
    std::string text = lay_out(sample(), width, false).text;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      EXPECT_LE(display_width(text.substr(0, end)), width);
      text.erase(0, end + 1);
    }
  }
}

TEST(Grid, LongCellsAreCutWhereTheColumnHasABound) {
  Grid grid = sample();
  grid.columns[1].widest = 6;
  EXPECT_EQ(lay_out(grid, 0, false).text,
            "code   名称         x  note\n"
            "a      浦发…      1.5  n\n"
            "bcdef  A       -10.25\n");
}

TEST(Grid, ElasticColumnTakesTheRoomThatIsLeft) {
  Grid grid;
  grid.columns = {{.title = "a", .right = false},
                  {.title = "t",
                   .right = false,
                   .priority = 1,
                   .min_width = 4,
                   .max_width = 8,
                   .fill = [](std::size_t, std::size_t width) { return Cell{std::string(width, '#')}; }}};
  grid.rows = {{{"x"}, {}}};
  EXPECT_EQ(lay_out(grid, 9, false).text, "a  t\nx  ######\n");
  EXPECT_EQ(lay_out(grid, 0, false).text, "a  t\nx  ########\n");
  EXPECT_EQ(lay_out(grid, 6, false).left_out, std::vector<std::string>{"t"});
}

TEST(Grid, ColourTakesNoRoom) {
  Grid grid;
  grid.columns = {{.title = "a"}, {.title = "b"}};
  grid.rows = {{{"1", Tint::up}, {"2", Tint::down}}};
  EXPECT_EQ(lay_out(grid, 0, true).text, "\x1b[1ma\x1b[0m  \x1b[1mb\x1b[0m\n\x1b[31m1\x1b[0m  \x1b[32m2\x1b[0m\n");
  EXPECT_EQ(lay_out(grid, 0, false).text, "a  b\n1  2\n");
}

}  // namespace
}  // namespace momentum::report
