// momentum_fuse FORMULA NAME OUT.cc COLUMNS LINES [carry]: writes the fused stage of some lines of a formula, for a panel with
// these columns (comma-separated lists). Prices are adjusted where there is a column `factor`. `carry`: of what these lines
// carry from row to row, where only their last row is wanted (expr::Latest).

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "fuse.h"
#include "momentum/expr/latest.h"
#include "momentum/expr/parse.h"

namespace {

using namespace momentum;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

Result<std::string> run(const std::string& formula, std::string_view name, const std::vector<std::string>& columns,
                        const std::vector<std::string>& wanted, bool carry) {
  const bool adjusted = std::find(columns.begin(), columns.end(), "factor") != columns.end();
  expr::Graph graph(adjusted ? expr::PriceBasis::adjusted : expr::PriceBasis::stored);
  MOMENTUM_TRY(const auto lines, expr::parse_program(graph, formula));
  std::vector<expr::NodeId> outputs;
  for (const auto& line : wanted) {
    const expr::NodeId* node = expr::find_definition(lines, line);
    if (node == nullptr) return fail(ErrorCode::name_not_found, "no line " + line);
    outputs.push_back(*node);
  }
  if (carry) {
    MOMENTUM_TRY(const auto latest, expr::compile_latest(graph, outputs, {columns}));
    if (!latest) return fail(ErrorCode::bad_expression, "all of it needs all rows", std::string(name));
    return fuse::source_of(latest->carry.stages[0], name);
  }
  MOMENTUM_TRY(const auto program, expr::compile(graph, outputs, {columns}));
  if (program.stages.size() != 1) return fail(ErrorCode::bad_expression, "a cross-section", std::string(name));
  return fuse::source_of(program.stages[0], name);
}

}  // namespace

int main(int argc, char** argv) {
  const bool carry = argc == 7 && std::string_view(argv[6]) == "carry";
  if (argc != 6 && !carry) return fmt::print(stderr, "momentum_fuse FORMULA NAME OUT.cc COLUMNS LINES [carry]\n"), 2;
  std::ifstream in(argv[1], std::ios::binary);
  const std::string formula{std::istreambuf_iterator<char>(in), {}};
  const auto source = run(formula, argv[2], split(argv[4]), split(argv[5]), carry);
  if (!source) return fmt::print(stderr, "momentum_fuse: {}\n", source.error().to_string()), 1;
  std::ofstream out(argv[3], std::ios::binary);
  out << *source;
  out.close();
  return in && out ? 0 : 3;
}
