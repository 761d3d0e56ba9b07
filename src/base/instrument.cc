#include "momentum/base/instrument.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "momentum/base/nearest.h"

namespace momentum {
namespace {

struct Alias {
  std::string_view text;
  Market market;
};
// Ours, the ISO 10383 codes that Chinese platforms use, and Yahoo's Shanghai.
constexpr Alias kAliases[] = {
    {"SH", Market::SH},   {"SZ", Market::SZ},   {"BJ", Market::BJ},   {"HK", Market::HK}, {"US", Market::US},
    {"XSHG", Market::SH}, {"XSHE", Market::SZ}, {"BJSE", Market::BJ}, {"SS", Market::SH},
};
constexpr std::size_t kHongKongDigits = 5;
constexpr std::size_t kMostNames = 3;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return c >= 'A' && c <= 'Z'; }  // after upper()
bool all_digits(std::string_view text) noexcept { return std::all_of(text.begin(), text.end(), is_digit); }
bool all_letters(std::string_view text) noexcept { return std::all_of(text.begin(), text.end(), is_letter); }

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

Market market_named(std::string_view text) noexcept {
  for (const Alias& alias : kAliases) {
    if (alias.text == text) return alias.market;
  }
  return Market::none;
}

bool is_number(std::string_view text) noexcept { return text.size() == 6 && all_digits(text); }

// AAPL, BRK.B, BRK-B: letters, then perhaps a share class.
bool is_ticker(std::string_view text) noexcept {
  const std::size_t cut = text.find_first_of(".-");
  const std::string_view name = text.substr(0, cut);
  if (name.empty() || name.size() > 6 || !all_letters(name)) return false;
  if (cut == std::string_view::npos) return true;
  const std::string_view share_class = text.substr(cut + 1);
  return !share_class.empty() && share_class.size() <= 2 && all_letters(share_class);
}

// `symbol` as an instrument of `market`, where that market can have it.
std::optional<Instrument> in_market(std::string_view symbol, Market market) {
  switch (market) {
    case Market::SH:
    case Market::SZ:
    case Market::BJ:
      if (is_number(symbol)) return Instrument{std::string(symbol), market};
      break;
    case Market::HK:
      if (!symbol.empty() && symbol.size() <= kHongKongDigits && all_digits(symbol)) {
        return Instrument{std::string(kHongKongDigits - symbol.size(), '0').append(symbol), market};
      }
      break;
    case Market::US:
      if (is_ticker(symbol)) return Instrument{std::string(symbol), market};
      break;
    case Market::none: break;
  }
  return std::nullopt;
}

std::optional<Instrument> read(std::string_view code) {
  // 600000.SH before SH.600000: SH.US is a ticker in the US, and no number is the name of a market.
  const std::size_t last = code.rfind('.');
  const std::size_t first = code.find('.');
  if (last != std::string_view::npos) {
    const Market after = market_named(code.substr(last + 1));
    if (auto found = in_market(code.substr(0, last), after)) return found;
    const Market before = market_named(code.substr(0, first));
    if (auto found = in_market(code.substr(first + 1), before)) return found;
    // A market was named and has no such symbol: 60000.SH is a slip, not share class SH.
    if (after != Market::none || before != Market::none) return std::nullopt;
  }
  // sh600000. Not for the US, where USO is a ticker.
  const std::size_t letters = static_cast<std::size_t>(std::find_if(code.begin(), code.end(), is_digit) - code.begin());
  if (letters > 0 && letters < code.size()) {
    const Market market = market_named(code.substr(0, letters));
    return market == Market::US ? std::nullopt : in_market(code.substr(letters), market);
  }
  if (is_number(code) || is_ticker(code)) return Instrument{std::string(code), Market::none};
  return std::nullopt;
}

// What a message quotes of a text that may be a whole file. Cut between characters of UTF-8.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 40;
  if (text.size() <= kMost) return std::string(text);
  std::size_t cut = kMost;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "...";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

// The names at the least distance, by name: within most_edits() of the symbol, the wrong market counting as one.
std::vector<std::string> nearest_codes(const Instrument& wanted, const std::vector<Instrument>& universe) {
  const std::size_t most = most_edits(wanted.symbol);
  std::size_t least = most;
  std::vector<std::string> names;
  for (const Instrument& candidate : universe) {
    const std::size_t longer = std::max(candidate.symbol.size(), wanted.symbol.size());
    if (longer - std::min(candidate.symbol.size(), wanted.symbol.size()) > most) continue;
    const bool other_market = wanted.market != Market::none && wanted.market != candidate.market;
    const std::size_t distance = edits(wanted.symbol, candidate.symbol) + (other_market ? 1 : 0);
    if (distance > least) continue;
    if (distance < least) names.clear();
    least = distance;
    names.push_back(to_string(candidate));
  }
  std::sort(names.begin(), names.end());
  names.resize(std::min(kMostNames, names.size()));
  return names;
}

// The number's first digits; -1 for what is no six-digit number.
int leading(std::string_view symbol, std::size_t digits) noexcept {
  if (!is_number(symbol)) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (symbol[i] - '0');
  return value;
}

struct Allocation {
  Kind kind = Kind::unknown;
  std::string_view board;
};

Allocation shanghai(int three) noexcept {
  if (three == 600 || three == 601 || three == 603 || three == 605) return {Kind::stock, "main"};
  if (three == 688 || three == 689) return {Kind::stock, "star"};
  if (three == 900) return {Kind::b_share, "b"};
  if (three == 0) return {Kind::index, "index"};
  if (three / 100 == 5) return {Kind::fund, "fund"};
  if (three / 100 == 1) return {Kind::bond, "bond"};
  return {};
}

Allocation shenzhen(int three) noexcept {
  if (three >= 0 && three <= 3) return {Kind::stock, "main"};
  if (three >= 300 && three <= 302) return {Kind::stock, "chinext"};
  if (three == 200) return {Kind::b_share, "b"};
  if (three == 399) return {Kind::index, "index"};
  if (three / 10 == 15 || three / 10 == 16 || three / 10 == 18) return {Kind::fund, "fund"};
  if (three / 100 == 1) return {Kind::bond, "bond"};
  return {};
}

Allocation beijing(int three) noexcept {
  if (three == 899) return {Kind::index, "index"};
  if (three / 100 == 8 || three / 10 == 43 || three / 10 == 92) return {Kind::stock, "bse"};
  return {};
}

Allocation allocation_of(const Instrument& instrument) noexcept {
  const int three = leading(instrument.symbol, 3);
  switch (instrument.market) {
    case Market::SH: return shanghai(three);
    case Market::SZ: return shenzhen(three);
    case Market::BJ: return beijing(three);
    case Market::HK: return {Kind::unknown, "hk"};
    case Market::US: return {Kind::unknown, "us"};
    case Market::none: break;
  }
  return {};
}

}  // namespace

std::string_view to_string(Market market) noexcept {
  switch (market) {
    case Market::SH: return "SH";
    case Market::SZ: return "SZ";
    case Market::BJ: return "BJ";
    case Market::HK: return "HK";
    case Market::US: return "US";
    case Market::none: break;
  }
  return "";
}

std::string to_string(const Instrument& instrument) {
  if (instrument.market == Market::none) return instrument.symbol;
  return fmt::format("{}.{}", instrument.symbol, to_string(instrument.market));
}

Result<Instrument> parse_code(std::string_view text) {
  std::string_view code = trim(text);
  if (code.starts_with('\'')) code = trim(code.substr(1));
  if (auto found = read(upper(code))) return *std::move(found);
  const bool lost_zeros = !code.empty() && code.size() < 6 && all_digits(code);
  return fail(ErrorCode::bad_code, "not an instrument code", code.empty() ? "empty text" : quoted(code),
              lost_zeros ? "write all six digits, zeros included, or the market: 00700.HK"
                         : "write it like 600000.SH, sh600000 or AAPL.US");
}

Result<std::size_t> resolve_code(std::string_view text, const std::vector<Instrument>& universe) {
  MOMENTUM_TRY(const Instrument wanted, parse_code(text));
  if (const auto exact = std::find(universe.begin(), universe.end(), wanted); exact != universe.end()) {
    return static_cast<std::size_t>(exact - universe.begin());
  }
  std::vector<std::size_t> same;
  if (wanted.market == Market::none) {
    for (std::size_t i = 0; i < universe.size(); ++i) {
      if (universe[i].symbol == wanted.symbol) same.push_back(i);
    }
  }
  if (same.size() == 1) return same.front();
  if (same.size() > 1) {
    std::vector<std::string> names;
    for (const std::size_t i : same) names.push_back(to_string(universe[i]));
    return fail(ErrorCode::ambiguous_code, "ambiguous code", fmt::format("{} is {}", wanted.symbol, listed(names)),
                "add the market");
  }
  const std::vector<std::string> names = nearest_codes(wanted, universe);
  return fail(ErrorCode::code_not_found, "no such code", to_string(wanted),
              names.empty() ? "check the code" : fmt::format("did you mean {}?", listed(names)));
}

Kind kind_of(const Instrument& instrument) noexcept { return allocation_of(instrument).kind; }

std::string_view board_of(const Instrument& instrument) noexcept { return allocation_of(instrument).board; }

}  // namespace momentum
