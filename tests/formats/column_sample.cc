// column_sample FILE [COMPRESSION]: writes the sample in the form of the file's name, for readers of other makes.

#include "column_sample.h"

#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return 2;
  const auto form = momentum::formats::form_of(argv[1]);
  if (!form) return 2;
  momentum::testing::write_sample(argv[1], *form, argc == 3 ? std::atoi(argv[2]) : 1);
  return 0;
}
