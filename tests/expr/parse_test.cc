#include "momentum/expr/parse.h"

#include "market.h"
#include "momentum/expr/operators.h"

namespace momentum::expr {
namespace {

std::string canonical(const std::string& text) {
  Graph g(PriceBasis::stored);
  const auto node = parse_expression(g, text);
  return node ? g.text(*node) : "error: " + node.error().to_string();
}

TEST(Precedence, FromUnaryMinusToOr) {
  const std::vector<std::pair<std::string, std::string>> pairs{
      {"close + open * high", "close + (open * high)"},
      {"close - open - high", "(close - open) - high"},
      {"close / open / high", "(close / open) / high"},
      {"close / open * high", "(close / open) * high"},
      {"-close * open", "(-close) * open"},
      {"close - -open", "close - (-open)"},
      {"- - close", "-(-close)"},
      {"close + open > high * low", "(close + open) > (high * low)"},
      {"not close > open", "not (close > open)"},
      {"not not close > open", "not (not (close > open))"},
      {"close > open and not high > low", "(close > open) and (not (high > low))"},
      {"close or open and high", "close or (open and high)"},
      {"close and open or high and low", "(close and open) or (high and low)"},
      {"close or open or high", "(close or open) or high"},
      {"close>=open", "close >= open"},
      {"close<=open", "close <= open"},
      {"close!=open", "close != open"},
  };
  for (const auto& [text, wanted] : pairs) {
    EXPECT_EQ(canonical(text), canonical(wanted)) << text;
    EXPECT_EQ(canonical(text).find("error"), std::string::npos) << canonical(text);
  }
  EXPECT_EQ(canonical("close - open - high"), "subtract(subtract(close, open), high)");
  EXPECT_EQ(canonical("close or open and high"), "logical_or(close, logical_and(open, high))");
  EXPECT_EQ(canonical("not close > open"), "logical_not(greater(close, open))");
  for (const auto& [sign, name] : std::vector<std::pair<std::string, std::string>>{{"<", "less"},
                                                                                   {"<=", "less_equal"},
                                                                                   {">", "greater"},
                                                                                   {">=", "greater_equal"},
                                                                                   {"==", "equal"},
                                                                                   {"!=", "not_equal"}})
    EXPECT_EQ(canonical("volume " + sign + " amount"), name + "(volume, amount)");
}

TEST(Numbers, AreReadExactly) {
  EXPECT_EQ(canonical("volume + 0.1"), "add(volume, 0.1)");
  EXPECT_EQ(canonical("volume + .5"), "add(volume, 0.5)");
  EXPECT_EQ(canonical("volume + 1e-3"), "add(volume, 0.001)");
  EXPECT_EQ(canonical("volume + 2.E3"), "add(volume, 2000)");
}

Result<Definitions> program(Graph& g, const std::string& text) { return parse_program(g, text); }

TEST(Programs, AreLinesWithCommentsAndContinuations) {
  Graph g(PriceBasis::stored);
  const auto lines = must(program(g,
                                  "# a program\n"
                                  "a = mean(close,   # first\n"
                                  "         5)\r\n"
                                  "\n"
                                  "b = a +\n"
                                  "    # a comment where the right side is still to come\n"
                                  "    volume;c = b > a and\n"
                                  "  a > 1\n"
                                  "  d = (close\n"
                                  "  - open)\n"
                                  "e = -\tclose"));
  ASSERT_EQ(lines.size(), 5u);
  const auto text = [&](std::string_view name) {
    const NodeId* node = find_definition(lines, name);
    return node == nullptr ? "none" : g.text(*node);
  };
  EXPECT_EQ(text("a"), "rolling_mean(close, 5)");
  EXPECT_EQ(text("b"), "add(rolling_mean(close, 5), volume)");
  EXPECT_EQ(text("c"),
            "logical_and(greater(add(rolling_mean(close, 5), volume), rolling_mean(close, 5)), "
            "greater(rolling_mean(close, 5), 1))");
  EXPECT_EQ(text("d"), "subtract(close, open)");
  EXPECT_EQ(text("e"), "negate(close)");
  EXPECT_EQ(text("f"), "none");
  EXPECT_EQ(lines[0].first, "a");
  EXPECT_EQ(lines[4].first, "e");
}

TEST(Programs, ALineEndsWhereNothingIsOpen) {
  Graph g;
  const auto lines = program(g, "a = close\n- open");
  ASSERT_FALSE(lines);
  EXPECT_NE(lines.error().to_string().find("line 2, column 1"), std::string::npos) << lines.error().to_string();
}

TEST(Programs, MayBeEmpty) {
  Graph g;
  EXPECT_TRUE(must(program(g, "")).empty());
  EXPECT_TRUE(must(program(g, "\n # nothing\n;;\n")).empty());
}

// text, what the error says, where it says it
struct Wrong {
  std::string text, what, where;
};

void expect_wrong(const Result<Definitions>& found, const Wrong& wrong) {
  ASSERT_FALSE(found) << wrong.text;
  EXPECT_EQ(found.error().code, ErrorCode::bad_expression) << wrong.text;
  const std::string said = found.error().to_string();
  EXPECT_NE(said.find(wrong.what), std::string::npos) << wrong.text << "\n says " << said;
  EXPECT_NE(said.find(wrong.where), std::string::npos) << wrong.text << "\n says " << said;
}

TEST(Errors, OfProgramsSayLineAndColumn) {
  const std::vector<Wrong> all{
      {"a = close\nb = clsoe + 1", "no such column or definition", "line 2, column 5: clsoe"},
      {"a = close +  nose", "no such column or definition", "line 1, column 14: nose"},
      {"a = 1 + men(close, 5)", "no such operator", "line 1, column 9: men"},
      {"a = mean(close, 5", "expected , or ) but found the line ends", "line 1, column 18"},
      {"a = (close", "expected ) but found the line ends", "line 1, column 11"},
      {"a = (close]", "expected ) but found ']'", "line 1, column 11"},
      {"a = mean(close 5)", "expected , or ) but found '5'", "line 1, column 16"},
      {"a = mean(close, volume)", "an option must be a number", "line 1, column 17: mean"},
      {"a = mean(close)", "option n is missing", "line 1, column 5: mean"},
      {"a = mean()", "needs 1 series, got 0", "line 1, column 5: mean"},
      {"a = mean(close, 0)", "option n is not a whole number of bars", "line 1, column 5: mean"},
      {"a = mean(close, 5, 6)", "too many options", "line 1, column 5: mean"},
      {"a = step(close, 1, 2)", "levels come in threes", "line 1, column 5: step"},
      {"a = ema(close, 1/0)", "not a weight", "line 1, column 5: ema"},
      {"a = std(close, 1)", "at least 2 bars", "line 1, column 5"},
      {"a = mean(3, 5)", "a series is needed", "line 1, column 5"},
      {"a = ema(2 + 3, 0.5)", "a series is needed", "line 1, column 5"},
      {"close = 1", "the name is taken", "line 1, column 1: close"},
      {"a = 1\n  ma = 2", "the name is taken", "line 2, column 3: ma"},
      {"a = 1\na = 2", "the name is taken", "line 2, column 1: a"},
      {"and = 2", "the name is taken", "line 1, column 1: and"},
      {"3 = a", "expected a name", "line 1, column 1"},
      {"a + 1", "expected =", "line 1, column 3"},
      {"a = ", "expected a number, a name or (", "line 1, column 5"},
      {"a = close open", "expected the end of the line but found 'o'", "line 1, column 11"},
      {"a = close > open > low", "expected the end of the line but found '>'", "line 1, column 18"},
      {"a = close == == open", "expected a number, a name or (", "line 1, column 14"},
      {"a = 1e999", "not a number", "line 1, column 5"},
      {"a = .", "not a number", "line 1, column 5"},
      {"a = 1.2.3", "expected the end of the line", "line 1, column 8"},
      {"a = b\nb = 1", "no such column or definition", "line 1, column 5: b"},
      {"a = a", "no such column or definition", "line 1, column 5: a"},
      {"a = close(3)", "no such operator", "line 1, column 5: close"},
      {"a = \xe6\x94\xb6", "expected a number, a name or (", "line 1, column 5"},
      {"a = close @ 1", "expected the end of the line but found '@'", "line 1, column 11"},
  };
  for (const auto& wrong : all) {
    Graph g;
    expect_wrong(program(g, wrong.text), wrong);
  }
}

TEST(Errors, OfExpressions) {
  for (const std::string text : {"", "  \n ", "# only a comment", "close close", "a = close", ")", "close)", "()",
                                 "mean(", "mean(,)", "mean(close,)"}) {
    Graph g;
    const auto node = parse_expression(g, text);
    ASSERT_FALSE(node) << text;
    EXPECT_EQ(node.error().code, ErrorCode::bad_expression) << text;
    EXPECT_NE(node.error().to_string().find("line "), std::string::npos) << node.error().to_string();
  }
}

std::string repeated(const std::string& piece, std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += piece;
  return text;
}

// However deep the text, the stack is not.
TEST(Nesting, IsRefusedBeforeItHurts) {
  for (const auto& [open, middle, close] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"(", "close", ")"},
                                                                      {"-", "close", ""},
                                                                      {"not ", "close", ""},
                                                                      {"abs(", "close", ")"},
                                                                      {"-(", "close", ")"},
                                                                      {"not(", "close", ")"}}) {
    for (const std::size_t n : {std::size_t{300}, std::size_t{9000}}) {
      Graph g;
      const auto node = parse_expression(g, repeated(open, n) + middle + repeated(close, n));
      ASSERT_FALSE(node) << open;
      EXPECT_NE(node.error().what.find("nested too deeply"), std::string::npos) << node.error().to_string();
    }
    Graph g;
    EXPECT_TRUE(parse_expression(g, repeated(open, 90) + middle + repeated(close, 90))) << open;
  }
}

// Not nested, and yet a deep graph: each sum is an input of the next.
TEST(Nesting, LongChainsAreRefusedAsWell) {
  Graph g;
  const auto node = parse_expression(g, "close" + repeated(" + volume", 6000) + " > 3");
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, ErrorCode::too_large);
  std::string lines = "x0 = close + 1\n";
  for (int i = 1; i < 3000; ++i) lines += fmt::format("x{} = x{} + 1\n", i, i - 1);
  Graph h;
  EXPECT_FALSE(parse_program(h, lines));
  Graph k;
  EXPECT_TRUE(parse_expression(k, "close" + repeated(" + volume", 500) + " > 3"));
}

// Doubling forty times makes 2^40 paths through forty nodes.
TEST(Nesting, SharedNodesCostNothing) {
  std::string lines = "x0 = log(close)\n";
  for (int i = 1; i <= 40; ++i) lines += fmt::format("x{0} = x{1} + x{1}\n", i, i - 1);
  Graph g;
  const auto all = must(parse_program(g, lines + "r = rank(x40)\nt = x40 > 3\nv = all_valid(x40)"));
  EXPECT_LT(g.size(), 200u);
  const NodeId outputs[] = {all.back().second, *find_definition(all, "r"), *find_definition(all, "t")};
  for (const bool rewrite : {false, true}) EXPECT_TRUE(compile(g, outputs, {kColumnNames, rewrite}));
}

TEST(Size, IsLimited) {
  const std::string comment = "close # " + std::string(kMaxFormulaBytes - 8, 'x');
  Graph g;
  EXPECT_TRUE(parse_expression(g, comment));
  const auto node = parse_expression(g, comment + "x");
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, ErrorCode::too_large);
  const auto lines = parse_program(g, std::string(kMaxFormulaBytes + 1, '\n'));
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().code, ErrorCode::too_large);
}

TEST(Basis, AdjustedPricesAreStoredTimesFactor) {
  Graph adjusted, stored(PriceBasis::stored);
  for (const std::string price : {"open", "high", "low", "close", "preclose"}) {
    EXPECT_EQ(adjusted.text(must(parse_expression(adjusted, price))), "multiply(" + price + ", factor)");
    EXPECT_EQ(stored.text(must(parse_expression(stored, price))), price);
  }
  for (const std::string other : {"volume", "amount", "turnover"})
    EXPECT_EQ(adjusted.text(must(parse_expression(adjusted, other))), other);
}

// Valid programs with pieces cut, doubled, swapped and replaced. Whatever comes out is an error with a place or a
// program that compiles or says why not.
TEST(Garbage, NeitherCrashesNorHangs) {
  const std::string seeds[] = {
      "a = mean(close, 5)\nb = ema(a, 2/13) - rsi(volume, 14) # note\nc = if(a > b and not a == 1, rank(a), 0/0)\n",
      "r = step(close / ref(close, 1), 0, 1, 1, 5, 1.05, 0, 7) + fill(pct(close, 5), 0);s = all_valid(r, close, "
      "volume)\n",
      "x = value_when(close > open, close, 3) - mean_when(volume > 0, volume, 4) * count_when(close >= 10) / "
      "bars_since(low < 2)\n",
  };
  const std::string pieces[] = {"(",      ")",   ",",     "=",  "==", "\n", " ",    "-",    "not ",    "and",  "1e308",
                                "1e-320", "0/0", "close", "\0", "#",  ";",  "\xff", "ref(", "9999999", "rank("};
  Random random(41);
  std::size_t good = 0, bad = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string text = seeds[random.below(std::size(seeds))];
    for (std::size_t edits = 1 + random.below(3); edits-- > 0 && !text.empty();) {
      const std::size_t at = random.below(text.size()), n = std::min(text.size() - at, random.below(12));
      switch (random.below(5)) {
        case 0: text.erase(at, n); break;
        case 1: text.insert(at, text.substr(random.below(text.size()), n)); break;
        case 2: text.replace(at, n, pieces[random.below(std::size(pieces))]); break;
        case 3: text[at] = static_cast<char>(random.below(256)); break;
        default: text.insert(at, pieces[random.below(std::size(pieces))]); break;
      }
    }
    Graph g;
    const auto lines = parse_program(g, text);
    if (!lines) {
      ++bad;
      const bool known = lines.error().code == ErrorCode::bad_expression || lines.error().code == ErrorCode::too_large;
      ASSERT_TRUE(known && !lines.error().what.empty()) << text;
      continue;
    }
    ++good;
    std::vector<NodeId> outputs;
    for (const auto& [name, node] : *lines) outputs.push_back(node);
    const auto compiled_program = compile(g, outputs, {kColumnNames, true});
    ASSERT_TRUE(compiled_program) << text << "\n" << compiled_program.error().to_string();
  }
  EXPECT_GT(good, 150u);
  EXPECT_GT(bad, 1000u);
}

}  // namespace
}  // namespace momentum::expr
