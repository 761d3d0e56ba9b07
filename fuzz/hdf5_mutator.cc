// HDF5 is made of absolute places, and says in its front how long the file is: it changes in place, or that length is made to fit.

#include <algorithm>

#include "mutator.h"

namespace momentum::fuzz {

std::string mutate_file(std::string_view file, std::size_t most, std::minstd_rand& random) {
  constexpr std::size_t kVersionAt = 8, kEndAt = 40, kEndBytes = 8;
  if (random() % 8 != 0 && file.size() <= most) return mutated_in_place(file, random);
  std::string out = mutated(file, most);
  // Version 0 of the front, as h5py and PyTables write it, has no checksum.
  if (out.size() < kEndAt + kEndBytes || out[kVersionAt] != 0 || random() % 4 == 0) return out;
  for (std::size_t k = 0; k < kEndBytes; ++k) out[kEndAt + k] = static_cast<char>(std::uint64_t{out.size()} >> (8 * k));
  return out;
}

}  // namespace momentum::fuzz
