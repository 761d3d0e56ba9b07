#include "momentum/expr/operators.h"

#include <charconv>
#include <set>
#include <sstream>

#include "market.h"

namespace momentum::expr {
namespace {

// Golden rows of every operator, named by where they come from:
//   hand       worked by hand; every bit must be right
//   spec       an example or a consequence written in the specification of the classic profile
//   hikyuu, tdx-sma   the worked example of the Chinese terminals' EMA and SMA(X, 5, 1): closes 35.12 31.61 34.10 31.12
//              32.16 (000001zx.com, 2014-10-13; weiqiv.net.cn)
//   tulip      TulipCharts/tulipindicators, tests/untest.txt at 28c63a71, printed to three decimals
// Published numbers must be met to half of their last printed place. `.` is a missing value.
//
// operator | source | expression | columns | wanted
constexpr std::string_view kGolden = R"(
abs        | hand  | abs(x)                                | x -2 0 3.5 . -inf                | 2 0 3.5 . inf
log        | tulip | ln(x)                                 | x 81.59 81.06 82.87 83.00 83.61  | 4.402 4.395 4.417 4.419 4.426
log        | hand  | log(x)                                | x 1 0 -1 inf .                   | 0 -inf . inf .
sqrt       | tulip | sqrt(x)                               | x 81.59 81.06 82.87 83.00 83.61  | 9.033 9.003 9.103 9.110 9.144
sqrt       | hand  | sqrt(x)                               | x 4 0 -1 2.25 inf                | 2 0 . 1.5 inf
round      | spec  | round(x)                              | x 12.5 13.5 -0.5 2.4 . 7         | 12 14 -0 2 . 7
min        | hand  | min(x, y)                             | x 1 5 . 2 inf ; y 3 2 1 . -inf   | 1 2 . . -inf
max        | hand  | max(x, y)                             | x 1 5 . 2 inf ; y 3 2 1 . -inf   | 3 5 . . inf
if         | hand  | if(c, x, y)                           | c 1 0 . 2 ; x 5 6 7 8 ; y 1 2 3 4 | 5 2 . 8
if         | hand  | if(c, x, y)                           | c 1 0 ; x 5 . ; y . 2            | 5 2
fill       | hand  | fill(x, 50)                           | x . 3 inf .                      | 50 3 inf 50
valid      | hand  | valid(x)                              | x . 3 inf 0                      | 0 1 1 1
all_valid  | hand  | all_valid(x, y)                       | x . 3 inf . ; y 1 1 0 .          | 0 1 1 0
step       | spec  | step(x, 5, 1, 0, 8, 1.2, 0, 10, 1.5, 0, 12) | x 0.9 1 1.1 1.2 1.3 1.5 1.6 . | 5 5 8 8 10 10 12 .
step       | spec  | step(x, 0, 30, 1, 7, 40, 1, 10, 70, 0, 5, 80, 0, 0) | x 29.9 30 40 70 70.1 80 80.1 | 0 7 10 10 5 5 0
ref        | tulip | ref(x, 2)                             | x 81.59 81.06 82.87 83.00        | . . 81.590 81.060
ref        | hand  | shift(x, 0)                           | x 1 . 3                          | 1 . 3
delta      | tulip | delta(x, 5)                           | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 | . . . . . 1.560 1.780
delta      | hand  | delta(x)                              | x 1 4 . 9 11                     | . 3 . . 2
pct        | tulip | roc(x, 5)                             | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 | . . . . . 0.019 0.022
pct        | hand  | pct(x, 1)                             | x 4 5 . 10 0 5                   | . 0.25 0 1 -1 inf
sum        | tulip | sum(x, 5)                             | x 81.59 81.06 82.87 83.00 83.61 83.15 | . . . . 412.130 413.690
sum        | hand  | sum(x, 3)                             | x 1e300 1 -1e300 . 1 2 3         | . . 1 . . . 6
mean       | hikyuu | ma(x, 5)                             | x 35.12 31.61 34.10 31.12 32.16  | . . . . 32.822
mean       | tulip | sma(x, 5)                             | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 | . . . . 82.426 82.738 83.094
mean       | hand  | mean(x, 3)                            | x 0.1 0.1 0.1 . 1 2 6            | . . 0.1 . . . 3
std        | hand  | std(x, 3)                             | x 1 4 7 7 7 . 1                  | . . 3 1.7320508075688772 0 . .
std        | tulip | std(x, 5) * sqrt(4/5)                 | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 | . . . . 0.948 0.875 0.280
std        | hand  | std(x, 2)                             | x 0.1 0.1 inf 1 2                | . 0 . . 0.7071067811865476
lowest     | tulip | llv(x, 5)                             | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 | . . . . 81.060 81.060 82.840
lowest     | hand  | lowest(x, 2)                          | x 3 1 2 . 5 -inf                 | . 1 1 . . -inf
highest    | tulip | hhv(x, 5)                             | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 | . . . . 83.610 83.610 83.610
highest    | hand  | highest(x, 2)                         | x 3 1 2 . 5 inf                  | . 3 2 . . inf
every      | hand  | every(x > 1, 2)                       | x 2 3 1 2 . 2 2                  | 0 1 0 0 0 0 1
every      | hand  | every(x, 2)                           | x 2 3 0 2 . -2 0.5               | 0 1 0 0 0 0 1
ema        | hikyuu | ema(x, 2/6)                          | x 35.12 31.61 34.10 31.12 32.16  | 35.120 33.950 34.000 33.040 32.747
ema        | tdx-sma | ema(x, 1/5)                         | x 35.12 31.61 34.10              | 35.120 34.418 34.354
ema        | tulip | ema(x, 2/6)                           | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 83.99 | 81.590 81.413 81.899 82.266 82.714 82.859 82.853 83.232
ema        | hand  | ema(x, 0.5)                           | x . 4 8 . 8 . . 5                | . 4 6 6 7.333333333333333 7.333333333333333 7.333333333333333 5.466666666666667
wilder     | tulip | wilder(x, 5)                          | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 83.99 | . . . . 82.426 82.571 82.625 82.898
wilder     | hand  | wilder(x, 2)                          | x 1 3 4 . 5                      | . 2 3 . .
rsi        | tulip | rsi(x, 5)                             | x 81.59 81.06 82.87 83.00 83.61 83.15 82.84 83.99 84.55 84.36 85.53 86.54 86.89 87.77 87.29 | . . . . . 72.034 64.927 75.936 79.796 74.713 83.033 87.478 88.755 91.483 78.498
rsi        | spec  | rsi(x, 2)                             | x 1 2 3 4                        | . . 100 100
rsi        | spec  | rsi(x, 2)                             | x 5 5 5 5                        | . . . .
ffill      | hand  | ffill(x)                              | x . 2 . . 3 .                    | . 2 2 2 3 3
bar_index  | hand  | bar_index()                           | x 7 . 9                          | 0 1 2
value_when | hand  | value_when(c, x)                      | c 0 1 0 . 1 1 ; x 1 2 3 4 . 6    | . 2 2 2 . 6
value_when | hand  | value_when(c, x, 2)                   | c 1 0 1 1 0 ; x 1 2 3 4 5        | . . 1 3 3
count_when | hand  | count_when(c)                         | c 0 1 . 2 -1                     | 0 1 1 2 3
mean_when  | hand  | mean_when(c, x, 2)                    | c 1 0 1 1 1 1 ; x 1 9 3 . . 5    | . . 2 3 . 5
bars_since | hand  | bars_since(c)                         | c 0 . 1 0 . 1 1                  | . . 0 1 2 0 0
rank       | hand  | rank(x)                               | x 5 . -1                         | 1 . 1
)";

struct Golden {
  std::string op, source, expression, columns, wanted;
};

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(' '), to = text.find_last_not_of(' ');
  return from == std::string::npos ? "" : text.substr(from, to - from + 1);
}

std::vector<Golden> goldens() {
  std::vector<Golden> all;
  std::istringstream lines{std::string(kGolden)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    std::istringstream cells(line);
    Golden g;
    for (std::string* cell : {&g.op, &g.source, &g.expression, &g.columns, &g.wanted}) {
      std::getline(cells, *cell, '|');
      *cell = trimmed(*cell);
    }
    all.push_back(g);
  }
  return all;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

double number(const std::string& word) {
  double v = kMissing;
  if (word != ".") std::from_chars(word.data(), word.data() + word.size(), v);
  return v;
}

// The columns of a case stand for columns without price degree, so that no factor comes in.
const std::vector<std::pair<std::string, std::string>> kStandIns{{"x", "volume"}, {"y", "amount"}, {"c", "turnover"}};

std::string with_stand_ins(const std::string& expression) {
  std::string out, name;
  for (const char c : expression + " ") {
    if ((c >= 'a' && c <= 'z') || c == '_') {
      name += c;
      continue;
    }
    for (const auto& [from, to] : kStandIns)
      if (name == from) name = to;
    out += name + c;
    name.clear();
  }
  return out;
}

TEST(Golden, EveryOperatorHasOneAndMeetsIt) {
  std::set<std::string_view> covered;
  for (const Golden& g : goldens()) {
    const auto* op = find_operator(g.op);
    ASSERT_NE(op, nullptr) << g.op;
    covered.insert(op->name);
    std::vector<std::string> names;
    std::vector<std::vector<double>> columns;
    std::istringstream parts(g.columns);
    for (std::string part; std::getline(parts, part, ';');) {
      const auto all = words(part);
      for (const auto& [from, to] : kStandIns)
        if (all[0] == from) names.push_back(to);
      columns.emplace_back();
      for (std::size_t i = 1; i < all.size(); ++i) columns.back().push_back(number(all[i]));
    }
    const std::string what = g.source + ": " + g.expression + " of " + g.columns;
    const Market market = by_hand(names, columns);
    for (const SimdLevel level : kernels::supported_levels()) {
      const auto found = run(compiled(with_stand_ins(g.expression), true, names), market.build(), {level, 1, 16})[0][0];
      const auto wanted = words(g.wanted);
      ASSERT_EQ(found.size(), wanted.size()) << what;
      for (std::size_t r = 0; r < wanted.size(); ++r) {
        const double v = number(wanted[r]);
        const auto point = wanted[r].find('.');
        const bool exact = g.source == "hand" || g.source == "spec" || std::isnan(v);
        // in the last printed place, half of it for the printing and a sliver for the comparison
        const double allowed = 0.5000001 * std::pow(10.0, -static_cast<double>(wanted[r].size() - point - 1));
        EXPECT_TRUE(exact ? same(found[r], v) : std::fabs(found[r] - v) <= allowed)
            << what << " row " << r << " at " << to_string(level) << ": found " << kernels::text(found[r])
            << ", wanted " << wanted[r];
      }
    }
  }
  for (const auto& op : operators()) EXPECT_TRUE(covered.contains(op.name)) << op.name << " has no golden rows";
}

TEST(Golden, PublishedSourcesAreMoreThanAFew) {
  std::set<std::string> published;
  for (const Golden& g : goldens())
    if (g.source == "tulip" || g.source == "hikyuu" || g.source == "tdx-sma") published.insert(g.op);
  EXPECT_GE(published.size(), 12u);
}

TEST(Table, NamesAndAliasesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const auto& op : operators()) {
    EXPECT_TRUE(names.insert(op.name).second) << op.name;
    for (const auto alias : op.aliases) EXPECT_TRUE(names.insert(alias).second) << alias;
    EXPECT_FALSE(op.text.empty() || op.zh.empty()) << op.name;
    EXPECT_EQ(find_operator(op.name), &op);
    for (const auto alias : op.aliases) EXPECT_EQ(find_operator(alias), &op);
  }
  EXPECT_EQ(find_operator("no_such"), nullptr);
  EXPECT_EQ(find_operator(""), nullptr);
}

TEST(Table, ReachInTheSpecificationIsTheNodes) {
  for (const auto& op : operators()) {
    if (op.kind != OperatorKind::recurrence && op.kind != OperatorKind::conditional) {
      EXPECT_NE(op.reach, "all") << op.name;
    } else {
      EXPECT_EQ(op.reach, "all") << op.name;
    }
  }
}

// A right value of an option, and wrong ones.
std::pair<double, std::vector<double>> values_of(OptionType type) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();
  switch (type) {
    case OptionType::window: return {3, {0, -1, 2.5, kernels::kMaxWindow + 1.0, kNaN, kInf, 1e300}};
    case OptionType::lag: return {3, {-1, 0.5, kernels::kMaxWindow + 1.0, kNaN, kInf, -1e300}};
    case OptionType::when: return {2, {0, 17, 1.5, kNaN, kInf}};
    case OptionType::weight: return {0.5, {0, -0.1, 1.0000001, kNaN, kInf}};
    case OptionType::number: return {1.5, {kNaN, kInf, -kInf}};
  }
  return {};
}

TEST(Apply, ChecksEveryOptionOfEveryOperator) {
  for (const auto& op : operators()) {
    const auto with = [&](std::size_t inputs, const std::vector<double>& options) {
      Graph g;
      std::vector<NodeId> in;
      for (std::size_t i = 0; i < inputs; ++i) in.push_back(g.leaf("column" + std::to_string(i)));
      return apply(g, op.name, in, options).has_value();
    };
    std::vector<double> good;
    for (const auto& option : op.options) good.push_back(values_of(option.type).first);
    EXPECT_TRUE(with(op.inputs, good)) << op.name;
    for (std::size_t i = 0; i < good.size(); ++i)
      for (const double wrong : values_of(op.options[i].type).second) {
        auto options = good;
        options[i] = wrong;
        EXPECT_FALSE(with(op.inputs, options)) << op.name << " took " << wrong;
      }
    if (op.inputs > 0) {
      EXPECT_FALSE(with(op.inputs - 1, good)) << op.name;
    }
    EXPECT_EQ(with(op.inputs + 1, good), op.variadic) << op.name;
    EXPECT_FALSE(with(kernels::kMaxInputs + 1, good)) << op.name;
    auto more = good;
    more.push_back(1);
    EXPECT_FALSE(with(op.inputs, more)) << op.name << " took too many options";
    auto fewer = good;
    if (!fewer.empty()) fewer.pop_back();
    EXPECT_EQ(with(op.inputs, fewer), op.options.empty() || !std::isnan(op.options.back().default_value)) << op.name;
  }
}

TEST(Apply, SaysWhichArgumentIsWrong) {
  Graph g;
  const NodeId close[] = {g.leaf("close")};
  const double half[] = {2.5};
  const auto node = apply(g, "mean", close, half);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, ErrorCode::bad_expression);
  EXPECT_NE(node.error().to_string().find("option n"), std::string::npos) << node.error().to_string();
  EXPECT_NE(node.error().to_string().find("mean"), std::string::npos) << node.error().to_string();
  EXPECT_EQ(apply(g, "no_such", close, {}).error().code, ErrorCode::bad_expression);
  const double one[] = {1};
  EXPECT_FALSE(apply(g, "std", close, one)) << "a deviation of one bar";
}

TEST(Apply, NamesAndAliasesBuildTheSameNode) {
  for (const auto& op : operators())
    for (const auto alias : op.aliases) {
      Graph g;
      std::vector<NodeId> in;
      for (std::size_t i = 0; i < op.inputs; ++i) in.push_back(g.leaf("column" + std::to_string(i)));
      std::vector<double> options;
      for (const auto& option : op.options) options.push_back(values_of(option.type).first);
      EXPECT_EQ(must(apply(g, op.name, in, options)), must(apply(g, alias, in, options))) << alias;
    }
}

}  // namespace
}  // namespace momentum::expr
