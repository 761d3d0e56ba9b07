#pragma once
// How files may be written, for people.

#include <string>
#include <vector>

namespace momentum::engine {

struct DialectText {
  std::string name, description, header, units, basis, suspensions;
};

// All of them, in the order in which they are listed.
std::vector<DialectText> list_dialects();

}  // namespace momentum::engine
