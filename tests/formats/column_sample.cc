// column_sample FILE [COMPRESSION | ENCODING CODEC]: writes the sample in the form of the file's name, for readers of other makes.

#include "column_sample.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  using namespace momentum::testing;
  constexpr std::array<std::string_view, 4> kEncodings = {"plain", "dictionary", "delta", "byte_stream_split"};
  constexpr std::array<std::string_view, 4> kCodecs = {"none", "lz4", "snappy", "zstd"};
  if (argc < 2 || argc > 4) return 2;
  const auto form = momentum::formats::form_of(argv[1]);
  if (!form) return 2;
  if (argc < 4) {
    write_sample(argv[1], *form, argc == 3 ? std::atoi(argv[2]) : 1);
    return 0;
  }
  const auto encoding = std::ranges::find(kEncodings, argv[2]) - kEncodings.begin();
  const auto codec = std::ranges::find(kCodecs, argv[3]) - kCodecs.begin();
  if (encoding == 4 || codec == 4) return 2;
  write_sample(argv[1], *form, stored_as(sample(0).specs, static_cast<Encoding>(encoding), static_cast<Codec>(codec)));
  return 0;
}
