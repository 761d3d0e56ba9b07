// Any calls in any order against the rules of ingest.h in their simplest form: a map.

#include <random>

#include "ingest_fixture.h"

namespace momentum::store {
namespace {

using Bar = std::map<std::string, double>;  // without the columns that are missing, but for the five
using Model = std::map<catalog::InstrumentId, std::map<std::int32_t, Bar>>;

const std::vector<std::string> kFive = {"open", "high", "low", "close", "volume"};
const std::vector<std::string> kOthers = {"amount", "preclose", "turnover", "pb"};

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

Outcome apply(Model& model, const Model& incoming, bool replace) {
  Outcome out;
  for (const auto& [id, bars] : incoming) {
    auto& stored = model[id];
    if (!stored.empty() && !bars.empty() && bars.begin()->first < stored.begin()->first) out.prepended.push_back(id);
    for (const auto& [day, bar] : bars) {
      const auto at = stored.find(day);
      if (at == stored.end()) {
        ++out.stored;
        stored[day] = bar;
        continue;
      }
      bool equal = true;
      for (const auto& [name, value] : bar) {
        if (at->second.contains(name)) equal = equal && same(at->second[name], value);
      }
      ++(equal ? out.known : replace ? out.corrected : out.conflicting);
      if (!equal) out.conflicts.push_back({id, {day}});
      if (!replace) continue;
      for (const auto& [name, value] : bar) at->second[name] = value;
    }
  }
  return out;
}

Bars bars_of(const Model& model) {
  Bars out;
  for (const auto& [id, bars] : model) {
    Rows& rows = out[id];
    for (const auto& [day, bar] : bars) rows.dates.push_back(day);
    for (const auto* names : {&kFive, &kOthers}) {
      for (const std::string& name : *names) {
        for (const auto& [day, bar] : bars) rows.columns[name].push_back(bar.contains(name) ? bar.at(name) : kMissing);
      }
    }
  }
  return out;
}

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }

  // Few values, so that bars are often equal.
  Bar bar(int others) {
    Bar out;
    for (const std::string& name : kFive) out[name] = one_in(12) ? kMissing : 10 + below(10) / 9 * 0.25;
    for (int k = 0; k < others; ++k) {
      if (!one_in(3)) out[kOthers[static_cast<std::size_t>(k)]] = one_in(9) ? 1.0 / 3 : 7;
    }
    return out;
  }

  // Mostly around `now`, sometimes long ago.
  Model call(int instruments, std::int32_t now) {
    Model out;
    for (int id = 0; id < instruments; ++id) {
      out[id];
      if (one_in(3)) continue;
      const int others = below(static_cast<int>(kOthers.size()) + 1);
      const std::int32_t from = now - (one_in(4) ? below(1000) : below(20));
      for (std::int32_t day = from; day < from + below(25) && day <= now; ++day) {
        if (!one_in(3)) out[id][day] = bar(others);
      }
    }
    return out;
  }

 private:
  std::mt19937 random_;
};

void run(unsigned seed, int buckets, int threads) {
  Chance chance(seed);
  const IngestStore store(buckets);
  Model model;
  std::int32_t now = day(2023, 12, 1).days;
  for (int k = 0; k < 45; ++k) {
    now += chance.one_in(6) ? chance.below(150) : chance.below(12);
    const Model incoming = chance.call(static_cast<int>(model.size()) + chance.below(3), now);
    const bool replace = chance.one_in(2);
    const Outcome want = apply(model, incoming, replace);
    const Date newest = chance.one_in(2) ? Date{now} : Date{};
    const catalog::State before = store.state();
    const Outcome dry = store.put(bars_of(incoming), {.replace = replace, .dry_run = true, .newest = newest}, threads);
    ASSERT_EQ(store.state(), before);
    const Outcome out = store.put(bars_of(incoming), {.replace = replace, .newest = newest}, threads);
    for (const Outcome* found : {&dry, &out}) {
      EXPECT_EQ(found->stored, want.stored);
      EXPECT_EQ(found->known, want.known);
      EXPECT_EQ(found->conflicting, want.conflicting);
      EXPECT_EQ(found->corrected, want.corrected);
      EXPECT_EQ(found->conflicts, want.conflicts);
      EXPECT_EQ(found->prepended, want.prepended);
    }
    EXPECT_EQ(dry.changed, out.changed);
    const catalog::State after = store.state();
    EXPECT_EQ(after != before, out.changed);
    EXPECT_LE(after.files.size(), 2u * static_cast<unsigned>(buckets) + 1);
    store.expect_bars(bars_of(model));
    if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << ", call " << k;
  }
}

TEST(IngestModel, AnyCallsInAnyOrder) {
  for (unsigned seed = 1; seed <= 6; ++seed) run(seed, 1 + static_cast<int>(seed % 4), 1 + static_cast<int>(seed % 2));
}

}  // namespace
}  // namespace momentum::store
