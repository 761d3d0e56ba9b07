#pragma once
// What every target defines, and what drives it: libFuzzer (libfuzzer.cc) or the files of its corpus (replay.cc).

#include <string_view>

namespace momentum::fuzz {

// One input. Whatever its bytes are, this returns; a broken promise of the code under test ends the process. What an input does
// depends on its bytes alone, never on those before it. Nothing throws.
void run(std::string_view input);

}  // namespace momentum::fuzz
