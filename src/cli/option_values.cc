#include "option_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>

#include "momentum/base/nearest.h"

namespace momentum::cli {
namespace {

std::unexpected<Error> bad_value(std::string_view option, std::string_view text, std::string_view wanted) {
  return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", text), std::string(option), std::string(wanted));
}

constexpr engine::Adjust kAdjusts[] = {engine::Adjust::front, engine::Adjust::back, engine::Adjust::none};

template <class T>
std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_items(std::string_view text, std::string_view separators, std::vector<std::string>& items) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = item.find_first_not_of(" \t\r\n");
    if (first == item.npos) continue;
    item = item.substr(first, item.find_last_not_of(" \t\r\n") - first + 1);
    items.emplace_back(item);
  }
}

}  // namespace

Result<std::int64_t> parse_count(std::string_view option, std::string_view text, std::int64_t least,
                                 std::int64_t most) {
  const auto value = whole<std::int64_t>(text);
  if (!value || *value < least || *value > most) {
    return bad_value(option, text, fmt::format("give a whole number from {} to {}", least, most));
  }
  return *value;
}

Result<double> parse_number(std::string_view option, std::string_view text) {
  const auto value = whole<double>(text);
  if (!value || !std::isfinite(*value)) return bad_value(option, text, "give a number");
  return *value;
}

Result<Date> parse_day(std::string_view option, std::string_view text) {
  const std::optional<Date> day = parse_date(text);
  if (!day) return bad_value(option, text, "give a date as YYYY-MM-DD or YYYYMMDD");
  return *day;
}

Result<std::optional<int>> parse_history(std::string_view text) {
  if (text == "origin") return std::optional<int>{};
  const auto days = text.ends_with('d') ? whole<int>(text.substr(0, text.size() - 1)) : std::nullopt;
  if (!days || *days < 1) return bad_value("--history", text, "give a number of calendar days like 365d, or origin");
  return days;
}

Result<engine::Frequency> parse_frequency(std::string_view text) {
  using enum engine::Frequency;
  static constexpr std::array kAll{day, week, month, minute, minutes_5, minutes_15, minutes_30, minutes_60};
  std::vector<std::string> names;
  for (const engine::Frequency one : kAll) names.emplace_back(engine::to_string(one));
  MOMENTUM_TRY(const std::size_t which, parse_choice("--freq", text, names));
  return kAll[which];
}

Result<engine::Adjust> parse_adjust(std::string_view text) {
  std::vector<std::string> names;
  for (const engine::Adjust one : kAdjusts) names.push_back(adjust_name(one));
  MOMENTUM_TRY(const std::size_t which, parse_choice("--adjust", text, names));
  return kAdjusts[which];
}

std::string adjust_name(engine::Adjust adjust) {
  switch (adjust) {
    case engine::Adjust::front: return "front";
    case engine::Adjust::back: return "back";
    case engine::Adjust::none: break;
  }
  return "none";
}

Result<std::size_t> parse_size(std::string_view option, std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  std::string_view rest = text;
  if (rest.ends_with("iB")) rest.remove_suffix(2);
  const bool binary = rest.size() != text.size();
  double bytes = 1;
  const std::size_t unit = rest.empty() ? kUnits.npos : kUnits.find(rest.back());
  if (unit != kUnits.npos) {
    bytes = std::ldexp(1.0, 10 * static_cast<int>(unit + 1));
    rest.remove_suffix(1);
  }
  const auto number = whole<double>(rest);
  constexpr double kMost = 1e18;
  const bool good = number && (unit != kUnits.npos || !binary) && *number > 0 && *number * bytes <= kMost;
  if (!good || *number * bytes < 1) return bad_value(option, text, "give bytes like 512M, 1.5G or 2GiB");
  return static_cast<std::size_t>(*number * bytes);
}

Result<std::vector<std::string>> parse_list(std::string_view option, std::string_view text) {
  std::vector<std::string> items;
  append_items(text, ",", items);
  if (items.empty()) return bad_value(option, text, "name at least one");
  return items;
}

Result<std::vector<std::string>> parse_codes(std::string_view option, std::string_view text) {
  if (!text.starts_with('@')) {
    if (text.starts_with("list:")) return bad_value(option, text, "watch lists are not available; use A,B or @FILE");
    return parse_list(option, text);
  }
  const std::string path(text.substr(1));
  errno = 0;
  std::ifstream file(path);
  if (!file) {
    if (errno == EACCES) return fail(ErrorCode::no_permission, "cannot read the list of codes", path);
    return fail(ErrorCode::file_not_found, "no such file", path, fmt::format("check the path after {} @", option));
  }
  std::vector<std::string> items;
  std::string line;
  while (std::getline(file, line)) append_items(line.substr(0, line.find('#')), ", \t\r", items);
  if (file.bad() || items.empty()) {
    return fail(ErrorCode::bad_value, "no codes in the file", path, "write one code per line");
  }
  return items;
}

Result<std::size_t> parse_choice(std::string_view option, std::string_view text,
                                 const std::vector<std::string>& choices) {
  const auto found = std::ranges::find(choices, text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  const std::string near = nearest(text, choices);
  if (!near.empty())
    return bad_value(option, text, fmt::format("did you mean {}? It takes {}", near, fmt::join(choices, ", ")));
  return bad_value(option, text, fmt::format("use {}", fmt::join(choices, ", ")));
}

std::string duration_text(std::chrono::microseconds duration) {
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds == 0) return "0";
  for (const auto& [letter, unit] : {std::pair{'h', 3600}, {'m', 60}})
    if (seconds % unit == 0) return fmt::format("{}{}", seconds / unit, letter);
  return fmt::format("{}s", seconds);
}

Result<std::chrono::microseconds> parse_duration(std::string_view option, std::string_view text) {
  constexpr std::pair<char, std::int64_t> kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  constexpr std::int64_t kMost = std::int64_t{36525} * 86400;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc{} && number >= 0 && number <= kMost) {
    if (number == 0 && unit.empty()) return std::chrono::microseconds(0);
    for (const auto& [letter, seconds] : kUnits) {
      if (unit.size() == 1 && unit[0] == letter && number <= kMost / seconds)
        return std::chrono::seconds(number * seconds);
    }
  }
  return fail(ErrorCode::bad_value, fmt::format("bad value '{}'", text), std::string(option),
              "give a number and a unit: 90m, 24h, 7d; or 0");
}

}  // namespace momentum::cli
