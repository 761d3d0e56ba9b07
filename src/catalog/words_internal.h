#pragma once
// Enumerations as the words that stand in the database.

#include <optional>
#include <string_view>

#include "momentum/base/instrument.h"
#include "momentum/catalog/state.h"

namespace momentum::catalog {

std::optional<Market> market_named(std::string_view word) noexcept;  // "" is none
std::string_view word_of(Kind kind) noexcept;
std::optional<Kind> kind_named(std::string_view word) noexcept;
std::string_view word_of(Level level) noexcept;
std::optional<Level> level_named(std::string_view word) noexcept;

}  // namespace momentum::catalog
