#include "momentum/engine/foreign_answer.h"

#include <unistd.h>

namespace momentum::engine {

int answer_foreign_file(const std::string& path) { return formats::answer_foreign_file(path, STDOUT_FILENO); }

}  // namespace momentum::engine
