#include "hdf5_library_internal.h"

#include <blosc.h>

#include <cstdlib>

namespace momentum::formats {
namespace {

std::mutex one_at_a_time;

// The decoding half of the registered filter: chunks are packed before the library sees them (packed_chunk.cc).
std::size_t blosc_filter(unsigned flags, std::size_t, const unsigned[], std::size_t bytes, std::size_t* buffer_bytes,
                         void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;
  std::size_t unpacked = 0;
  if (blosc_cbuffer_validate(*buffer, bytes, &unpacked) != 0) return 0;
  void* const out = std::malloc(unpacked);  // the library frees it
  if (out == nullptr) return 0;
  if (blosc_decompress_ctx(*buffer, out, unpacked, 1) < 0) {
    std::free(out);
    return 0;
  }
  std::free(*buffer);
  *buffer = out;
  *buffer_bytes = unpacked;
  return unpacked;
}

}  // namespace

Hdf5Turn::Hdf5Turn() : lock_(one_at_a_time) {
  H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Turn::~Hdf5Turn() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

bool register_blosc() {
  static const H5Z_class2_t kBlosc = {H5Z_CLASS_T_VERS, kBloscFilter, 1, 1, "blosc", nullptr, nullptr, blosc_filter};
  return H5Zregister(&kBlosc) >= 0;
}

}  // namespace momentum::formats
