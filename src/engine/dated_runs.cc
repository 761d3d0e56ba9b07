#include "dated_runs.h"

#include <algorithm>

namespace momentum::engine {
namespace {

void append(Runs& runs, Date from, std::string_view text) {
  if (runs.empty() ? text.empty() : runs.back().text == text) return;
  runs.push_back({from, std::string(text)});
}

}  // namespace

std::string_view text_at(const Runs& runs, Date day) {
  const auto after = std::ranges::upper_bound(runs, day, {}, &catalog::DatedText::from);
  return after == runs.begin() ? std::string_view{} : std::string_view(std::prev(after)->text);
}

Runs merged_runs(const Runs& stored, std::span<const std::int32_t> days,
                 const std::function<std::string_view(std::size_t row)>& word_of) {
  if (days.empty()) return stored;
  Runs out;
  std::size_t next = 0;  // the first stored run that begins after the day at hand
  while (next < stored.size() && stored[next].from.days < days.front()) out.push_back(stored[next++]);
  for (std::size_t row = 0; row < days.size(); ++row) {
    while (next < stored.size() && stored[next].from.days <= days[row]) ++next;
    if (const std::string_view word = word_of(row); !word.empty()) {
      append(out, {days[row]}, word);
    } else if (next > 0) {
      // a run may begin on a day without a bar
      const Date from = row == 0 ? Date{days[row]} : std::max(stored[next - 1].from, Date{days[row - 1] + 1});
      append(out, from, stored[next - 1].text);
    }
  }
  for (; next < stored.size(); ++next) append(out, stored[next].from, stored[next].text);
  return out;
}

Runs with_run(const Runs& stored, Date from, Date to, std::string_view text) {
  Runs out;
  std::size_t next = 0;
  while (next < stored.size() && stored[next].from < from) out.push_back(stored[next++]);
  append(out, from, text);
  if (to.has_value()) {
    const std::string_view after = text_at(stored, to + 1);
    while (next < stored.size() && stored[next].from <= to + 1) ++next;
    if (!after.empty()) append(out, to + 1, after);
  } else if (next < stored.size() && stored[next].from == from) {
    ++next;
  }
  for (; next < stored.size(); ++next) append(out, stored[next].from, stored[next].text);
  return out;
}

}  // namespace momentum::engine
