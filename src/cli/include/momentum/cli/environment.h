#pragma once
// What the program finds around it.

#include <string>

#include "momentum/report/style.h"

namespace momentum::cli {

struct Environment {
  bool out_terminal = false;   // standard output is a terminal
  bool err_terminal = false;   // standard error is one
  bool no_color = false;       // NO_COLOR is set, or TERM is dumb
  int width = 120;             // COLUMNS, else the terminal's; 120 where there is neither
  report::Lang lang = report::Lang::en;  // zh when LC_ALL, else LC_MESSAGES, else LANG begins with zh
};

Environment read_environment();

}  // namespace momentum::cli
