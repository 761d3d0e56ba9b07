// The upkeep of a store: its log, what changed, what is kept, and whether it is well.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "filled_label.h"
#include "momentum/engine/store_diff.h"
#include "momentum/report/csv_writer.h"
#include "momentum/report/grid.h"
#include "momentum/report/json_writer.h"
#include "momentum/report/labels.h"
#include "momentum/report/number.h"
#include "momentum/report/text_width.h"
#include "session.h"
#include "store_health.h"

namespace momentum::cli {
namespace {

using report::Text;
using store::Keep;

std::string_view word_of(Keep why) {
  switch (why) {
    case Keep::newest: return "newest";
    case Keep::pinned: return "pinned";
    case Keep::before_correction: return "before_correction";
    case Keep::month_end: return "month_end";
    case Keep::grace: return "grace";
    case Keep::expired: return "expired";
    case Keep::dropped: break;
  }
  return "dropped";
}

std::string kept_text(const engine::LogLine& line, report::Lang lang) {
  switch (line.kept.why) {
    case Keep::newest: return std::string(report::text(Text::keep_newest, lang));
    case Keep::pinned: {
      const std::string& note = line.entry.pin_note;
      return fmt::format("{}{}{}", report::text(Text::keep_pinned, lang), note.empty() ? "" : ": ", note);
    }
    case Keep::before_correction: return std::string(report::text(Text::keep_before_correction, lang));
    case Keep::month_end: return std::string(report::text(Text::keep_month_end, lang));
    case Keep::grace: return filled(Text::keep_grace, lang, catalog::time_text(line.kept.until));
    case Keep::expired: return std::string(report::text(Text::keep_expired, lang));
    case Keep::dropped: break;
  }
  return filled(Text::keep_dropped, lang, catalog::time_text(line.entry.dropped.value_or(catalog::Time{})));
}

// Rows of a dataset in the state. A copy that an older program published does not tell them apart: all count as days.
std::string rows_of(const catalog::LogEntry& entry, std::string_view dataset) {
  const bool told = !entry.datasets.empty() || entry.snapshot.counts.rows == 0;
  if (!told) return dataset == "daily" ? std::to_string(entry.snapshot.counts.rows) : std::string();
  const auto at = std::ranges::find(entry.datasets, dataset, &catalog::DatasetRows::dataset);
  return std::to_string(at == entry.datasets.end() ? 0 : at->rows);
}

// Of which bars a commit has written some; the counts of its account are of these.
std::string datasets_of(const catalog::LogEntry& entry) {
  std::string out;
  for (const catalog::DatasetRows& one : entry.datasets)
    if (one.added) out += (out.empty() ? "" : ";") + one.dataset;
  return out;
}

// A row of the log under its keys; "" is missing.
std::vector<std::pair<std::string_view, std::string>> log_row(const engine::LogLine& line) {
  const catalog::Snapshot& snapshot = line.entry.snapshot;
  const auto count = [&](std::int64_t catalog::Account::* member) {
    return snapshot.account ? std::to_string((*snapshot.account).*member) : std::string();
  };
  const auto time = [](const std::optional<catalog::Time>& when) {
    return when ? catalog::time_text(*when) : std::string();
  };
  return {{"snapshot", std::to_string(snapshot.id)},
          {"created", catalog::time_text(snapshot.created)},
          {"op", snapshot.op},
          {"note", snapshot.note},
          {"added", count(&catalog::Account::added)},
          {"corrected", count(&catalog::Account::corrected)},
          {"filled", count(&catalog::Account::filled)},
          {"revised", count(&catalog::Account::revised)},
          {"instruments", std::to_string(snapshot.counts.instruments)},
          {"bars", rows_of(line.entry, "daily")},
          {"files", std::to_string(snapshot.counts.files)},
          {"bytes", std::to_string(snapshot.counts.bytes)},
          {"files_added", std::to_string(line.entry.files_added)},
          {"files_ended", std::to_string(line.entry.files_ended)},
          {"kept", std::string(word_of(line.kept.why))},
          {"kept_until", line.kept.why == Keep::grace ? catalog::time_text(line.kept.until) : ""},
          {"pinned", time(line.entry.pinned)},
          {"pin_note", line.entry.pin_note},
          {"dropped", time(line.entry.dropped)},
          {"dataset", datasets_of(line.entry)},
          {"minutes", rows_of(line.entry, "minute")}};
}

constexpr std::string_view kNumbers[] = {"snapshot", "added", "corrected", "filled",      "revised",     "instruments",
                                         "bars",     "files", "bytes",     "files_added", "files_ended", "minutes"};

std::string log_csv(const std::vector<engine::LogLine>& log) {
  std::string out;
  report::CsvWriter csv(out);
  for (const auto& [key, text] : log_row(log.front())) csv.field(key);
  csv.end_row();
  for (const engine::LogLine& line : log) {
    for (const auto& [key, text] : log_row(line)) csv.field(text);
    csv.end_row();
  }
  return out;
}

std::string log_json(const std::vector<engine::LogLine>& log, const std::string& folder) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_object().key("store").text(folder).key("snapshots").begin_array();
  for (const engine::LogLine& line : log) {
    json.line_break().begin_object();
    for (const auto& [key, text] : log_row(line)) {
      json.key(key);
      const bool number = std::ranges::find(kNumbers, key) != std::end(kNumbers) && !text.empty();
      number ? json.integer(std::stoll(text)) : json.text_or_null(text);
    }
    json.end_object();
  }
  json.end_array().end_object();
  return out + "\n";
}

report::Grid grid_with(const std::vector<std::pair<Text, bool>>& titles, report::Lang lang) {
  report::Grid grid;
  for (const auto& [title, right] : titles)
    grid.columns.push_back({.title = std::string(report::text(title, lang)), .right = right});
  return grid;
}

void add_row(report::Grid& grid, const std::vector<std::string>& cells) {
  grid.rows.emplace_back();
  for (const std::string& cell : cells) grid.rows.back().push_back({report::printable(cell)});
}

std::string text_of(const report::Grid& grid, const report::TableStyle& style) {
  return report::lay_out(grid, static_cast<std::size_t>(style.width), style.color).text;
}

std::string log_text(const std::vector<engine::LogLine>& log, const report::TableStyle& style) {
  report::Grid grid = grid_with({{Text::snapshot, true},
                                 {Text::when, false},
                                 {Text::operation, false},
                                 {Text::added, true},
                                 {Text::changed, true},
                                 {Text::files, true},
                                 {Text::kept, false},
                                 {Text::note, false}},
                                style.lang);
  for (const engine::LogLine& line : log) {
    if (grid.rows.size() == style.rows) break;
    const catalog::Snapshot& snapshot = line.entry.snapshot;
    const auto account = snapshot.account;
    const std::string dataset = datasets_of(line.entry);
    const auto count = [&](std::int64_t bars) {
      return bars == 0 || dataset.empty() || dataset == "daily" ? report::grouped(bars)
                                                                : fmt::format("{}: {}", dataset, report::grouped(bars));
    };
    add_row(grid, {std::to_string(snapshot.id), catalog::time_text(snapshot.created), snapshot.op,
                   account ? count(account->added) : "-", account ? count(account->corrected + account->filled) : "-",
                   fmt::format("{} (+{} -{})", snapshot.counts.files, line.entry.files_added, line.entry.files_ended),
                   kept_text(line, style.lang), snapshot.note});
  }
  std::string out = text_of(grid, style);
  if (log.size() > grid.rows.size())
    out +=
        filled(Text::and_more, style.lang, report::grouped(static_cast<std::int64_t>(log.size() - grid.rows.size()))) +
        "\n";
  return out;
}

// The first rows of a difference, those that change what was there before those that are only new.
class FirstRows {
 public:
  explicit FirstRows(std::size_t most) : most_(most) {}
  void take(const engine::Difference& difference) {
    auto& to = difference.change == "added" ? added_ : changed_;
    if (to.size() < most_) to.push_back(difference);
  }
  std::vector<engine::Difference> rows() const {
    std::vector<engine::Difference> out = changed_;
    for (std::size_t i = 0; i < added_.size() && out.size() < most_; ++i) out.push_back(added_[i]);
    return out;
  }

 private:
  std::size_t most_;
  std::vector<engine::Difference> changed_, added_;
};

std::string diff_text(const engine::DiffSummary& summary, const FirstRows& first, const report::TableStyle& style) {
  std::string counts;
  std::int64_t all = 0;
  for (const auto& [what, count] : summary.counts) {
    counts += fmt::format("{}{}: {}", counts.empty() ? "" : report::text(Text::list_separator, style.lang), what,
                          report::grouped(count));
    all += count;
  }
  if (counts.empty()) counts = report::text(Text::no_difference, style.lang);
  std::string out = fmt::format("{} {} -> {}: {}\n", report::text(Text::snapshot, style.lang), summary.before.id,
                                summary.after.id, counts);
  if (all == 0) return out;
  report::Grid grid = grid_with({{Text::what, false},
                                 {Text::code, false},
                                 {Text::date, false},
                                 {Text::change_of, false},
                                 {Text::field, false},
                                 {Text::before, true},
                                 {Text::after, true}},
                                style.lang);
  const std::vector<engine::Difference> rows = first.rows();
  for (const engine::Difference& row : rows)
    add_row(grid, {std::string(row.what), row.code, to_string(row.date), std::string(row.change), row.field, row.before,
                   row.after});
  return out + "\n" + text_of(grid, style);
}

void add_difference(report::JsonWriter& json, const engine::Difference& row) {
  json.line_break().begin_object();
  json.key("what").text(row.what).key("code").text(row.code).key("date").text_or_null(to_string(row.date));
  json.key("change").text(row.change).key("field").text_or_null(row.field);
  json.key("before").text_or_null(row.before).key("after").text_or_null(row.after);
  json.end_object();
}

void add_difference(report::CsvWriter& csv, const engine::Difference& row) {
  csv.field(row.what).field(row.code).field(to_string(row.date)).field(row.change).field(row.field);
  csv.field(row.before).field(row.after).end_row();
}

void add_findings(report::JsonWriter& json, const std::vector<Error>& findings) {
  json.key("findings").begin_array();
  for (const Error& finding : findings) {
    json.line_break().begin_object();
    json.key("number").integer(finding.number());
    json.key("what").text(finding.what).key("where").text_or_null(finding.where);
    json.end_object();
  }
  json.end_array();
}

// What is printed is the result; that there is anything to print is the failure.
Result<void> fail_for(const std::vector<Error>& findings, const std::string& folder, const char* remedy) {
  if (findings.empty()) return {};
  return fail(ErrorCode::damaged_store,
              fmt::format("{} {}", findings.size(), findings.size() == 1 ? "finding" : "findings"), folder, remedy);
}

std::string findings_text(const std::vector<Error>& findings) {
  std::string out;
  for (const Error& finding : findings)
    out += report::printable(finding.where.empty() ? finding.what : finding.what + ": " + finding.where) + "\n";
  return out;
}

}  // namespace

Result<void> run_store_log(Session& session) {
  const std::string folder = session.store();
  MOMENTUM_TRY(const std::vector<engine::LogLine> log, engine::store_log(session.ctx, folder));
  switch (session.format()) {
    case report::Format::json: return session.emit(log_json(log, folder));
    case report::Format::csv: return session.emit(log_csv(log));
    case report::Format::table:
    case report::Format::parquet: break;
  }
  return session.emit(log_text(log, session.style()));
}

Result<void> run_store_diff(Session& session) {
  const UpkeepOptions& asked = session.options.upkeep;
  const report::TableStyle style = session.style();
  const report::Format format = session.format();
  FirstRows first(style.rows);
  std::string rows, body;
  report::CsvWriter csv(rows);
  if (format == report::Format::csv) {
    for (const char* key : {"what", "code", "date", "change", "field", "before", "after"}) csv.field(key);
    csv.end_row();
  }
  report::JsonWriter json(body);
  json.begin_array();
  MOMENTUM_TRY(const engine::DiffSummary summary,
               engine::diff_store(session.ctx, session.store(), asked.first, asked.second,
                                  [&](const engine::Difference& difference) {
                                    switch (format) {
                                      case report::Format::csv: return add_difference(csv, difference);
                                      case report::Format::json: return add_difference(json, difference);
                                      case report::Format::table:
                                      case report::Format::parquet: return first.take(difference);
                                    }
                                  }));
  if (format == report::Format::csv) return session.emit(rows);
  if (format == report::Format::table) return session.emit(diff_text(summary, first, style));
  json.end_array();
  std::string out;
  report::JsonWriter head(out);
  head.begin_object().key("before").integer(summary.before.id).key("after").integer(summary.after.id);
  head.key("counts").begin_object();
  for (const auto& [what, count] : summary.counts) head.key(what).integer(count);
  head.end_object();
  head.end_object();
  out.pop_back();  // the brace that closes
  return session.emit(fmt::format("{},\"changes\":{}}}\n", out, body));
}

Result<void> run_store_pin(Session& session) {
  const UpkeepOptions& asked = session.options.upkeep;
  MOMENTUM_TRY_VOID(engine::pin_snapshot(session.ctx, session.store(), asked.first, asked.note, asked.lock_wait));
  session.say(filled(Text::pinned, session.lang, asked.first));
  return {};
}

Result<void> run_store_unpin(Session& session) {
  const UpkeepOptions& asked = session.options.upkeep;
  MOMENTUM_TRY_VOID(engine::unpin_snapshot(session.ctx, session.store(), asked.first, asked.lock_wait));
  session.say(filled(Text::unpinned, session.lang, asked.first));
  return {};
}

Result<void> run_store_gc(Session& session) {
  const UpkeepOptions& asked = session.options.upkeep;
  const engine::GcRequest request{
      .store = session.store(), .grace = asked.grace, .dry_run = asked.dry_run, .lock_wait = asked.lock_wait};
  MOMENTUM_TRY(const store::GcPlan done, engine::collect_garbage(session.ctx, request));
  session.say(filled(asked.dry_run ? Text::gc_would : Text::gc_done, session.lang,
                     report::grouped(static_cast<std::int64_t>(done.snapshots.size())),
                     report::grouped(static_cast<std::int64_t>(done.files.size())), size_text(done.bytes),
                     report::grouped(done.kept)));
  if (session.options.format != report::Format::json) return {};
  std::string out;
  report::JsonWriter json(out);
  json.begin_object().key("store").text(request.store).key("dry_run").boolean(asked.dry_run);
  json.key("dropped").begin_array();
  for (const catalog::SnapshotId snapshot : done.snapshots) json.integer(snapshot);
  json.end_array().key("removed").begin_array();
  for (const catalog::Garbage& file : done.files) json.text(file.path);
  json.end_array().key("bytes").integer(done.bytes).key("kept").integer(done.kept).end_object();
  return session.emit(out + "\n");
}

Result<void> run_store_compact(Session& session) {
  MOMENTUM_TRY(const store::Compaction done,
               engine::compact_store(session.ctx, session.store(), session.options.upkeep.lock_wait));
  session.say(done.changed
                  ? filled(Text::compacted, session.lang, done.snapshot.id, done.files_after, done.files_before)
                  : filled(Text::nothing_to_compact, session.lang, done.snapshot.id));
  if (session.options.format != report::Format::json) return {};
  std::string out;
  report::JsonWriter json(out);
  json.begin_object().key("store").text(session.store()).key("snapshot").integer(done.snapshot.id);
  json.key("changed").boolean(done.changed);
  json.key("files_before").integer(done.files_before).key("files_after").integer(done.files_after);
  json.key("bytes_before").integer(done.bytes_before).key("bytes_after").integer(done.bytes_after).end_object();
  return session.emit(out + "\n");
}

Result<void> run_store_verify(Session& session) {
  const std::string folder = session.store();
  MOMENTUM_TRY(const engine::VerifyReport done,
               engine::verify_store(session.ctx, folder, session.options.snapshot, session.options.upkeep.deep));
  if (session.options.format == report::Format::json) {
    std::string out;
    report::JsonWriter json(out);
    json.begin_object().key("store").text(folder).key("snapshot").integer(done.snapshot);
    json.key("deep").boolean(done.deep).key("well").boolean(done.findings.empty());
    json.key("files").integer(done.files).key("older_files").integer(done.older_files);
    json.key("rows").integer(done.rows).key("bytes").integer(done.bytes);
    add_findings(json, done.findings);
    json.end_object();
    MOMENTUM_TRY_VOID(session.emit(out + "\n"));
  } else {
    const std::string looked =
        filled(Text::verify_looked, session.lang, done.snapshot, report::grouped(done.files),
               report::grouped(done.rows), size_text(done.bytes), report::grouped(done.older_files));
    const std::string verdict = done.findings.empty()
                                    ? std::string(report::text(Text::verify_well, session.lang))
                                    : filled(Text::verify_findings, session.lang, done.findings.size());
    MOMENTUM_TRY_VOID(session.emit(fmt::format("{}: {}\n{}", looked, verdict, findings_text(done.findings))));
  }
  return fail_for(done.findings, folder, "momentum store repair for the catalog; restore data files from a copy");
}

Result<void> run_store_repair(Session& session) {
  const std::string folder = session.store();
  MOMENTUM_TRY(const store::Repair done, engine::repair_store(session.ctx, folder, session.options.upkeep.lock_wait));
  session.say(filled(done.rebuilt ? Text::repair_done : Text::repair_well, session.lang, done.snapshot.id));
  for (const std::string& path : done.aside)
    session.say(report::printable(filled(Text::moved_aside, session.lang, path)));
  if (session.options.format == report::Format::json) {
    std::string out;
    report::JsonWriter json(out);
    json.begin_object().key("store").text(folder).key("rebuilt").boolean(done.rebuilt);
    json.key("reason").text_or_null(done.rebuilt ? done.reason.what : "");
    json.key("records").integer(done.records).key("snapshot").integer(done.snapshot.id);
    json.key("aside").begin_array();
    for (const std::string& path : done.aside) json.text(path);
    json.end_array();
    add_findings(json, done.problems);
    json.end_object();
    MOMENTUM_TRY_VOID(session.emit(out + "\n"));
  } else if (!done.problems.empty()) {
    MOMENTUM_TRY_VOID(session.emit(findings_text(done.problems)));
  }
  return fail_for(done.problems, folder, "restore these files from a copy of the store");
}

Result<void> run_store_publish(Session& session) {
  const UpkeepOptions& asked = session.options.upkeep;
  engine::PublishRequest request{.store = session.store(), .to = asked.to, .grace = asked.grace};
  if (session.options.snapshot != 0) request.snapshot = session.options.snapshot;
  MOMENTUM_TRY(const store::Publication done, engine::publish_store(session.ctx, request));
  session.say(report::printable(done.changed || done.files_copied > 0
                                    ? filled(Text::published, session.lang, done.snapshot, request.to,
                                             report::grouped(done.files_copied), size_text(done.bytes_copied),
                                             report::grouped(done.files), report::grouped(done.files_removed))
                                    : filled(Text::published_already, session.lang, done.snapshot, request.to)));
  if (session.options.format != report::Format::json) return {};
  std::string out;
  report::JsonWriter json(out);
  json.begin_object().key("store").text(request.store).key("published").text(request.to);
  json.key("snapshot").integer(done.snapshot).key("changed").boolean(done.changed);
  json.key("files").integer(done.files).key("bytes").integer(done.bytes);
  json.key("files_copied").integer(done.files_copied).key("bytes_copied").integer(done.bytes_copied);
  json.key("files_removed").integer(done.files_removed).end_object();
  return session.emit(out + "\n");
}

}  // namespace momentum::cli
