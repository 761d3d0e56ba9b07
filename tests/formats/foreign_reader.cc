// foreign_reader FILE: what the program is when it reads a file of another make for itself.

#include "momentum/formats/foreign_file.h"

int main(int argc, char** argv) { return argc == 2 ? momentum::formats::answer_foreign_file(argv[1], 1) : 2; }
