#include "session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "momentum/report/labels.h"
#include "momentum/report/text_width.h"
#include "store_place.h"

namespace momentum::cli {

void print_error_line(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

std::string Session::store() const { return store_place(options.store, options.store_of_file); }

bool Session::color() const {
  if (options.color != When::automatic) return options.color == When::always;
  return options.output.empty() && env.out_terminal && !env.no_color;
}

report::Format Session::format() const {
  if (options.format) return *options.format;
  return env.out_terminal ? report::Format::table : report::Format::csv;
}

report::TableStyle Session::style(std::optional<std::int64_t> rows) const {
  report::TableStyle style;
  style.lang = lang;
  style.color = color();
  style.width = options.output.empty() ? env.width : 0;
  if (rows) style.rows = static_cast<std::size_t>(*rows);
  return style;
}

Result<void> Session::emit(std::string_view text) const {
  if (options.output.empty()) return report::write_stream(ctx, STDOUT_FILENO, "standard output", text);
  return report::write_file(ctx, options.output, text);
}

void Session::say(std::string_view line) const {
  if (options.quiet) return;
  print_error_line(fmt::format("momentum: {}", line));
}

void Session::note(std::string_view line) const { say(fmt::format("note: {}", report::printable(line))); }

void Session::note_adjustment(std::string_view adjust_applied) const {
  if (adjust_applied == "none (no factors)") note(report::text(report::Text::no_factors, lang));
  if (adjust_applied == "none (no actions)") note(report::text(report::Text::no_actions, lang));
}

}  // namespace momentum::cli
