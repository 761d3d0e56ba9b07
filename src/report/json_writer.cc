#include "momentum/report/json_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "momentum/base/error.h"
#include "momentum/report/number.h"
#include "momentum/report/text_width.h"

namespace momentum::report {
namespace {

void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : valid_utf8(value)) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace

void JsonWriter::before_value() {
  if (levels_.empty()) return;
  Level& level = levels_.back();
  MOMENTUM_CHECK(!level.object || level.expects_value);
  if (!level.object) {
    if (!level.empty) out_ += ',';
    if (break_next_) out_ += '\n';
    break_next_ = false;
  }
  level.empty = false;
  level.expects_value = false;
}

void JsonWriter::raw(std::string_view value) {
  before_value();
  out_ += value;
}

JsonWriter& JsonWriter::begin_object() {
  raw("{");
  levels_.push_back({.object = true});
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  MOMENTUM_CHECK(!levels_.empty() && levels_.back().object && !levels_.back().expects_value);
  if (break_next_) out_ += '\n';
  break_next_ = false;
  levels_.pop_back();
  out_ += '}';
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  raw("[");
  levels_.push_back({.object = false});
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  MOMENTUM_CHECK(!levels_.empty() && !levels_.back().object);
  if (break_next_) out_ += '\n';
  break_next_ = false;
  levels_.pop_back();
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  MOMENTUM_CHECK(!levels_.empty() && levels_.back().object && !levels_.back().expects_value);
  if (!levels_.back().empty) out_ += ',';
  if (break_next_) out_ += '\n';
  break_next_ = false;
  append_quoted(out_, name);
  out_ += ':';
  levels_.back().empty = false;
  levels_.back().expects_value = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  before_value();
  append_quoted(out_, value);
  return *this;
}

JsonWriter& JsonWriter::text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }

JsonWriter& JsonWriter::number(double value) {
  raw(std::isfinite(value) ? shortest(value) : "null");
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  raw(fmt::format("{}", value));
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  raw(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::null() {
  raw("null");
  return *this;
}

JsonWriter& JsonWriter::line_break() {
  break_next_ = true;
  return *this;
}

}  // namespace momentum::report
