#include "momentum/engine/dialects.h"

#include "momentum/sources/dialect.h"

namespace momentum::engine {

std::vector<DialectText> list_dialects() {
  std::vector<DialectText> out;
  for (const sources::Dialect& dialect : sources::dialects()) {
    out.push_back({std::string(dialect.name), std::string(dialect.description), sources::header_of(dialect),
                   sources::units_of(dialect), sources::basis_of(dialect), sources::suspensions_of(dialect)});
  }
  return out;
}

}  // namespace momentum::engine
