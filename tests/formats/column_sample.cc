// column_sample FILE: writes the sample, for readers of other makes.

#include "column_sample.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  momentum::testing::write_sample(argv[1]);
  return 0;
}
