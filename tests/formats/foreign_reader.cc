// foreign_reader FILE: what the program is when it reads an HDF5 file of another make for itself.

#include "momentum/formats/foreign_hdf5.h"

int main(int argc, char** argv) { return argc == 2 ? momentum::formats::answer_foreign_hdf5(argv[1], 1) : 2; }
