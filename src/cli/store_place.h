#pragma once

#include <string>

namespace momentum::cli {

// The folder of the store: as named by --store; else $MOMENTUM_STORE; else as the configuration file names it (~/ is the home
// folder); else $XDG_DATA_HOME/momentum/store, where $XDG_DATA_HOME is ~/.local/share unless it is set.
std::string store_place(const std::string& named, const std::string& of_file = {});

}  // namespace momentum::cli
