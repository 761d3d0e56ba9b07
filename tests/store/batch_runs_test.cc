#include "batch_runs_internal.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace momentum::store {
namespace {

// Instrument 0: rows 10 .. 19 of group 1, then 0 .. 4 of file 1. Instrument 1: rows 5 .. 9 of group 1.
Batch batch() {
  Batch batch;
  batch.instruments = {{.id = 0, .pieces = {{0, 1, 10, 10}, {1, 0, 0, 5}}, .rows = 15, .first = {}, .last = {}},
                       {.id = 1, .pieces = {{0, 1, 5, 5}}, .rows = 5, .first = {}, .last = {}}};
  batch.rows = 20;
  return batch;
}

bool same(const Run& a, const Run& b) { return same_group(a, b) && a.row == b.row && a.rows == b.rows && a.to == b.to; }

void expect_runs(const std::vector<Rows>& rows, const std::vector<Run>& wanted) {
  EXPECT_TRUE(std::ranges::equal(runs_of(batch(), rows), wanted, same));
}

TEST(BatchRuns, GoByFileAndComeByInstrument) {
  expect_runs({{0, 15}, {0, 5}}, {{0, 1, 5, 5, 15}, {0, 1, 10, 10, 0}, {1, 0, 0, 5, 10}});
}

TEST(BatchRuns, OfSomeRows) {
  expect_runs({{12, 15}, {4, 5}}, {{0, 1, 9, 1, 3}, {1, 0, 2, 3, 0}});
  expect_runs({{9, 11}, {0, 0}}, {{0, 1, 19, 1, 0}, {1, 0, 0, 1, 1}});
  expect_runs({{3, 3}, {5, 5}}, {});
}

TEST(BatchRuns, OfAGroup) {
  const std::vector<Rows> rows{{0, 15}, {0, 5}};
  const auto runs = runs_of(batch(), rows);
  EXPECT_EQ(first_group(runs).size(), 2u);
  EXPECT_EQ(of_group(runs, 0, 1).data(), runs.data());
  EXPECT_EQ(of_group(runs, 0, 1).size(), 2u);
  EXPECT_EQ(of_group(runs, 1, 0).size(), 1u);
  EXPECT_TRUE(of_group(runs, 0, 0).empty());
  EXPECT_TRUE(of_group(runs, 2, 0).empty());
}

}  // namespace
}  // namespace momentum::store
