#pragma once
// What the memory for data comes to, before it is allocated: upper bounds, counted from rows. The program itself and its libraries
// (some 60 MB) are not in them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/catalog/state.h"

namespace momentum::engine {

// Evaluating lanes of so many rows at once: their panel, the factors behind it, and the second panel of those that are looked into
// for the reason why they have no score.
std::size_t panel_need(std::vector<std::int64_t> rows);

// Evaluating on one thread: temporaries, decoded pages.
inline constexpr std::size_t kThreadNeed = std::size_t{6} << 20;

// What a catalog's state takes, and the records and the text of an answer about its instruments.
std::size_t state_need(const catalog::State& state);

// Rows with so many numbers, as reading files keeps them.
std::size_t rows_need(std::int64_t rows, std::size_t numbers);

// "1.5 GiB", "12 MiB"; rounded up.
std::string size_text(std::size_t bytes);

// Error too_large: what is needed, of which limit.
std::unexpected<Error> over_limit(std::size_t need, std::size_t limit, std::string where);

// As many of ctx.threads as a write to a store can have within ctx.memory_limit, beside `held` bytes: each takes a bucket's
// incoming rows and the rows of one file. Error too_large where not even one can.
Result<Context> writing_context(const Context& ctx, const catalog::State& state, std::int64_t incoming_rows,
                                std::size_t held);

}  // namespace momentum::engine
