#include "momentum/cli/cli.h"

int main(int argc, char** argv) { return momentum::cli::run(argc, argv); }
