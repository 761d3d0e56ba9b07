// Our CSV data files.

#include <fmt/format.h>

#include <charconv>

#include "content_hash_internal.h"
#include "csv_file_internal.h"
#include "data_file.h"
#include "fuzz_target.h"

namespace momentum::fuzz {
namespace {

using namespace formats;

std::uint64_t hash_of(std::string_view text) { return content_hash(std::as_bytes(std::span(text))); }

// `#group ROWS BYTES HASH MISSING`, whose bytes begin at `at`: the line with their hash. The line as it is where there are none.
std::string group_line(std::string_view line, std::string_view rows, std::size_t& at) {
  const std::size_t bytes = line.find(' ', 7), hash = bytes == line.npos ? bytes : line.find(' ', bytes + 1);
  const std::size_t missing = hash == line.npos ? hash : line.find(' ', hash + 1);
  std::size_t size = 0;
  if (missing == line.npos || std::from_chars(line.data() + bytes + 1, line.data() + hash, size).ec != std::errc() ||
      size > rows.size() - at)
    return std::string(line);
  const std::string_view group = rows.substr(at, size);
  at += size;
  return fmt::format("{} {:016x}{}", line.substr(0, hash), hash_of(group), line.substr(missing));
}

// Everything from the last `#momentum.csv` on is the trailer; what it says is believed, and its hashes are made to fit.
std::string reseal(std::string file) {
  const std::size_t begin = file.rfind("#momentum.csv ");
  if (begin == std::string::npos) return file;
  const std::string_view rows = std::string_view(file).substr(0, begin);
  std::string_view rest = std::string_view(file).substr(begin);
  std::size_t at = std::min(rows.find('\n'), rows.size() - 1) + 1;
  if (rows.empty()) at = 0;
  std::string trailer;
  while (!rest.empty() && !rest.starts_with("#seal ")) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    trailer += (line.starts_with("#group ") ? group_line(line, rows, at) : std::string(line)) + '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::string(rows) + trailer + fmt::format("#seal {:016x} {:016x}\n", hash_of(trailer), begin);
}

}  // namespace

void run(std::string_view input) { run_data_file(input, open_csv_bytes, reseal); }

}  // namespace momentum::fuzz
