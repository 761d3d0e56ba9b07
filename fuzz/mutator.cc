#include "mutator.h"

#include <algorithm>
#include <cstring>

// libFuzzer's.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  std::minstd_rand random(seed);
  const std::string out = momentum::fuzz::mutate_file({reinterpret_cast<const char*>(data), size}, most, random);
  const std::size_t bytes = std::min(out.size(), most);
  std::memcpy(data, out.data(), bytes);
  return bytes;
}

namespace momentum::fuzz {

std::string mutated(std::string_view part, std::size_t most) {
  std::string out(part.substr(0, most));
  const std::size_t size = out.size();
  out.resize(most);
  out.resize(most == 0 ? 0 : LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(out.data()), size, most));
  return out;
}

std::string mutated_in_place(std::string_view file, std::minstd_rand& random) {
  constexpr std::size_t kLongest = 64;
  std::string out(file);
  if (out.empty()) return out;
  const std::size_t at = random() % out.size();
  const std::size_t bytes = std::min(out.size() - at, 1 + random() % kLongest);
  const std::string changed = mutated(file.substr(at, bytes), bytes);
  std::ranges::copy(changed, out.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}

}  // namespace momentum::fuzz
