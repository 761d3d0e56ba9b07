#include "schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "momentum/base/error.h"

namespace momentum::fuse {
namespace {

// Carried variables of one loop, measured in vectors: with more, registers spill; with fewer, the values passed from loop to
// loop cost more than the spills do.
constexpr double kMostCarried = 22.0;

// A deviation counts double: its chain of operations is long, and in a short loop several rows of it run at once.
const std::map<std::string, double, std::less<>> kSizes = {
    {"V", 1.0}, {"M", 0.5}, {"Bits", 1.0}, {"Sum", 2.0}, {"Series", 3.0}, {"Spread", 5.0}, {"WindowDeviation", 12.0}};

struct Word {
  std::string text;
  std::size_t at;
};

// Names in a line: not numbers, not members.
std::vector<Word> words_of(std::string_view line) {
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::vector<Word> words;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t end = i;
    while (end < line.size() && part(line[end])) ++end;
    if (end == i) {
      ++i;
      continue;
    }
    // a digit also begins what stands behind the point of a number
    if (std::isdigit(static_cast<unsigned char>(line[i])) == 0 && (i == 0 || line[i - 1] != '.'))
      words.push_back({std::string(line.substr(i, end - i)), i});
    i = end;
  }
  return words;
}

// Whether the line gives the name at this word a new value.
bool writes(std::string_view line, const Word& word) {
  const std::string_view after = line.substr(word.at + word.text.size());
  for (const std::string_view change : {" = ", ".slide(", ".add(", ".follow("})
    if (after.starts_with(change)) return true;
  return line.substr(0, word.at).ends_with("follow(");
}

struct Line {
  std::string text;
  std::set<std::string> names;  // all of them
  std::set<std::string> written;
  std::string declared;  // at most one
  std::string type;  // of it
  std::set<std::size_t> needs;  // lines that come before it
};

class Arrangement {
 public:
  Arrangement(const std::vector<std::string>& rows, const std::string& pre) {
    for (const std::string& row : rows)
      if (!row.empty()) lines_.push_back(read(row));
    find_carried(pre);
    check_names();
    group_.resize(lines_.size());
    std::iota(group_.begin(), group_.end(), std::size_t{0});
    keep_together();
    find_needs();
    while (merge_a_circle()) {
    }
    order_groups();
    cut();
  }

  Loops text() const {
    std::map<std::string, std::size_t> home;  // the loop that makes a name
    for (std::size_t loop = 0; loop < loops_.size(); ++loop)
      for (const std::size_t i : loops_[loop])
        if (!lines_[i].declared.empty()) home[lines_[i].declared] = loop;
    std::vector<std::set<std::string>> taken(loops_.size());
    std::set<std::string> passed;
    for (std::size_t loop = 0; loop < loops_.size(); ++loop)
      for (const std::size_t i : loops_[loop])
        for (const std::string& name : lines_[i].names)
          if (const auto at = home.find(name); at != home.end() && at->second != loop) {
            taken[loop].insert(name);
            if (!is_load(line_of(name))) passed.insert(name);
          }
    Loops out;
    for (const std::string& name : passed)
      out.scratch += fmt::format("  alignas(64) double from_{}[(kernels::kFusedRows + 1) * kLanes];\n", name);
    for (std::size_t loop = 0; loop < loops_.size(); ++loop) {
      out.text +=
          "  for (std::size_t r = 0; r < c.rows; ++r) {\n    [[maybe_unused]] const std::size_t at = r * kTileLanes;\n";
      const auto put = [&](const std::string& line) { out.text += "    " + line + "\n"; };
      for (const std::string& name : taken[loop]) {
        const Line& line = line_of(name);
        if (is_load(line))
          put(line.text);  // loading it again is as cheap as passing it on
        else if (line.type == "V")
          put(fmt::format("const V {0} = load(from_{0} + r * kLanes);", name));
        else
          put(fmt::format("const M {0} = hn::Ne(load(from_{0} + r * kLanes), hn::Zero(D()));", name));
      }
      for (const std::size_t i : loops_[loop]) put(lines_[i].text);
      for (const std::string& name : passed)
        if (home.at(name) == loop)
          put(fmt::format("store({}, from_{} + r * kLanes);", line_of(name).type == "V" ? name : "truth(" + name + ")",
                          name));
      out.text += "  }\n";
    }
    return out;
  }

 private:
  static Line read(const std::string& text) {
    Line line;
    line.text = text;
    const std::vector<Word> words = words_of(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
      line.names.insert(words[i].text);
      if (!writes(text, words[i])) continue;
      const bool declares =
          i > 0 && (words[i - 1].text == "V" || words[i - 1].text == "M") && words[i - 1].at + 2 == words[i].at;
      if (declares && text.find('{') < words[i].at) continue;  // inside braces a name is the line's own
      line.written.insert(words[i].text);
      if (!declares) continue;
      line.declared = words[i].text;
      line.type = words[i - 1].text;
    }
    line.names.erase("good");
    line.written.erase("good");
    return line;
  }

  void find_carried(const std::string& pre) {
    const std::vector<Word> words = words_of(pre);
    std::map<std::string, double> declared;
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
      if (const auto size = kSizes.find(words[i].text); size != kSizes.end())
        declared.try_emplace(words[i + 1].text, size->second);
    for (const Line& line : lines_)
      for (const std::string& name : line.written)
        if (const auto at = declared.find(name); at != declared.end()) carried_.insert(*at);
  }

  // What a line changes is carried or was declared by a line before it; what is declared is so once, hides no carried one, and
  // is used after that. A carried variable of a type that kSizes lacks would be taken for nothing at all.
  void check_names() const {
    std::set<std::string> declared, used;
    for (const Line& line : lines_) {
      if (!line.declared.empty()) {
        MOMENTUM_CHECK(!carried_.contains(line.declared) && !used.contains(line.declared));
        MOMENTUM_CHECK(declared.insert(line.declared).second);
      }
      for (const std::string& name : line.written) MOMENTUM_CHECK(carried_.contains(name) || declared.contains(name));
      used.insert(line.names.begin(), line.names.end());
    }
  }

  std::size_t group_of(std::size_t i) const {
    while (group_[i] != i) i = group_[i];
    return i;
  }
  void join(std::size_t a, std::size_t b) { group_[group_of(a)] = group_of(b); }

  // Lines of one carried variable, and those that change a name of the row after it was declared.
  void keep_together() {
    std::map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      for (const std::string& name : lines_[i].names) {
        if (carried_.contains(name)) {
          if (last.contains(name)) join(i, last.at(name));
          last[name] = i;
        }
      }
      if (!lines_[i].declared.empty()) declared_at_[lines_[i].declared] = i;
      for (const std::string& name : lines_[i].written)
        if (const auto at = declared_at_.find(name); at != declared_at_.end()) join(i, at->second);
    }
  }

  // A line needs the last writer of every name in it, and where it reads a window, whoever stores that.
  void find_needs() {
    std::map<std::string, std::size_t> writer;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      Line& line = lines_[i];
      for (const std::string& name : line.names)
        if (const auto at = writer.find(name); at != writer.end()) line.needs.insert(at->second);
      for (const std::string& name : line.written) writer[name] = i;
      if (const std::string window = stored_window(line); !window.empty()) writer[window] = i;
    }
  }
  static std::string stored_window(const Line& line) {
    const std::size_t store = line.text.find("store(");
    if (store == std::string::npos) return {};
    for (const std::string& name : line.names)
      if (name[0] == 'W' && line.text.find(", " + name + " + at)", store) != std::string::npos) return name;
    return {};
  }

  // Groups that need each other become one. Returns whether there were any.
  bool merge_a_circle() {
    std::map<std::size_t, std::set<std::size_t>> needs;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      for (const std::size_t n : lines_[i].needs)
        if (group_of(n) != group_of(i)) needs[group_of(i)].insert(group_of(n));
    std::map<std::size_t, int> seen;
    std::vector<std::size_t> way;
    const auto follow = [&](auto&& self, std::size_t g) -> bool {
      seen[g] = 1;
      way.push_back(g);
      for (const std::size_t n : needs[g]) {
        if (seen[n] == 1) {
          for (auto at = std::find(way.begin(), way.end(), n); at != way.end(); ++at) join(*at, n);
          return true;
        }
        if (seen[n] == 0 && self(self, n)) return true;
      }
      way.pop_back();
      seen[g] = 2;
      return false;
    };
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (seen[group_of(i)] == 0 && follow(follow, group_of(i))) return true;
    return false;
  }

  // Depth first from the outputs, then from whatever else has an effect; such lines follow as soon as all they need is there.
  void order_groups() {
    for (std::size_t i = 0; i < lines_.size(); ++i) members_[group_of(i)].push_back(i);
    for (const auto& [g, members] : members_)
      if (std::any_of(members.begin(), members.end(), [&](std::size_t i) { return has_effect(lines_[i]); }))
        effects_.push_back(g);
    std::sort(effects_.begin(), effects_.end(),
              [&](std::size_t a, std::size_t b) { return members_.at(a).front() < members_.at(b).front(); });
    for (const std::size_t g : effects_)
      if (lines_[members_.at(g).front()].text.find(", O") != std::string::npos) emit(g);
    for (const std::size_t g : effects_) emit(g);
  }
  bool has_effect(const Line& line) const {
    return line.text.find("store(") != std::string::npos || line.text.find("good") != std::string::npos ||
           line.text.find("Prefetch(") != std::string::npos ||
           std::any_of(line.names.begin(), line.names.end(), [&](const auto& name) { return carried_.contains(name); });
  }
  void emit(std::size_t g) {
    if (!emitted_.insert(g).second) return;
    for (const std::size_t i : members_.at(g))
      for (const std::size_t n : lines_[i].needs)
        if (group_of(n) != g) emit(group_of(n));
    order_.push_back(g);
    placed_.insert(g);
    for (const std::size_t e : effects_) {
      const auto& members = members_.at(e);
      if (members.size() != 1 || emitted_.contains(e)) continue;
      const auto& needs = lines_[members.front()].needs;
      if (!std::all_of(needs.begin(), needs.end(), [&](std::size_t n) { return placed_.contains(group_of(n)); }))
        continue;
      emitted_.insert(e);
      placed_.insert(e);
      order_.push_back(e);
    }
  }

  void cut() {
    double size = 0.0;
    loops_.emplace_back();
    for (const std::size_t g : order_) {
      std::map<std::string, double> here;
      for (const std::size_t i : members_.at(g))
        for (const std::string& name : lines_[i].names)
          if (const auto at = carried_.find(name); at != carried_.end()) here.insert(*at);
      double more = 0.0;
      for (const auto& one : here) more += one.second;
      if (size + more > kMostCarried && size > 0.0) {
        loops_.emplace_back();
        size = 0.0;
      }
      size += more;
      loops_.back().insert(loops_.back().end(), members_.at(g).begin(), members_.at(g).end());
    }
  }

  const Line& line_of(const std::string& name) const { return lines_[declared_at_.at(name)]; }
  static bool is_load(const Line& line) {
    return line.text.find("const V " + line.declared + " = load(") != std::string::npos &&
           line.text.find(" + at") != std::string::npos;
  }

  std::vector<Line> lines_;
  std::map<std::string, double> carried_;  // with their sizes
  std::map<std::string, std::size_t> declared_at_;
  std::vector<std::size_t> group_;
  std::map<std::size_t, std::vector<std::size_t>> members_;
  std::vector<std::size_t> effects_, order_;
  std::set<std::size_t> emitted_, placed_;
  std::vector<std::vector<std::size_t>> loops_;
};

}  // namespace

Loops arrange(const std::vector<std::string>& rows, const std::string& pre) { return Arrangement(rows, pre).text(); }

}  // namespace momentum::fuse
