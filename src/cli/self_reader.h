#pragma once
// Files that are not trusted are read by a second process of this program, which may die of them.

#include <optional>
#include <string>
#include <vector>

#include "momentum/engine/foreign_answer.h"

namespace momentum::cli {

// This program as it runs, and the word that makes it the reader.
engine::ForeignReader self_reader();

// The exit status, where the arguments (without the program's name) are that word and a file; else none. No person types it:
// neither help nor the configuration know of it.
std::optional<int> read_for_self(const std::vector<std::string>& arguments);

}  // namespace momentum::cli
