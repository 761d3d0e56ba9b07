#include "words_internal.h"

#include <span>

namespace momentum::catalog {
namespace {

template <class T>
struct Word {
  T value;
  std::string_view text;
};

constexpr Word<Market> kMarkets[] = {{Market::none, ""}, {Market::SH, "SH"}, {Market::SZ, "SZ"},
                                     {Market::BJ, "BJ"}, {Market::HK, "HK"}, {Market::US, "US"}};
constexpr Word<Kind> kKinds[] = {{Kind::stock, "stock"}, {Kind::b_share, "b_share"}, {Kind::fund, "fund"},
                                 {Kind::index, "index"}, {Kind::bond, "bond"},       {Kind::unknown, "unknown"}};
constexpr Word<Level> kLevels[] = {{Level::tail, "tail"}, {Level::year, "year"}, {Level::base, "base"}};

template <class T>
std::optional<T> named(std::span<const Word<T>> words, std::string_view text) noexcept {
  for (const Word<T>& word : words) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

template <class T>
std::string_view text_of(std::span<const Word<T>> words, T value) noexcept {
  for (const Word<T>& word : words) {
    if (word.value == value) return word.text;
  }
  return {};
}

}  // namespace

std::optional<Market> market_named(std::string_view word) noexcept { return named<Market>(kMarkets, word); }
std::string_view word_of(Kind kind) noexcept { return text_of<Kind>(kKinds, kind); }
std::optional<Kind> kind_named(std::string_view word) noexcept { return named<Kind>(kKinds, word); }
std::string_view word_of(Level level) noexcept { return text_of<Level>(kLevels, level); }
std::optional<Level> level_named(std::string_view word) noexcept { return named<Level>(kLevels, word); }

}  // namespace momentum::catalog
