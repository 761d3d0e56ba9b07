#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "content_hash_internal.h"
#include "csv_file_internal.h"
#include "writer_checks_internal.h"

namespace momentum::formats {
namespace {

constexpr std::string_view kFirst = "#momentum.csv ";
constexpr std::string_view kCsvVersion = "1";
constexpr std::array<std::string_view, 3> kPhysicals = {"int32", "int64", "float64"};
constexpr std::size_t kSealLine = 40;  // "#seal ", 16 digits, a blank, 16 digits, the end of the line

// Words that blanks and line ends may stand in.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || c == '%') {
      out += fmt::format("%{:02x}", byte);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out.push_back(text[at]);
      continue;
    }
    unsigned byte = 0;
    if (at + 3 > text.size()) return {};
    const char* const end = text.data() + at + 3;
    if (std::from_chars(text.data() + at + 1, end, byte, 16).ptr != end) return {};
    out.push_back(static_cast<char>(byte));
    at += 2;
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view line, char between) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(between, at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

template <class T>
bool number_of(std::string_view text, T& value, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<ColumnSpec> column_of(const std::vector<std::string_view>& words) {
  if (words.size() != 7) return {};
  ColumnSpec spec;
  spec.encoding = Encoding::plain;
  spec.codec = Codec::none;
  const auto name = unescaped(words[1]);
  const auto physical = std::ranges::find(kPhysicals, words[2]);
  if (!name || physical == kPhysicals.end() || !number_of(words[3], spec.scale) || !number_of(words[6], spec.level))
    return {};
  spec.name = *name;
  spec.physical = static_cast<Physical>(physical - kPhysicals.begin());
  spec.date = words[4] == "date";
  spec.required = words[5] == "required";
  return spec;
}

std::optional<CsvTrailer::Group> group_of(const std::vector<std::string_view>& words, std::size_t columns) {
  if (words.size() != 5) return {};
  CsvTrailer::Group group;
  if (!number_of(words[1], group.rows) || !number_of(words[2], group.bytes) || !number_of(words[3], group.hash, 16))
    return {};
  for (const std::string_view word : words_of(words[4], ';')) {
    if (!number_of(word, group.missing.emplace_back())) return {};
  }
  const bool sound = group.rows >= 1 && group.rows <= kMaxGroupRows && group.bytes >= group.rows &&
                     group.missing.size() == columns &&
                     std::ranges::all_of(group.missing, [&](auto n) { return n >= 0 && n <= group.rows; });
  if (!sound) return {};
  return group;
}

std::optional<CsvTrailer> trailer_of(std::string_view text) {
  CsvTrailer trailer;
  for (const std::string_view line : words_of(text, '\n')) {
    const std::vector<std::string_view> words = words_of(line, ' ');
    if (words[0] == "#column") {
      auto spec = column_of(words);
      if (!spec) return {};
      trailer.specs.push_back(*std::move(spec));
    } else if (words[0] == "#metadata" && words.size() == 3) {
      const auto key = unescaped(words[1]), value = unescaped(words[2]);
      if (!key || !value) return {};
      trailer.metadata.emplace_back(*key, *value);
    } else if (words[0] == "#group") {
      auto group = group_of(words, trailer.specs.size());
      if (!group) return {};
      trailer.groups.push_back(*std::move(group));
    } else if (!line.empty()) {
      return {};
    }
  }
  if (!check_specs(trailer.specs)) return {};
  return trailer;
}

std::string seal_line(std::uint64_t hash, std::size_t begin) {
  return fmt::format("#seal {:016x} {:016x}\n", hash, begin);
}

}  // namespace

std::string csv_header(const std::vector<ColumnSpec>& specs) {
  std::string out;
  for (const ColumnSpec& spec : specs) {
    if (!out.empty()) out.push_back(',');
    out += spec.name;
  }
  return out + "\n";
}

std::string trailer_text(const CsvTrailer& trailer) {
  std::string out = fmt::format("{}{}\n", kFirst, kCsvVersion);
  for (const ColumnSpec& spec : trailer.specs)
    out += fmt::format("#column {} {} {} {} {} {}\n", escaped(spec.name),
                       kPhysicals[static_cast<std::size_t>(spec.physical)], spec.scale, spec.date ? "date" : "-",
                       spec.required ? "required" : "-", spec.level);
  for (const auto& [key, value] : trailer.metadata)
    out += fmt::format("#metadata {} {}\n", escaped(key), escaped(value));
  std::size_t begin = csv_header(trailer.specs).size();
  for (const CsvTrailer::Group& group : trailer.groups) {
    out += fmt::format("#group {} {} {:016x} {}\n", group.rows, group.bytes, group.hash, fmt::join(group.missing, ";"));
    begin += static_cast<std::size_t>(group.bytes);
  }
  return out + seal_line(content_hash(std::as_bytes(std::span(out))), begin);
}

Result<std::optional<CsvLayout>> csv_layout(const ByteSource& source, std::string& version) {
  constexpr auto kSeal = static_cast<std::int64_t>(kSealLine);
  const std::int64_t size = source.size();
  const auto text_of = [](const SourceBytes& bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.bytes.data()), bytes.bytes.size());
  };
  if (size < kSeal) return std::nullopt;
  MOMENTUM_TRY(const SourceBytes last, source.read({size - kSeal, kSeal}));
  const std::string_view seal = text_of(last);
  std::uint64_t hash = 0;
  std::size_t begin = 0;
  if (!number_of(seal.substr(6, 16), hash, 16) || !number_of(seal.substr(23, 16), begin, 16)) return std::nullopt;
  if (seal != seal_line(hash, begin) || begin > static_cast<std::size_t>(size - kSeal)) return std::nullopt;
  const auto trailer_begin = static_cast<std::int64_t>(begin);
  MOMENTUM_TRY(const SourceBytes lines, source.read({trailer_begin, size - kSeal - trailer_begin}));
  const std::string_view text = text_of(lines);
  if (!text.starts_with(kFirst) || content_hash(std::as_bytes(std::span(text))) != hash) return std::nullopt;
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view says = text.substr(kFirst.size(), end - kFirst.size());
  if (says != kCsvVersion) {
    version = says;
    return std::nullopt;
  }
  auto trailer = trailer_of(text.substr(end));
  if (!trailer) return std::nullopt;
  const std::string header = csv_header(trailer->specs);
  if (header.size() > begin) return std::nullopt;
  MOMENTUM_TRY(const SourceBytes first, source.read({0, static_cast<std::int64_t>(header.size())}));
  if (text_of(first) != header) return std::nullopt;
  CsvLayout layout;
  std::size_t at = header.size();
  for (const CsvTrailer::Group& group : trailer->groups) {
    layout.offsets.push_back(static_cast<std::int64_t>(at));
    if (static_cast<std::size_t>(group.bytes) > begin - at) return std::nullopt;
    at += static_cast<std::size_t>(group.bytes);
  }
  if (at != begin) return std::nullopt;
  layout.trailer = *std::move(trailer);
  return layout;
}

}  // namespace momentum::formats
