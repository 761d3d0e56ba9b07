#pragma once
// A small catalog with a row in every table, the same in every run, and what an input changes in it.

#include <memory>
#include <string>
#include <string_view>

#include "input.h"
#include "scratch.h"

namespace momentum::fuzz {

class SampleCatalog {
 public:
  static constexpr std::string_view kUuid = "00000000-0000-4000-8000-000000000000";

  SampleCatalog();  // the first in the process to use SQLite
  ~SampleCatalog();

  const std::string& image() const { return image_; }  // catalog.db
  const std::string& base() const { return base_; }  // redo/0000000000.base: of the empty store
  std::string_view empty_image() const { return empty_image_; }  // that is in it

  std::string_view changes() const { return changes_; }  // of the first commit, as its redo record has them
  const std::string& record() const { return record_; }  // that record

  // `image` after bytes of it were changed: offset (u24), new byte; and cut at the last offset, where that byte is 255.
  static std::string with_bytes(std::string_view image, Input input);
  // image() after cells were changed: table, row, column, kind of value, value; with the checksum of every row right again.
  // The schema's constraints do not hold, its types do. Not thread-safe.
  std::string with_cells(Input input) const;

  // Everything that a reader asks of the catalog in `folder`. No error of it is one of ours.
  static void read(const std::string& folder);
  // A folder `redo` and nothing else.
  static void clear(const std::string& folder);

 private:
  Scratch scratch_;
  std::string image_, base_, empty_image_, record_, changes_;
  class Cells;
  std::unique_ptr<Cells> cells_;
};

}  // namespace momentum::fuzz
