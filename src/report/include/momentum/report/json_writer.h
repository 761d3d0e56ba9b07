#pragma once
// A streaming JSON writer: calls append to the text at once, commas and escapes are its business. Output is always
// valid UTF-8 JSON as long as begin/end and key/value calls match, which it checks.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace momentum::report {

class JsonWriter {
 public:
  // Appends to `out`.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);  // escaped; bad UTF-8 becomes U+FFFD
  JsonWriter& text_or_null(std::string_view value);  // null for ""
  JsonWriter& number(double value);  // shortest; null when not finite
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();

  // A line break before the next element: large results stay readable by line tools.
  JsonWriter& line_break();

 private:
  void before_value();
  void raw(std::string_view value);

  std::string& out_;
  struct Level {
    bool object;
    bool empty = true;
    bool expects_value = false;  // after key()
  };
  std::vector<Level> levels_;
  bool break_next_ = false;
};

}  // namespace momentum::report
