#include "momentum/expr/evaluate_series.h"

#include "market.h"
#include "random_expression.h"

namespace momentum::expr {
namespace {

std::vector<RowSeries> series_of(const Market& market) {
  std::vector<RowSeries> series;
  for (const Instrument& i : market.instruments)
    series.push_back({i.dates.size(), {i.columns.begin(), i.columns.end()}});
  return series;
}

Values run(const Program& program, const Market& market, const Settings& settings) {
  const std::vector<RowSeries> series = series_of(market);
  const SeriesLanes lanes(series);
  Values out(program.outputs.size(), std::vector<std::vector<double>>(series.size()));
  for (auto& o : out)
    for (std::size_t i = 0; i < series.size(); ++i) o[i].assign(series[i].rows, 12345.678);
  Context ctx;
  ctx.simd = settings.simd;
  ctx.threads = settings.threads;
  must(evaluate_series(ctx, program, market.names, series, lanes, [&](const Stretch& s) {
    for (std::size_t lane = s.tile * kernels::kTileLanes; lane < (s.tile + 1) * kernels::kTileLanes; ++lane)
      for (std::size_t r = 0; r < s.rows && s.first_row + r < lanes.length(lane); ++r)
        for (std::size_t o = 0; o < out.size(); ++o)
          out[o][lanes.series_of(lane)][s.first_row + r] = s.columns[o][r * s.strides[o] + lane % kernels::kTileLanes];
  }));
  return out;
}

TEST(EvaluateSeries, SaysWhatAPanelSays) {
  const auto texts = random_expressions(60, 99, false);
  for (const Market& market : {varied(1, 130, 1), varied(31, 130, 2), nasty(70, 160, 3), dense(33, 97, 4)}) {
    const Program program = compiled_all(texts);
    const Values wanted = run(program, market.build());
    for (const SimdLevel level : kernels::supported_levels())
      for (const int threads : {1, 2})
        ASSERT_EQ(difference(run(program, market, {level, threads}), wanted), "") << to_string(level);
  }
}

TEST(EvaluateSeries, LongestLanesComeFirst) {
  const std::vector<double> values(40, 1.0);
  std::vector<RowSeries> series;
  for (const std::size_t rows : {3u, 40u, 0u, 40u, 7u}) series.push_back({rows, {std::span(values).first(rows)}});
  const SeriesLanes lanes(series);
  EXPECT_EQ(lanes.tiles(), 1u);
  EXPECT_EQ(lanes.rows(0), 40u);
  const std::vector<std::size_t> order{1, 3, 4, 0, 2};
  for (std::size_t lane = 0; lane < order.size(); ++lane) {
    EXPECT_EQ(lanes.series_of(lane), order[lane]);
    EXPECT_EQ(lanes.length(lane), series[order[lane]].rows);
  }
  EXPECT_EQ(lanes.length(5), 0u);
  EXPECT_EQ(SeriesLanes({}).tiles(), 0u);
}

TEST(EvaluateSeries, AColumnThatIsNotThereIsNamed) {
  const Program program = compiled("close + volume", true, {"close", "volume"});
  const std::vector<std::string> columns{"close"};
  const auto done = evaluate_series(Context{}, program, columns, {}, SeriesLanes({}), [](const Stretch&) {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::name_not_found);
  EXPECT_NE(done.error().to_string().find("volume"), std::string::npos);
}

TEST(EvaluateSeries, AColumnThatIsTooShortIsAnError) {
  const Program program = compiled("close + volume", true, {"close", "volume"});
  const std::vector<std::string> columns{"close", "volume"};
  const std::vector<double> values(40, 1.0);
  const std::vector<RowSeries> series{{40, {values, values}}, {40, {values, {}}}};
  const auto done = evaluate_series(Context{}, program, columns, series, SeriesLanes(series), [](const Stretch&) {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::bad_value);
  EXPECT_EQ(done.error().where, "series 1");
}

}  // namespace
}  // namespace momentum::expr
