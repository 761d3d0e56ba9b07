// Vendors' CSV files, from bytes to tables, under every dialect: forced or found.

#include "momentum/sources/bar_reader.h"

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/table.h>

#include <array>
#include <string>

#include "fuzz_target.h"
#include "input.h"
#include "momentum/sources/dialect.h"
#include "scratch.h"

namespace momentum::fuzz {
namespace {

using namespace sources;

// Where a file says nothing of its instrument, its name does.
constexpr std::array kNames = {"sh600000.csv", "000001.csv", "bars.csv", "AAPL.txt", "sz000001_daily.csv"};
constexpr std::array kCodes = {"", "600000.SH", "430047"};
constexpr std::array kBare = {BareCodes::unknown, BareCodes::SH, BareCodes::SZ, BareCodes::BJ, BareCodes::shares};

void check_instrument(const InstrumentBars& instrument) {
  MOMENTUM_CHECK(instrument.bars->ValidateFull().ok());
  const auto column = instrument.bars->GetColumnByName("date");
  std::int32_t before = std::numeric_limits<std::int32_t>::min();
  for (const auto& chunk : column->chunks()) {
    const auto& days = static_cast<const arrow::Date32Array&>(*chunk);
    for (std::int64_t i = 0; i < days.length(); ++i) {
      MOMENTUM_CHECK(days.IsValid(i) && days.Value(i) > before);
      before = days.Value(i);
    }
  }
}

}  // namespace

void run(std::string_view bytes) {
  static const Scratch scratch;
  static const FixedClock clock(*make_date(2026, 11, 20));
  Input input(bytes);
  BarOptions options;
  const std::size_t forced = input.below(dialects().size() + 1);
  if (forced > 0) options.dialect = dialects()[forced - 1].name;
  const char* const name = kNames[input.below(kNames.size())];
  const std::size_t said = input.byte();
  options.code = kCodes[said % kCodes.size()];
  options.bare = kBare[said / kCodes.size() % kBare.size()];
  Context ctx;
  ctx.threads = 1;
  ctx.clock = &clock;
  const auto bars = read_bars(ctx, {scratch.write(name, input.rest())}, options);
  if (!bars) {
    const Category category = bars.error().category();
    MOMENTUM_CHECK(category == Category::bad_data || category == Category::usage || category == Category::limit);
    return;
  }
  const ReadSummary& sum = bars->summary;  // what adds up is checked where it is counted
  MOMENTUM_CHECK(sum.files == 1 && sum.quarantined == static_cast<std::int64_t>(bars->quarantine.size()));
  for (const InstrumentBars& instrument : bars->instruments) check_instrument(instrument);
}

}  // namespace momentum::fuzz
