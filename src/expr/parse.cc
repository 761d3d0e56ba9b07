#include "momentum/expr/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "expansions_internal.h"
#include "momentum/expr/operators.h"

namespace momentum::expr {
namespace {

constexpr std::array<std::string_view, 8> kColumns{"open",     "high",   "low",    "close",
                                                   "preclose", "volume", "amount", "turnover"};

bool is_column(std::string_view name) { return std::find(kColumns.begin(), kColumns.end(), name) != kColumns.end(); }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Relation {
  std::string_view sign;
  Kernel kernel;
};
// Longer signs first.
constexpr std::array<Relation, 6> kRelations{{{"<=", Kernel::less_equal},
                                              {">=", Kernel::greater_equal},
                                              {"==", Kernel::equal},
                                              {"!=", Kernel::not_equal},
                                              {"<", Kernel::less},
                                              {">", Kernel::greater}}};

// Recursive descent, one function per level of precedence. A failed rule leaves error_ set and returns nullopt.
class Parser {
 public:
  Parser(Graph& graph, std::string_view text) : graph_(graph), text_(text) {}

  Result<NodeId> expression_only() {
    if (auto checked = check_size(); !checked) return std::unexpected(checked.error());
    skip_blank_lines();
    const auto node = any();
    if (!node) return std::unexpected(error_);
    skip_blank_lines();
    if (at_ < text_.size()) return std::unexpected(wrong("the end of the expression"));
    return finish(*node);
  }

  Result<Definitions> program() {
    if (auto checked = check_size(); !checked) return std::unexpected(checked.error());
    for (skip_blank_lines(); at_ < text_.size(); skip_blank_lines()) {
      const std::size_t start = at_;
      const std::string name(take_name());
      if (name.empty()) return std::unexpected(wrong("a name"));
      if (is_column(name) || find_operator(name) != nullptr || is_word(name) || find_definition(definitions_, name)) {
        at_ = start;
        return std::unexpected(error_at("the name is taken", name));
      }
      if (!take("=")) return std::unexpected(wrong("="));
      const auto node = any();
      if (!node) return std::unexpected(error_);
      skip_spaces();
      if (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != ';')
        return std::unexpected(wrong("the end of the line"));
      if (graph_.error() != nullptr) return std::unexpected(*graph_.error());
      definitions_.emplace_back(name, *node);
    }
    return std::move(definitions_);
  }

 private:
  using Parsed = std::optional<NodeId>;

  Result<void> check_size() const {
    if (text_.size() <= kMaxFormulaBytes) return {};
    return fail(ErrorCode::too_large, "the formula is longer than 64 KiB", {}, "split it");
  }
  Result<NodeId> finish(NodeId node) const {
    if (graph_.error() != nullptr) return std::unexpected(*graph_.error());
    return node;
  }

  static bool is_word(std::string_view name) { return name == "and" || name == "or" || name == "not"; }

  void skip_spaces() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r' || (c == '\n' && open_ > 0)) {
        ++at_;
      } else {
        return;
      }
    }
  }
  void skip_blank_lines() {
    for (skip_spaces(); at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == ';'); skip_spaces()) ++at_;
  }
  bool peek(std::string_view sign) {
    skip_spaces();
    return text_.substr(at_).starts_with(sign);
  }
  bool take(std::string_view sign) {
    if (!peek(sign)) return false;
    at_ += sign.size();
    return true;
  }
  std::string_view take_name() {
    skip_spaces();
    const std::size_t start = at_;
    if (at_ < text_.size() && is_name_start(text_[at_]))
      while (at_ < text_.size() && (is_name_start(text_[at_]) || is_digit(text_[at_]))) ++at_;
    return text_.substr(start, at_ - start);
  }
  bool take_word(std::string_view word) {
    const std::size_t start = at_;
    if (take_name() == word) return true;
    at_ = start;
    return false;
  }
  // An operator with two sides: its right side may stand on the next line.
  bool take_sign(std::string_view sign) { return take(sign) && continue_line(); }
  bool take_word_sign(std::string_view word) { return take_word(word) && continue_line(); }
  bool continue_line() {
    for (skip_spaces(); at_ < text_.size() && text_[at_] == '\n'; skip_spaces()) ++at_;
    return true;
  }

  Error error_at(std::string what, std::string_view detail = {}) const {
    const auto before = text_.substr(0, std::min(at_, text_.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    std::string where = "line " + std::to_string(line) + ", column " + std::to_string(at_ - start + 1);
    if (!detail.empty()) where += ": " + std::string(detail);
    return {ErrorCode::bad_expression, std::move(what), std::move(where), "see docs/operators.md"};
  }
  Error wrong(std::string_view expected) {
    skip_spaces();
    const std::string found =
        at_ >= text_.size() || text_[at_] == '\n' ? "the line ends" : "'" + std::string(1, text_[at_]) + "'";
    return error_at("expected " + std::string(expected) + " but found " + found);
  }
  Parsed set(Error error) {
    error_ = std::move(error);
    return std::nullopt;
  }

  // Two-sided rules share this: left { sign right }.
  template <class Level, class Step>
  Parsed left_to_right(Level level, Step step) {
    Parsed left = (this->*level)();
    while (left) {
      const Parsed combined = step(*left);
      if (!combined) return error_.what.empty() ? left : std::nullopt;
      left = combined;
    }
    return left;
  }

  Parsed any() {
    if (++depth_ > kMaxFormulaDepth) return set(error_at("the formula is nested too deeply"));
    const Parsed node = left_to_right(&Parser::conjunction, [&](NodeId left) -> Parsed {
      if (!take_word_sign("or")) return std::nullopt;
      const Parsed right = conjunction();
      return right ? Parsed(graph_.kernel(Kernel::logical_or, {left, *right})) : std::nullopt;
    });
    --depth_;
    return node;
  }
  Parsed conjunction() {
    return left_to_right(&Parser::negation, [&](NodeId left) -> Parsed {
      if (!take_word_sign("and")) return std::nullopt;
      const Parsed right = negation();
      return right ? Parsed(graph_.kernel(Kernel::logical_and, {left, *right})) : std::nullopt;
    });
  }
  Parsed negation() {
    if (!take_word("not")) return comparison();
    if (++depth_ > kMaxFormulaDepth) return set(error_at("the formula is nested too deeply"));
    const Parsed x = negation();
    --depth_;
    return x ? Parsed(graph_.kernel(Kernel::logical_not, {*x})) : std::nullopt;
  }
  Parsed comparison() {
    const Parsed left = sum();
    if (!left) return left;
    for (const auto& relation : kRelations) {
      if (!take_sign(relation.sign)) continue;
      const Parsed right = sum();
      return right ? Parsed(compare(graph_, relation.kernel, *left, *right)) : std::nullopt;
    }
    return left;
  }
  Parsed sum() {
    return left_to_right(&Parser::product, [&](NodeId left) -> Parsed {
      const Kernel k = peek("+") ? Kernel::add : Kernel::subtract;
      if (!take_sign("+") && !take_sign("-")) return std::nullopt;
      const Parsed right = product();
      return right ? Parsed(graph_.kernel(k, {left, *right})) : std::nullopt;
    });
  }
  Parsed product() {
    return left_to_right(&Parser::unary, [&](NodeId left) -> Parsed {
      const Kernel k = peek("*") ? Kernel::multiply : Kernel::divide;
      if (!take_sign("*") && !take_sign("/")) return std::nullopt;
      const Parsed right = unary();
      return right ? Parsed(graph_.kernel(k, {left, *right})) : std::nullopt;
    });
  }
  Parsed unary() {
    if (!take("-")) return primary();
    if (++depth_ > kMaxFormulaDepth) return set(error_at("the formula is nested too deeply"));
    const Parsed x = unary();
    --depth_;
    return x ? Parsed(graph_.kernel(Kernel::negate, {*x})) : std::nullopt;
  }

  Parsed primary() {
    skip_spaces();
    if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) return number();
    if (take("(")) {
      ++open_;
      const Parsed inner = any();
      if (!inner) return inner;
      const bool closed = take(")");
      --open_;
      return closed ? inner : set(wrong(")"));
    }
    const std::size_t start = at_;
    const std::string_view name = take_name();
    if (name.empty()) return set(wrong("a number, a name or ("));
    if (peek("(")) return call(name, start);
    if (const NodeId* defined = find_definition(definitions_, name)) return *defined;
    if (is_column(name)) return graph_.price(name);
    at_ = start;
    return set(error_at("no such column or definition", name));
  }

  Parsed number() {
    double v = 0.0;
    const auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), v);
    if (problem != std::errc() || !std::isfinite(v)) return set(error_at("not a number"));
    at_ = static_cast<std::size_t>(end - text_.data());
    return graph_.constant(v);
  }

  Parsed call(std::string_view name, std::size_t start) {
    const OperatorInfo* op = find_operator(name);
    if (op == nullptr) {
      at_ = start;
      return set(error_at("no such operator", name));
    }
    take("(");
    ++open_;
    std::vector<NodeId> inputs;
    std::vector<double> options;
    while (!peek(")")) {
      if (!inputs.empty() || !options.empty())
        if (!take(",")) return set(wrong(", or )"));
      skip_spaces();
      const std::size_t argument_start = at_;
      const Parsed argument = any();
      if (!argument) return argument;
      if (op->variadic || inputs.size() < op->inputs) {
        inputs.push_back(*argument);
      } else if (graph_.is_constant(*argument)) {
        options.push_back(graph_.value(*argument));
      } else {
        at_ = argument_start;
        return set(error_at("an option must be a number", name));
      }
    }
    take(")");
    --open_;
    const auto node = apply(graph_, name, inputs, options);
    if (node) return *node;
    at_ = start;
    Error error = error_at(node.error().what, node.error().where);
    return set(std::move(error));
  }

  Graph& graph_;
  std::string_view text_;
  std::size_t at_ = 0;
  int open_ = 0;   // parentheses open: line ends are blanks
  int depth_ = 0;
  Definitions definitions_;
  Error error_;
};

}  // namespace

Result<NodeId> parse_expression(Graph& graph, std::string_view text) { return Parser(graph, text).expression_only(); }

Result<Definitions> parse_program(Graph& graph, std::string_view text) { return Parser(graph, text).program(); }

const NodeId* find_definition(const Definitions& definitions, std::string_view name) {
  for (const auto& [known, node] : definitions)
    if (known == name) return &node;
  return nullptr;
}

}  // namespace momentum::expr
