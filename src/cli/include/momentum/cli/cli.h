#pragma once

namespace momentum::cli {

// The whole program: arguments -> engine -> report. Returns the exit status (docs/cli.md); prints errors itself; throws
// nothing. Takes over SIGINT and SIGPIPE.
int run(int argc, char** argv);

}  // namespace momentum::cli
