#pragma once
// The lines that are written, before the rows, on each and after them, and what is known of the values in them.

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fuse.h"
#include "value.h"

namespace momentum::fuse {

using expr::Place;
using expr::PlaceKind;
using expr::Stage;
using expr::Step;
using kernels::Kernel;

class Lines {
 protected:
  explicit Lines(const Stage& stage) : s_(stage), slots_(stage.slots), windows_(stage.windows.size()) {}

  template <class... A>
  void pre(fmt::format_string<A...> f, A&&... a) {
    pre_ += "  " + fmt::format(f, std::forward<A>(a)...) + "\n";
  }
  template <class... A>
  void row(fmt::format_string<A...> f, A&&... a) {
    rows_.push_back(fmt::format(f, std::forward<A>(a)...));
  }
  template <class... A>
  void post(fmt::format_string<A...> f, A&&... a) {
    post_ += "  " + fmt::format(f, std::forward<A>(a)...) + "\n";
  }
  void refuse(std::string why) {
    if (refused_.empty()) refused_ = fmt::format("step {}: {}", now_, why);
  }
  static std::string number(double x) { return std::isnan(x) ? "missing()" : fmt::format("set({:a})", x); }
  std::string name(const char* prefix = "x") { return fmt::format("{}{}", prefix, ++names_); }
  std::string state(std::size_t i) const { return fmt::format("S + {} * kTileLanes", s_.steps[now_].state + i); }
  std::string next(std::size_t i) const { return fmt::format("N + {} * kTileLanes", s_.steps[now_].state + i); }
  // A row's vector or mask of its own.
  Value value(std::string expression) {
    Value x;
    x.v = name();
    row("[[maybe_unused]] const V {} = {};", x.v, expression);
    return x;
  }
  Value mask(std::string expression) {
    Value x;
    x.m = name("m");
    x.truth = x.present = x.finite = x.not_negative = true;
    row("const M {} = {};", x.m, expression);
    return x;
  }
  static Value yes() {
    Value x;
    x.truth = x.always = x.present = x.finite = x.positive = x.not_negative = true;
    x.m = "all()";
    return x;
  }
  void need(const std::string& m) { row("good = hn::And(good, {});", m); }

  // More is asked of a value than what was written of it: the whole stage is to be written again.
  void want_exact(const Value& x) {
    wanted_exact_.insert(x.origin);
    refuse("the exact value of what is only compared");
  }
  // Which leaves are more than tested, which windows are read whole.
  void find_uses();
  void begin_leaf(std::size_t i);
  bool has_sum(PlaceKind kind, std::size_t index) const;
  static bool is_sum(const Step& step) {
    return step.kernel == Kernel::rolling_mean || step.kernel == Kernel::rolling_sum;
  }

  // Rows `shift` back of a leaf or window, loaded once a row.
  std::string loaded(const std::string& base, std::size_t shift);

  Value& place(const Place& p) {
    if (p.kind == PlaceKind::leaf) return leaves_[p.index];
    return p.kind == PlaceKind::slot ? slots_[p.index] : windows_[p.index];
  }
  Value read(const Place& p);
  // The test that `v` has what is known of x; "" if that is nothing.
  static std::string has_facts(const std::string& v, const Value& x);
  // What is known of a window's series on the rows of the stretch is tested of the rows before it, once for all that look back.
  void test_history(const Place& p);
  // The expression of a value, exact.
  std::string vector(const Value& x);
  std::string truth_of(const Place& p);
  // After these the value is there, or positive, on every good row.
  void ensure_present(const Place& p);
  void ensure_positive(const Place& p);

  const Stage& s_;
  std::vector<Value> leaves_, slots_, windows_;
  std::map<std::pair<std::string, std::size_t>, std::string> loads_;
  std::map<std::size_t, Value> done_;
  std::map<std::string, std::uint32_t> reciprocals_;  // of a series: the window that holds them
  std::set<std::string> series_;
  std::map<std::pair<std::string, std::size_t>, std::size_t>
      sums_;  // of a series over w rows, kept as hi and lo: its step
  std::set<std::uint32_t> used_leaves_, whole_windows_, stateless_;
  std::set<std::pair<std::uint32_t, std::string>> tested_windows_;  // and of what
  std::set<std::size_t> wanted_exact_;  // steps of which only about the value was written, and more was asked
  std::vector<std::tuple<std::uint32_t, Value, std::size_t>> written_;  // window, value, its line
  std::vector<std::string> rows_;
  std::string pre_, post_, refused_;
  std::size_t now_ = 0;
  int names_ = 0;
};

}  // namespace momentum::fuse
