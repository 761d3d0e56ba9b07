#pragma once
// Random expressions of the text language, made from the operator table: an operator added there takes part at once.

#include "market.h"
#include "momentum/expr/operators.h"

namespace momentum::expr {

class RandomExpression {
 public:
  explicit RandomExpression(Random& random, bool ranks = true) : random_(random), ranks_(ranks) {}

  std::string operator()(int depth) {
    if (depth == 0 || random_.chance(0.1)) return leaf();
    if (random_.chance(0.35)) return signed_(depth);
    const auto& all = operators();
    const OperatorInfo* op = &all[random_.below(all.size())];
    while (!ranks_ && op->kind == OperatorKind::cross_section) op = &all[random_.below(all.size())];
    std::vector<std::string> arguments;
    const std::size_t inputs = op->variadic ? 1 + random_.below(6) : op->inputs;
    for (std::size_t i = 0; i < inputs; ++i) arguments.push_back((*this)(depth - 1));
    for (const auto& option : op->options) arguments.push_back(value(option.type));
    if (op->open_options)
      for (int level = 0; level < 2; ++level)
        for (const double v : {level * 10.0, level * 1.0, random_.unit()}) arguments.push_back(fmt::format("{}", v));
    std::string text(op->name);
    text += '(';
    for (std::size_t i = 0; i < arguments.size(); ++i) text += (i > 0 ? ", " : "") + arguments[i];
    return text + ')';
  }

 private:
  std::string leaf() {
    static constexpr const char* kLeaves[] = {"open",   "high",     "low", "close", "preclose", "volume",
                                              "amount", "turnover", "2",   "0.5",   "0"};
    return kLeaves[random_.below(random_.chance(0.8) ? 8 : 11)];
  }
  // Divisions more often than the rest: they are what is rewritten.
  std::string signed_(int depth) {
    static constexpr const char* kSigns[] = {"+", "-", "*", "/", "/", "/", "<", ">=", "==", "!=", "and", "or"};
    if (random_.chance(0.1)) return "(not " + (*this)(depth - 1) + ")";
    if (random_.chance(0.1)) return "(-" + (*this)(depth - 1) + ")";
    const char* sign = kSigns[random_.below(std::size(kSigns))];
    return "(" + (*this)(depth - 1) + " " + sign + " " + (*this)(depth - 1) + ")";
  }
  std::string value(OptionType type) {
    switch (type) {
      case OptionType::window: return fmt::format("{}", 2 + random_.below(random_.chance(0.8) ? 6 : 40));
      case OptionType::lag: return fmt::format("{}", random_.below(6));
      case OptionType::when: return fmt::format("{}", 1 + random_.below(5));
      case OptionType::weight: return fmt::format("{}/{}", 1 + random_.below(3), 3 + random_.below(20));
      case OptionType::number: return fmt::format("{}", random_.chance(0.3) ? 0.0 : random_.unit());
    }
    return "1";
  }
  Random& random_;
  bool ranks_;
};

// Expressions that parse: one made of numbers alone, where a series is needed, does not.
inline std::vector<std::string> random_expressions(std::size_t count, std::uint64_t seed, bool ranks = true,
                                                   int depth = 4) {
  Random random(seed);
  std::vector<std::string> all;
  while (all.size() < count) {
    const std::string text =
        RandomExpression(random, ranks)(1 + static_cast<int>(random.below(static_cast<std::size_t>(depth))));
    Graph g;
    if (parse_expression(g, text)) all.push_back(text);
  }
  return all;
}

}  // namespace momentum::expr
