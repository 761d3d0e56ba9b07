#pragma once
// SQLite, as a fuzzer wants it. It allocates a thousand times for each input; more than half of the time went into the sanitizer's
// allocator. So its memory comes out of blocks that are kept, still poisoned around what was asked for and once it is freed, but
// without a trace of each call. And nobody else is there to lock files against.

namespace momentum::fuzz {

// Before anything else is asked of SQLite. One thread at a time may use SQLite from then on.
void hurry_sqlite();

}  // namespace momentum::fuzz
