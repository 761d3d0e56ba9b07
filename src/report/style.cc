#include "momentum/report/style.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace momentum::report {
namespace {

constexpr std::string_view kChoices = "use table, csv, json or parquet";

std::unexpected<Error> not_there_yet(std::string_view format, std::string_view where) {
  return fail(ErrorCode::bad_value, "format " + std::string(format) + " is not available", std::string(where),
              std::string(kChoices));
}

}  // namespace

Result<Format> parse_format(std::string_view text) {
  if (text == "table") return Format::table;
  if (text == "csv") return Format::csv;
  if (text == "json") return Format::json;
  if (text == "parquet") return Format::parquet;
  if (text == "xlsx") return not_there_yet(text, "--format");
  return fail(ErrorCode::bad_value, "unknown format '" + std::string(text) + "'", "--format", std::string(kChoices));
}

Result<Lang> parse_lang(std::string_view text) {
  if (text == "en") return Lang::en;
  if (text == "zh") return Lang::zh;
  return fail(ErrorCode::bad_value, "unknown language '" + std::string(text) + "'", "--lang", "use en or zh");
}

Result<Format> format_of_path(std::string_view path, Format otherwise) {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos) return otherwise;
  std::string suffix(name.substr(dot + 1));
  std::ranges::transform(suffix, suffix.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (suffix == "csv") return Format::csv;
  if (suffix == "json") return Format::json;
  if (suffix == "txt") return Format::table;
  if (suffix == "parquet") return Format::parquet;
  if (suffix == "xlsx") return not_there_yet(suffix, path);
  return otherwise;
}

}  // namespace momentum::report
