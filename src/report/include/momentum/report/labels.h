#pragma once
// Every text that a person reads in a table, an explanation or a summary, in both languages. CSV and JSON keys are not
// here: they never change with the language.

#include <cstdint>
#include <string_view>

#include "momentum/report/style.h"
#include "momentum/score/record.h"

namespace momentum::report {

enum class Text : std::uint8_t {
  // headings of the scan table
  rank,
  code,
  name,
  score,
  close,
  change,
  momentum_20,
  rsi,
  trend_line,
  volume_ratio,
  amount,
  industry,
  part_momentum,
  part_averages,
  part_macd,
  part_rsi,
  part_volume,
  part_trend,
  macd_hist,
  board,
  flags,
  status,
  reason,
  as_of,
  bars,
  // header line
  coverage,
  profile,
  prices,
  history,
  numerics,
  asked_for,
  snapshot,
  // under the table
  more_rows,
  unranked,
  filtered,
  delisted,
  left_out,
  left_out_remedy,
  earlier_rows,
  nothing_ranked,
  list_separator,
  // explanation
  first_bar,
  rank_of,
  part,
  points,
  total,
  before_rounding,
  no_score,
  macd_word,
  last_closes,
  flag_count,
  flag_span,
  // the rules of an explanation
  days_short,
  rule_momentum_end,
  signal,
  value_before,
  golden_cross,
  no_golden_cross,
  not_so_before,
  so_before,
  volume_to_mean,
  volume_change,
  trend,
  date,
  // account of reading
  read_files,
  rows_in,
  stored,
  duplicates,
  suspensions,
  quarantined,
  empty_files,
  and_more_quarantined,
  no_factors,
  // account of an import
  already_there,
  conflicting,
  corrected,
  differs_kept,
  differs_replaced,
  and_more,
  prepended,
  nothing_new,
  new_snapshot,
  new_instruments,
  dry_run_new,
  dry_run_nothing,
  made_store,
  demo_made,
  // what was done to a store
  when,
  operation,
  added,
  changed,
  kept,
  note,
  what,
  change_of,
  field,
  before,
  after,
  keep_newest,
  keep_pinned,
  keep_before_correction,
  keep_month_end,
  keep_grace,
  keep_expired,
  keep_dropped,
  pinned,
  unpinned,
  gc_done,
  gc_would,
  compacted,
  nothing_to_compact,
  no_difference,
  verify_looked,
  verify_well,
  verify_findings,
  repair_well,
  repair_done,
  moved_aside,
  // what a store is
  store,
  data,
  size,
  factors,
  sessions,
  level,
  files,
  rows,
  bytes,
  bytes_a_bar,
  column,
  form,
  encoding,
  codec,
  instruments_and_bars,
  factor_count,
  sessions_count,
  // note of synthetic data: the same in both languages
  synthetic,
  count_
};

std::string_view text(Text which, Lang lang) noexcept;
// 历史不足; in English the status itself (too_few_bars), since that is what CSV and JSON say.
std::string_view text(score::Status status, Lang lang) noexcept;
// The same for a status by its name, as Scan::Statistics counts them; an unknown name is returned as it is.
std::string_view status_text(std::string_view status_name, Lang lang) noexcept;

}  // namespace momentum::report
