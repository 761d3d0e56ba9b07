#pragma once

#include "momentum/base/context.h"

namespace momentum::cli {

// Ctrl-C cancels the token that is returned; a second one ends the program at once. SIGPIPE is ignored: a closed pipe
// shows as EPIPE where it is written; and SIGXFSZ: a limit on the size of files (ulimit -f) as EFBIG. For the program's whole life.
const CancelToken& watch_interrupts();

}  // namespace momentum::cli
