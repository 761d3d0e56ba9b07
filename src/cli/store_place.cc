#include "store_place.h"

#include <cstdlib>
#include <string_view>

namespace momentum::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : value;
}

}  // namespace

std::string store_place(const std::string& named, const std::string& of_file) {
  if (!named.empty()) return named;
  if (std::string store = variable("MOMENTUM_STORE"); !store.empty()) return store;
  if (of_file.starts_with("~/")) return variable("HOME") + of_file.substr(1);
  if (!of_file.empty()) return of_file;
  // a relative path there is to be ignored, says the XDG specification
  std::string data = variable("XDG_DATA_HOME");
  if (!data.starts_with('/')) data = variable("HOME") + "/.local/share";
  return data + "/momentum/store";
}

}  // namespace momentum::cli
