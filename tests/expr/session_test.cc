#include "momentum/expr/session.h"

#include <cstring>

#include "operator_calls.h"
#include "random_expression.h"

namespace momentum::expr {
namespace {

using kernels::kTileLanes;

// One tile, driven by hand: rows of all outputs as they come.
class Driver {
 public:
  Driver(const Program& program, const panel::Panel& panel, SimdLevel level, std::size_t chunk)
      : stage_(program.stages.at(0)), panel_(panel), session_(stage_, kernels::kernels_for(level), chunk) {}

  Session& session() { return session_; }

  // Rows [row, row + n), either out of the panel's memory or pushed: copied to a place of their own, nothing before
  // them.
  void advance(std::size_t row, std::size_t n, bool pushed) {
    const std::size_t cells = n * kTileLanes;
    std::vector<const double*> at;
    kernels::Tile copy(std::max<std::size_t>(n * stage_.leaves.size(), 1), 0);
    for (std::size_t i = 0; i < stage_.leaves.size(); ++i) {
      const double* rows = panel_.values(0, *panel_.column(stage_.leaves[i].column)) + row * kTileLanes;
      if (pushed) {
        std::memcpy(copy.row(i * n), rows, cells * sizeof(double));
        rows = copy.row(i * n);
      }
      at.push_back(rows);
    }
    session_.advance(at, pushed ? 0 : row, n);
    for (std::size_t o = 0; o < stage_.outputs.size(); ++o)
      for (std::size_t r = 0; r < n; ++r) {
        const double* from = session_.output(o) + r * session_.output_stride(o);
        results.insert(results.end(), from, from + kTileLanes);
      }
    std::fill_n(copy.row(0), copy.rows() * kTileLanes, kernels::kGuard);  // what was pushed is the caller's again
  }
  std::vector<double> results;  // in the order of the calls

 private:
  const Stage& stage_;
  const panel::Panel& panel_;
  Session session_;
};

// [row][output][lane], one row a call.
std::vector<double> by_rows(const Program& program, const panel::Panel& panel) {
  Driver whole(program, panel, SimdLevel::scalar, 1);
  for (std::size_t r = 0; r < panel.rows(0); ++r) whole.advance(r, 1, false);
  return whole.results;
}

std::string first_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return "other sizes";
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i])) return fmt::format("cell {}: {} and {}", i, kernels::text(a[i]), kernels::text(b[i]));
  return {};
}

std::vector<std::string> call_texts() {
  std::vector<std::string> texts;
  for (const auto& call : operator_calls())
    if (call.text.find("rank(") == std::string::npos) texts.push_back(call.text);
  return texts;
}

// Programs of one stage: every call alone, all together, and random ones.
std::vector<std::vector<std::string>> programs() {
  std::vector<std::vector<std::string>> all;
  for (const auto& text : call_texts()) all.push_back({text});
  all.push_back(call_texts());
  for (const auto& text : random_expressions(60, 61, false)) all.push_back({text});
  return all;
}

TEST(Stream, RowsPushedOneByOneGiveTheBitsOfThePanel) {
  const panel::Panel panel = nasty(20, 90, 62).build();
  for (const auto& texts : programs()) {
    const Program program = compiled_all(texts);
    const auto wanted = by_rows(program, panel);
    for (const SimdLevel level : {SimdLevel::scalar, kernels::supported_levels().back()}) {
      Driver pushed(program, panel, level, 4);
      for (std::size_t r = 0; r < panel.rows(0); ++r) pushed.advance(r, 1, true);
      EXPECT_EQ(first_difference(pushed.results, wanted), "") << texts[0];
    }
  }
}

// [row][output][lane] from calls of several rows.
TEST(Stream, StretchesOfAnyLengthGiveTheSameBits) {
  const panel::Panel panel = nasty(20, 150, 63).build();
  Random random(64);
  for (const auto& text : call_texts()) {  // one output, so that the order is that of rows
    const Program program = compiled(text);
    const auto wanted = by_rows(program, panel);
    for (const bool pushed : {false, true}) {
      Driver driver(program, panel, kernels::supported_levels().back(), 37);
      for (std::size_t r = 0; r < panel.rows(0);) {
        const std::size_t n = std::min(panel.rows(0) - r, random.below(38));
        driver.advance(r, n, pushed);
        r += n;
      }
      EXPECT_EQ(first_difference(driver.results, wanted), "") << text << (pushed ? " pushed" : " from the panel");
    }
  }
}

TEST(State, ContinuesWhereItWasSaved) {
  const panel::Panel panel = nasty(20, 90, 65).build();
  Random random(66);
  const auto& levels = kernels::supported_levels();
  for (const auto& texts : programs()) {
    const Program program = compiled_all(texts);
    const auto wanted = by_rows(program, panel);
    const std::size_t row_cells = wanted.size() / panel.rows(0);
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{1}, random.below(40), 40 + random.below(49), std::size_t{90}}) {
      for (const bool pushed_before : {false, true})
        for (const bool pushed_after : {false, true}) {
          const SimdLevel from = levels[random.below(levels.size())],
                          to = from == SimdLevel::scalar ? from : levels[1 + random.below(levels.size() - 1)];
          Driver before(program, panel, from, 1);
          const std::size_t rows = std::min(at, panel.rows(0));
          for (std::size_t r = 0; r < rows; ++r) before.advance(r, 1, pushed_before);
          const auto saved = before.session().save(program.hash);
          Driver after(program, panel, to, 5);
          must(after.session().restore(saved, program.hash));
          EXPECT_EQ(after.session().save(program.hash), saved) << texts[0] << ": what is restored saves the same bytes";
          for (std::size_t r = rows; r < panel.rows(0); ++r) after.advance(r, 1, pushed_after);
          const std::vector<double> rest(wanted.begin() + static_cast<std::ptrdiff_t>(rows * row_cells), wanted.end());
          EXPECT_EQ(first_difference(after.results, rest), "")
              << texts[0] << " saved at " << rows << " by " << to_string(from) << " for " << to_string(to);
        }
    }
  }
}

TEST(State, ResetStartsAnew) {
  const panel::Panel panel = nasty(20, 60, 67).build();
  for (const auto& text : call_texts()) {
    const Program program = compiled(text);
    Driver driver(program, panel, SimdLevel::scalar, 1);
    for (std::size_t r = 0; r < 25; ++r) driver.advance(r, 1, true);
    driver.session().reset();
    driver.results.clear();
    for (std::size_t r = 0; r < panel.rows(0); ++r) driver.advance(r, 1, false);
    EXPECT_EQ(first_difference(driver.results, by_rows(program, panel)), "") << text;
  }
}

class Refusal : public testing::Test {
 protected:
  Refusal() {
    for (std::size_t r = 0; r < 40; ++r) driver_.advance(r, 1, true);
    saved_ = driver_.session().save(program_.hash);
  }
  // Whether restoring fails as it should and leaves the session as after reset().
  void expect_refused(const std::vector<std::byte>& bytes, const std::string& what, std::uint64_t key) {
    Driver other(program_, panel_, SimdLevel::scalar, 1);
    for (std::size_t r = 0; r < 10; ++r) other.advance(r, 1, true);
    const auto restored = other.session().restore(bytes, key);
    ASSERT_FALSE(restored) << what;
    EXPECT_EQ(restored.error().code, ErrorCode::bad_state) << what;
    Driver fresh(program_, panel_, SimdLevel::scalar, 1);
    EXPECT_EQ(other.session().save(1), fresh.session().save(1)) << what << ": not reset";
  }
  void expect_refused(const std::vector<std::byte>& bytes, const std::string& what) {
    expect_refused(bytes, what, program_.hash);
  }

  panel::Panel panel_ = nasty(20, 90, 68).build();
  Program program_ = compiled_all({"ema(close, 0.5)", "mean(close, 5)", "value_when(close > open, ref(volume, 3), 2)"});
  Driver driver_{program_, panel_, SimdLevel::scalar, 1};
  std::vector<std::byte> saved_;
};

TEST_F(Refusal, OfAnotherKey) { expect_refused(saved_, "another key", program_.hash + 1); }

TEST_F(Refusal, OfAnotherNumericsVersion) {
  auto bytes = saved_;
  std::uint32_t numerics = 0;
  std::memcpy(&numerics, bytes.data() + 8, sizeof(numerics));
  ASSERT_EQ(numerics, static_cast<std::uint32_t>(kernels::kNumericsVersion));
  ++numerics;
  std::memcpy(bytes.data() + 8, &numerics, sizeof(numerics));
  expect_refused(bytes, "another numerics version");
  const auto restored = driver_.session().restore(bytes, program_.hash);
  EXPECT_NE(restored.error().to_string().find("numerics"), std::string::npos) << restored.error().to_string();
}

TEST_F(Refusal, OfTheScalarKernelsStateForVectorOnes) {
  const auto& levels = kernels::supported_levels();
  if (levels.size() < 2) GTEST_SKIP() << "this machine has the scalar kernels only";
  Driver vector(program_, panel_, levels.back(), 1);
  EXPECT_FALSE(vector.session().restore(saved_, program_.hash));
  expect_refused(vector.session().save(program_.hash), "a state of vector kernels");
}

TEST_F(Refusal, OfEveryTruncation) {
  for (std::size_t size = 0; size < saved_.size(); size += size < 80 ? 1 : 97)
    expect_refused({saved_.begin(), saved_.begin() + static_cast<std::ptrdiff_t>(size)}, fmt::format("{} bytes", size));
  auto longer = saved_;
  longer.resize(longer.size() + 8);
  expect_refused(longer, "longer");
}

TEST_F(Refusal, OfEveryFlippedByte) {
  for (std::size_t at = 0; at < saved_.size(); at += at < 64 ? 1 : 41) {
    auto bytes = saved_;
    bytes[at] ^= std::byte{0x10};
    expect_refused(bytes, fmt::format("byte {}", at));
  }
}

// The same expression, rewritten or not, keeps different things.
TEST_F(Refusal, OfAnotherLayoutUnderTheSameKey) {
  const Program plain = compiled_all({"volume / amount", "ema(turnover / amount, 0.5)"}, false),
                rewritten = compiled_all({"volume / amount", "ema(turnover / amount, 0.5)"}, true);
  ASSERT_EQ(plain.hash, rewritten.hash);
  Session a(plain.stages[0], kernels::kernels_for(SimdLevel::scalar), 1),
      b(rewritten.stages[0], kernels::kernels_for(SimdLevel::scalar), 1);
  EXPECT_FALSE(b.restore(a.save(plain.hash), plain.hash));
  EXPECT_TRUE(a.restore(a.save(plain.hash), plain.hash));
}

TEST(StateDeathTest, PanelRowsThenPushedRowsIsACallersMistake) {
  const panel::Panel panel = dense(3, 20, 69).build();
  const Program program = compiled("mean(volume, 5)");
  EXPECT_EXIT(
      {
        Driver driver(program, panel, SimdLevel::scalar, 1);
        for (std::size_t r = 0; r < 12; ++r) driver.advance(r, 1, false);
        driver.advance(12, 1, true);
      },
      testing::ExitedWithCode(1), "leaf_in_window");
}

}  // namespace
}  // namespace momentum::expr
