// Parquet: magic, pages, footer, its length, magic. Either the pages change or the footer, whose length is then right.

#include <algorithm>
#include <cstring>

#include "mutator.h"

namespace momentum::fuzz {

std::string mutate_file(std::string_view file, std::size_t most, std::minstd_rand& random) {
  constexpr std::string_view kMagic = "PAR1";
  constexpr std::size_t kLengthBytes = sizeof(std::uint32_t), kFrame = 2 * kMagic.size() + kLengthBytes;
  std::uint32_t length = 0;
  const bool framed = file.size() >= kFrame && file.starts_with(kMagic) && file.ends_with(kMagic);
  if (framed) std::memcpy(&length, file.data() + file.size() - kFrame + kMagic.size(), kLengthBytes);
  const unsigned choice = random() % 16;
  if (!framed || length > file.size() - kFrame || choice == 0 || most < file.size()) return mutated(file, most);
  const std::size_t pages_end = file.size() - kFrame + kMagic.size() - length;
  std::string pages(file.substr(0, pages_end)), footer(file.substr(pages_end, length));
  if (choice < 10) {
    footer = mutated(footer, footer.size() + most - file.size());
  } else if (choice < 14) {
    pages = mutated_in_place(pages, random);
  } else {
    pages = mutated(pages, pages.size() + most - file.size());
  }
  length = static_cast<std::uint32_t>(footer.size());
  footer.append(reinterpret_cast<const char*>(&length), kLengthBytes);
  return pages + footer + std::string(kMagic);
}

}  // namespace momentum::fuzz
