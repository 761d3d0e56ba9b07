#include "change_internal.h"

#include <functional>

#include "store_fixture.h"

namespace momentum::catalog {
namespace {

// A file is empty only by mistake, ids have no gap, lists ascend, sums add up: each broken once.
TEST(CheckChange, EachContradictionIsRefused) {
  ASSERT_TRUE(check_change(sample_change(), 0));
  ASSERT_TRUE(check_change(sample_change(), 3));
  const std::pair<const char*, std::function<void(Change&)>> cases[] = {
      {"no op", [](Change& c) { c.op.clear(); }},
      {"a gap in ids", [](Change& c) { c.instruments[2].id = 5; }},
      {"ids descend", [](Change& c) { std::swap(c.instruments[0], c.instruments[1]); }},
      {"an id twice", [](Change& c) { c.instruments[1].id = 0; }},
      {"an id below 0", [](Change& c) { c.instruments[0].id = -1; }},
      {"no code", [](Change& c) { c.instruments[0].code.symbol.clear(); }},
      {"names descend", [](Change& c) { std::swap(c.instruments[0].names[0], c.instruments[0].names[1]); }},
      {"a day twice", [](Change& c) { c.instruments[0].suspended[1] = c.instruments[0].suspended[0]; }},
      {"listings descend", [](Change& c) { std::swap(c.instruments[0].listings[0], c.instruments[0].listings[1]); }},
      {"factors descend", [](Change& c) { std::swap(c.instruments[0].factors[0], c.instruments[0].factors[1]); }},
      {"a factor of 0", [](Change& c) { c.instruments[0].factors[0].ratio = 0; }},
      {"a factor that is NaN", [](Change& c) { c.instruments[0].factors[0].ratio = __builtin_nan(""); }},
      {"a factor of no kind", [](Change& c) { c.instruments[0].factors[0].link = false; }},
      {"actions twice a day",
       [](Change& c) { c.instruments[0].actions.assign(2, {.day = day(2020, 1, 2), .cash = {1}}); }},
      {"an action that does nothing",
       [](Change& c) { c.instruments[0].actions = {{.day = day(2020, 1, 2), .rights_price = {1}}}; }},
      {"an action without a day", [](Change& c) { c.instruments[0].actions = {{.day = {}, .cash = {1}}}; }},
      {"a cash below 0",
       [](Change& c) { c.instruments[0].actions = {{.day = day(2020, 1, 2), .cash = {-1}, .bonus = {1}}}; }},
      {"more cash than there is",
       [](Change& c) { c.instruments[0].actions = {{.day = day(2020, 1, 2), .cash = {Decimal::kMost + 1}}}; }},
      {"limits of a day twice", [](Change& c) { c.limits.assign(2, {day(2020, 1, 2), {}}); }},
      {"limits without a day", [](Change& c) { c.limits = {{Date{}, {}}}; }},
      {"two limits of one instrument", [](Change& c) { c.limits = {{day(2020, 1, 2), {{1, {}, {}}, {1, {}, {}}}}}; }},
      {"limits of no instrument", [](Change& c) { c.limits = {{day(2020, 1, 2), {{3, {}, {}}}}}; }},
      {"a limit below 0", [](Change& c) { c.limits = {{day(2020, 1, 2), {{1, {-1'000'000}, {}}}}}; }},
      {"a limit of five digits", [](Change& c) { c.limits = {{day(2020, 1, 2), {{1, {}, {100'000}}}}}; }},
      {"an absolute path", [](Change& c) { c.add_files[0].path = "/data/x"; }},
      {"a path out of the store", [](Change& c) { c.add_files[0].path = "data/../../x"; }},
      {"no path", [](Change& c) { c.add_files[0].path = ""; }},
      {"a folder as path", [](Change& c) { c.add_files[0].path = "data/"; }},
      {"no dataset", [](Change& c) { c.add_files[0].dataset = ""; }},
      {"a path twice", [](Change& c) { c.add_files.push_back(c.add_files[0]); }},
      {"a bucket below 0", [](Change& c) { c.add_files[0].bucket = -1; }},
      {"no bytes", [](Change& c) { c.add_files[0].bytes = 0; }},
      {"rows of another sum", [](Change& c) { c.add_files[0].rows = 61; }},
      {"no rows",
       [](Change& c) {
         c.add_files[0].rows = 0;
         c.add_files[0].row_groups.clear();
         c.add_files[0].extents.clear();
       }},
      {"a gap between row groups", [](Change& c) { c.add_files[0].row_groups[1].first_row += 1; }},
      {"an empty row group", [](Change& c) { c.add_files[0].row_groups.push_back({60, 0, 9, 9}); }},
      {"a gap between extents", [](Change& c) { c.add_files[0].extents[1].first_row += 1; }},
      {"an extent less", [](Change& c) { c.add_files[0].extents.pop_back(); }},
      {"an instrument twice", [](Change& c) { c.add_files[0].extents[1].instrument = 0; }},
      {"an instrument that is none", [](Change& c) { c.add_files[0].extents[2].instrument = 3; }},
      {"an extent that ends before it begins", [](Change& c) { c.add_files[0].extents[1].last = Date{0}; }},
      {"bars before the first day", [](Change& c) { c.add_files[0].first = c.add_files[0].first + 1; }},
      {"a last day without bars", [](Change& c) { c.add_files[0].last = c.add_files[0].last + 1; }},
      {"a market twice", [](Change& c) { c.sessions.push_back(c.sessions[0]); }},
      {"no market", [](Change& c) { c.calendars[0].market = ""; }},
      {"days descend", [](Change& c) { std::swap(c.sessions[0].days[0], c.sessions[0].days[1]); }},
      {"a day without date", [](Change& c) { c.calendars[0].days[0] = Date{}; }},
      {"sessions without counts", [](Change& c) { c.sessions[0].bars.clear(); }},
      {"a calendar with counts", [](Change& c) { c.calendars[0].bars.assign(40, 1); }},
  };
  for (const auto& [what, breaking] : cases) {
    Change change = sample_change();
    breaking(change);
    const auto checked = check_change(change, 0);
    ASSERT_FALSE(checked) << what;
    EXPECT_EQ(checked.error().code, ErrorCode::internal) << what;
    EXPECT_TRUE(checked.error().what.starts_with("a commit that contradicts itself: ")) << what;
  }
}

}  // namespace
}  // namespace momentum::catalog
