// Our HDF5 data files, which are read without the HDF5 library.

#include "content_hash_internal.h"
#include "data_file.h"
#include "fuzz_target.h"
#include "hdf5_file_internal.h"
#include "hdf5_layout_internal.h"

namespace momentum::fuzz {
namespace {

using namespace formats;

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < 8; ++k) value |= std::uint64_t{static_cast<unsigned char>(bytes[at + k])} << (8 * k);
  return value;
}

// What the seal says of the length is believed; where the index reads, its chunks get their checksums.
std::string reseal(std::string file) {
  if (file.size() < kHdf5SealBytes) return file;
  const std::size_t end = file.size() - kHdf5SealBytes;
  const std::uint64_t hdf5_bytes = number_at(file, end + 8);
  if (hdf5_bytes > end) return file;
  const auto hdf5 = std::as_bytes(std::span(file)).first(hdf5_bytes);
  std::string index = file.substr(hdf5_bytes, end - hdf5_bytes);
  Hdf5Seal seal{.hdf5_bytes = hdf5_bytes, .rest = 0, .index = 0};
  if (auto read = index_of(std::as_bytes(std::span(index)), hdf5_bytes)) {
    for (Hdf5Chunk& chunk : read->chunks) chunk.hash = content_hash(hdf5.subspan(chunk.offset, chunk.bytes));
    seal.rest = rest_hash(hdf5, read->chunks).value_or(0);
    index = index_bytes(*read);
  }
  seal.index = content_hash(std::as_bytes(std::span(index)));
  return file.substr(0, hdf5_bytes) + index + seal_bytes(seal);
}

}  // namespace

void run(std::string_view input) { run_data_file(input, open_hdf5_bytes, reseal); }

}  // namespace momentum::fuzz
