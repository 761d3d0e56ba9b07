#pragma once
// The other side of Input::reader and ImportRequest::reader: what a program does that was started to read a file of others.

#include <string>

#include "momentum/formats/foreign_file.h"

namespace momentum::engine {

using formats::ForeignReader;

// Reads the Parquet or HDF5 file and writes the answer to standard output; returns the exit status. It may die of the file: a
// process that does nothing else.
int answer_foreign_file(const std::string& path);

}  // namespace momentum::engine
