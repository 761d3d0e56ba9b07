#include "momentum/sources/bar_reader.h"

#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "bar_rows.h"
#include "bar_table.h"
#include "file_bars.h"
#include "momentum/base/parallel.h"
#include "momentum/base/progress.h"
#include "momentum/formats/file_feed.h"
#include "momentum/sources/dialect.h"
#include "momentum/sources/header.h"

namespace momentum::sources {
namespace {

struct PieceRef {
  std::size_t file;
  std::size_t piece;
};

using Groups = std::map<Instrument, std::vector<PieceRef>>;

// The answer for one instrument and what it adds to the account.
struct Finished {
  InstrumentBars bars;
  std::vector<Refusal> refusals;
  std::int64_t duplicates = 0;
};

// Near a limit files are read one by one: how much those in work take is known only once they are there. An archive grows to
// some ten times its size.
int readers(const Context& ctx, std::uint64_t bytes) {
  return ctx.memory_limit != 0 && bytes > ctx.memory_limit / 16 ? 1 : ctx.thread_count();
}

std::unexpected<Error> over_limit(const Context& ctx) {
  return fail(ErrorCode::too_large,
              fmt::format("the bars of these files need more memory than --memory-limit, {} MiB",
                          (ctx.memory_limit + (1 << 20) - 1) >> 20),
              {}, "allow more, or import them into a store, part by part");
}

// Every file, in the order of the paths; or the error of the first file that has one. `stores`: those left out.
Result<std::vector<FileBars>> read_files(const Context& ctx, const std::vector<std::string>& paths,
                                         const Choices& choices, std::vector<std::string>& stores) {
  MOMENTUM_TRY(const auto feed, formats::FileFeed::open(paths));
  stores = feed->stores();
  Progress progress(ctx.progress, "reading", feed->total_bytes());
  std::mutex mutex;
  std::vector<std::vector<FileBars>> files;  // each one's, none of them empty
  std::optional<std::pair<std::size_t, Error>> first_error;
  std::size_t kept = 0;  // by the files that are read
  const auto fits = [&](std::size_t more) -> Result<void> {
    const std::lock_guard lock(mutex);
    if (ctx.memory_limit != 0 && kept + more > ctx.memory_limit) return over_limit(ctx);
    return {};
  };

  // Each worker takes files until there are none. Files are handed out in order, so when one fails all before it are already
  // in somebody's hands: the smallest failing ordinal does not depend on the number of threads.
  const auto work = [&](std::size_t) -> Result<void> {
    while (!ctx.cancelled()) {
      formats::FileBytes file;
      auto got = feed->next(file);
      if (got && !*got) return {};
      const std::size_t ordinal = file.ordinal;
      const std::uint64_t read = file.read;
      auto bars = got ? read_file(std::move(file), choices, fits)
                      : Result<std::vector<FileBars>>(std::unexpected(std::move(got).error()));
      progress.advance(read);
      const std::lock_guard lock(mutex);
      if (bars) {
        for (const FileBars& one : *bars) kept += kept_bytes(one);
        files.push_back(*std::move(bars));
        continue;
      }
      feed->stop();
      if (!first_error || ordinal < first_error->first) first_error = {ordinal, std::move(bars).error()};
    }
    return Context::interrupted();
  };
  MOMENTUM_TRY_VOID(parallel_for(ctx, static_cast<std::size_t>(readers(ctx, feed->total_bytes())), work));
  if (first_error) return std::unexpected(std::move(first_error->second));
  std::ranges::sort(files, {}, [](const std::vector<FileBars>& file) { return file.front().file; });
  std::vector<FileBars> out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    MOMENTUM_CHECK(files[i].front().file == i);
    for (FileBars& one : files[i]) {
      set_ordinal(one, out.size());
      out.push_back(std::move(one));
    }
  }
  return out;
}

// The first file with rows, whose dialect, price basis and mark of synthetic data all others with rows share.
Result<const FileBars*> pattern_of(const std::vector<FileBars>& files) {
  const FileBars* first = nullptr;
  for (const FileBars& file : files) {
    if (file.rows_in == 0) continue;
    if (first == nullptr) first = &file;
    if (file.dialect != first->dialect) {
      return fail(ErrorCode::unknown_dialect, "files of two dialects",
                  fmt::format("{} is {}, {} is {}", first->name, first->dialect->name, file.name, file.dialect->name),
                  "read them one dialect at a time");
    }
    if (file.synthetic != first->synthetic) {
      const auto [marked, unmarked] = file.synthetic ? std::pair(&file, first) : std::pair(first, &file);
      return fail(ErrorCode::unreadable_data, "synthetic data among other data",
                  fmt::format("{} says that it is synthetic, {} does not", marked->name, unmarked->name),
                  "read them apart");
    }
    if (file.price_basis != first->price_basis) {
      return fail(ErrorCode::unreadable_data, "prices of two kinds",
                  fmt::format("{} is {}, {} is {}", first->name, first->price_basis, file.name, file.price_basis),
                  "read them apart");
    }
  }
  if (first == nullptr) {
    return fail(ErrorCode::empty_input, "no rows",
                files.size() == 1 ? files.front().name : fmt::format("{} files", files.size()),
                "name files that hold bars");
  }
  return first;
}

// The words that all pieces of an instrument share, and where each is.
struct SharedWords {
  Words words;
  std::array<std::map<std::string, std::int32_t, std::less<>>, kTexts> index;
};

// Rows of a piece as they were before it became columns, their texts now from `shared`.
void append_rows(const FileBars& file, const Piece& piece, SharedWords& shared, ValueStore& store,
                 std::vector<Row>& rows) {
  // Sized by the piece's words, not the file's: a file of all instruments names each of them.
  std::array<std::unordered_map<std::int32_t, std::int32_t>, kTexts> moved;
  const auto move = [&](std::size_t text, std::int32_t from) {
    if (from < 0) return from;
    const auto [to, is_first] = moved[text].try_emplace(from, -1);
    if (is_first) {
      std::vector<std::string>& words = shared.words[text];
      const std::string& word = file.words[text][static_cast<std::size_t>(from)];
      const auto [at, is_new] = shared.index[text].try_emplace(word, static_cast<std::int32_t>(words.size()));
      if (is_new) words.push_back(word);
      to->second = at->second;
    }
    return to->second;
  };
  const auto add = [&](Row row) {
    row.file = static_cast<std::uint32_t>(file.ordinal);
    for (std::size_t text = 0; text < kTexts; ++text) row.texts[text] = move(text, row.texts[text]);
    rows.push_back(row);
  };
  for (std::size_t i = piece.begin; i < piece.end; ++i) add(file.columns.row(i, store));
  for (const Row& row : piece.suspended) add(row);
}

// 600001 beside 600001.SH would be one company twice; beside 000001.SZ and 000001.SH, nobody knows which.
Result<void> check_markets(const std::vector<FileBars>& files, const Groups& groups) {
  // Ascending by symbol, then by market, of which none is the first.
  for (auto bare = groups.begin(); bare != groups.end(); ++bare) {
    const auto next = std::next(bare);
    if (next == groups.end()) break;
    if (bare->first.market != Market::none || bare->first.symbol != next->first.symbol) continue;
    const auto described = [&](const auto& group) {
      return fmt::format("{} in {}", to_string(group.first), files[group.second.front().file].name);
    };
    return fail(ErrorCode::ambiguous_code, "one code with a market and without",
                fmt::format("{}, {}", described(*bare), described(*next)),
                fmt::format("name the market everywhere, in the files' names or in a code column, like {}",
                            to_string(next->first)));
  }
  return {};
}

// The words that these rows have, out of those of their file; the rows then mean these.
Words own_words(BarColumns& columns, const Words& of_file) {
  Words out;
  for (std::size_t text = 0; text < kTexts; ++text) {
    std::unordered_map<std::int32_t, std::int32_t> moved;
    for (std::int32_t& word : columns.texts[text]) {
      if (word < 0) continue;
      const auto [to, is_first] = moved.try_emplace(word, static_cast<std::int32_t>(out[text].size()));
      if (is_first) out[text].push_back(of_file[text][static_cast<std::size_t>(word)]);
      word = to->second;
    }
  }
  return out;
}

void sort_days(std::vector<Date>& days) {
  std::ranges::sort(days);
  days.erase(std::unique(days.begin(), days.end()), days.end());
}

Finished finish(std::vector<FileBars>& files, const std::vector<PieceRef>& refs, ColumnSet shown) {
  Finished out;
  for (const PieceRef& ref : refs) {
    Piece& piece = files[ref.file].pieces[ref.piece];
    out.bars.id = piece.id;
    out.bars.quarantined.insert(out.bars.quarantined.end(), piece.refused_days.begin(), piece.refused_days.end());
  }
  FileBars& only = files[refs.front().file];
  if (refs.size() == 1) {
    // All of it is in one file, and settled there.
    const Piece& piece = only.pieces[refs.front().piece];
    for (const Row& row : piece.suspended) out.bars.suspended.push_back(row.date);
    if (only.pieces.size() == 1) {
      out.bars.bars = make_table(std::move(only.columns), only.words, shown);  // the usual case, without a copy
    } else {
      BarColumns columns = only.columns.slice(piece.begin, piece.end);
      const Words words = own_words(columns, only.words);
      out.bars.bars = make_table(std::move(columns), words, shown);
    }
    sort_days(out.bars.quarantined);
    return out;
  }
  std::vector<Row> rows;
  SharedWords shared;
  ValueStore store;
  for (const PieceRef& ref : refs) append_rows(files[ref.file], files[ref.file].pieces[ref.piece], shared, store, rows);
  Settled settled = settle(std::move(rows), store);
  BarColumns columns;
  columns.of_minutes = only.columns.of_minutes;
  for (const Row& row : settled.bars) columns.columns |= row.columns;
  columns.reserve(settled.bars.size());
  columns.append(settled.bars);
  for (const Row& row : settled.suspended) out.bars.suspended.push_back(row.date);
  for (const Row& row : settled.refused) {
    out.refusals.push_back(conflict(row, files[row.file].date_heading));
    out.bars.quarantined.push_back(row.date);
  }
  out.duplicates = settled.duplicates;
  out.bars.bars = make_table(std::move(columns), shared.words, shown);
  sort_days(out.bars.quarantined);
  return out;
}

Quarantined reported(Refusal refusal, const std::vector<FileBars>& files) {
  std::string reason(to_string(refusal.reason));
  if (refusal.reason == Reason::conflict || refusal.reason == Reason::minute_conflict)
    reason = fmt::format("two different rows for {}", refusal.value);
  return {files[refusal.file].name, refusal.line, std::move(refusal.column), std::move(refusal.value),
          std::move(reason)};
}

void account(const std::vector<FileBars>& files, std::vector<Refusal> refusals, BarSet& out) {
  std::ranges::stable_sort(refusals, {}, [](const Refusal& r) { return std::pair(r.file, r.line); });
  ReadSummary& sum = out.summary;
  for (Refusal& refusal : refusals) {
    ++sum.quarantined_by_reason[std::string(to_string(refusal.reason))];
    out.quarantine.push_back(reported(std::move(refusal), files));
  }
  sum.quarantined = static_cast<std::int64_t>(out.quarantine.size());
  sum.files = static_cast<std::int64_t>(files.back().file) + 1;
  for (const FileBars& file : files) {
    if (file.rows_in == 0) sum.empty_files.push_back(file.name);
    sum.rows_in += file.rows_in;
  }
  for (const InstrumentBars& instrument : out.instruments) {
    sum.stored += instrument.bars->num_rows();
    sum.suspensions += static_cast<std::int64_t>(instrument.suspended.size());
  }
  MOMENTUM_CHECK(sum.rows_in == sum.stored + sum.duplicates + sum.suspensions + sum.quarantined);
}

}  // namespace

Result<BarSet> read_bars(const Context& ctx, const std::vector<std::string>& paths, const BarOptions& options) {
  Choices choices;
  choices.today = ctx.clock->today();
  choices.bare = options.bare;
  choices.minutes = options.minutes;
  choices.named_by_begin = options.named_by_begin;
  choices.reader = options.reader;
  if (!options.dialect.empty()) {
    choices.forced = find_dialect(options.dialect);
    if (choices.forced == nullptr) {
      return fail(ErrorCode::unknown_dialect, "no such dialect", options.dialect,
                  fmt::format("known dialects: {}", dialect_names()));
    }
  }
  if (!options.code.empty()) {
    MOMENTUM_TRY(choices.given, parse_code(options.code));
  }
  BarSet out;
  MOMENTUM_TRY(std::vector<FileBars> files, read_files(ctx, paths, choices, out.summary.stores));
  MOMENTUM_TRY(const FileBars* const pattern, pattern_of(files));
  const Dialect* const dialect = pattern->dialect;

  out.minutes = options.minutes;
  out.dialect = dialect->name;
  out.gaps_are_suspensions = dialect->gaps_are_suspensions;
  out.factors_from = dialect->factors_from;
  out.price_basis = pattern->price_basis;
  out.synthetic = pattern->synthetic;
  // One schema for the whole set: the columns that any file has.
  ColumnSet shown = 0;
  Groups groups;
  std::vector<Refusal> refusals;
  std::size_t kept = 0;
  for (std::size_t f = 0; f < files.size(); ++f) {
    kept += kept_bytes(files[f]);
    shown |= files[f].columns.columns;
    for (std::size_t p = 0; p < files[f].pieces.size(); ++p) groups[files[f].pieces[p].id].push_back({f, p});
    std::ranges::move(files[f].refusals, std::back_inserter(refusals));
    out.summary.duplicates += files[f].duplicates;
  }
  for (std::size_t i = 0; i <= kVolume; ++i) shown |= value_bit(i);
  MOMENTUM_TRY_VOID(check_markets(files, groups));
  // Rows that are not a file of their own are copied.
  const bool copied = std::ranges::any_of(groups, [&](const auto& group) {
    return group.second.size() > 1 || files[group.second.front().file].pieces.size() > 1;
  });
  if (ctx.memory_limit != 0 && kept * (copied ? 2 : 1) > ctx.memory_limit) return over_limit(ctx);

  std::vector<const std::vector<PieceRef>*> work;
  for (const auto& [id, refs] : groups) work.push_back(&refs);
  std::vector<Finished> finished(work.size());
  MOMENTUM_TRY_VOID(parallel_for(ctx, work.size(), [&](std::size_t i) -> Result<void> {
    finished[i] = finish(files, *work[i], shown);
    return {};
  }));
  for (Finished& one : finished) {
    std::ranges::move(one.refusals, std::back_inserter(refusals));
    out.summary.duplicates += one.duplicates;
    out.instruments.push_back(std::move(one.bars));
  }
  account(files, std::move(refusals), out);
  return out;
}

}  // namespace momentum::sources
