#include "hdf5_attributes_internal.h"

#include <string>

namespace momentum::formats {

bool set_text(hid_t at, std::string_view name, std::string_view value) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const Hdf5Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
  std::string text(value);
  if (text.empty()) text.push_back('\0');
  if (H5Tset_size(type.get(), text.size()) < 0 || H5Tset_strpad(type.get(), H5T_STR_NULLPAD) < 0 ||
      H5Tset_cset(type.get(), H5T_CSET_UTF8) < 0)
    return false;
  const Hdf5Handle properties(H5Pcreate(H5P_ATTRIBUTE_CREATE), H5Pclose);
  if (H5Pset_char_encoding(properties.get(), H5T_CSET_UTF8) < 0) return false;
  const Hdf5Handle attribute(
      H5Acreate2(at, std::string(name).c_str(), type.get(), scalar.get(), properties.get(), H5P_DEFAULT), H5Aclose);
  return attribute && H5Awrite(attribute.get(), type.get(), text.data()) >= 0;
}

bool set_number(hid_t at, const char* name, hid_t type, const void* value) {
  const Hdf5Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(H5Acreate2(at, name, type, scalar.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute && H5Awrite(attribute.get(), type, value) >= 0;
}

}  // namespace momentum::formats
