#pragma once
// Mutators of files that have a frame: what libFuzzer does to bytes is done to a part of them, and the frame is made to fit. Only
// in programs of libFuzzer: the suite replays what came of it.

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace momentum::fuzz {

// A part after one change of libFuzzer's, of at most so many bytes; that may be 0.
std::string mutated(std::string_view part, std::size_t most);
// A file with a stretch of it changed in place: nothing that it says of places is wrong by that.
std::string mutated_in_place(std::string_view file, std::minstd_rand& random);

// A file after one change, of at most so many bytes.
std::string mutate_file(std::string_view file, std::size_t most, std::minstd_rand& random);

}  // namespace momentum::fuzz
