#pragma once
// `momentum import`: vendors' files into a store, in one commit for the call.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "momentum/base/context.h"
#include "momentum/base/error.h"
#include "momentum/base/instrument.h"
#include "momentum/formats/foreign_file.h"
#include "momentum/sources/bar_reader.h"
#include "momentum/sources/bar_set.h"

namespace momentum::engine {

struct ImportRequest {
  std::string store;               // its folder; a store is made where there is none
  std::vector<std::string> files;  // files, folders, globs, archives
  std::string kind;                // "": bars; else a layout of sources::kind_layouts()
  std::string dialect;             // "": sniffed
  std::string code;                // for a file that names no instrument
  sources::BareCodes bare = sources::BareCodes::unknown;  // whose numbers without a market are
  formats::ForeignReader reader = {};  // of Parquet and HDF5 files among them
  bool minutes = false;            // bars of minutes
  bool named_by_begin = false;     // minutes named by the minute in which they begin
  bool replace = false;            // a bar, action or price limit that differs from the stored one replaces it
  bool dry_run = false;            // everything but writing; makes no store either
  bool strict = false;             // a quarantined row is an error, and nothing is stored
  std::chrono::milliseconds lock_wait{0};  // for another writer
  std::optional<std::string> storage;  // parquet hdf csv; of a new store
  std::optional<int> compression;      // of a new store; see compression_of() in store_info.h
  std::string tool_version;            // of the program, for a new store
};

// A stored bar, action or price limit that a file contradicts.
struct ContradictedBar {
  Instrument code;
  Date day;
  std::int32_t minute = -1;  // of a bar of a minute: after midnight
};

// The account of a call. Filled as far as the call came, also where it fails.
// rows in = stored + known + conflicting + corrected + summary.suspensions + summary.duplicates + summary.quarantined
struct ImportReport {
  // Of reading. Its own `stored` are the rows that the next four account for. A row of a kind table about an instrument
  // that the store does not have is among the quarantined; it has no line.
  sources::ReadSummary summary;
  std::vector<sources::Quarantined> quarantine;
  std::string dialect;  // that was read; empty for a kind
  std::string kind;
  bool accounted = false;  // whether the call came so far that the next four are known
  std::int64_t stored = 0;  // new bars; of a kind table: rows that told something new
  std::int64_t known = 0;  // there already
  std::int64_t conflicting = 0;  // another bar is stored, and was kept
  std::int64_t corrected = 0;  // another bar was stored, and was replaced
  std::vector<ContradictedBar> contradicted;  // the bars of the last two
  std::vector<Instrument> prepended;  // got bars before their first: every recurrence begins elsewhere now
  std::int64_t new_instruments = 0;
  std::int64_t snapshot = 0;  // 0: there is no store (a dry run)
  bool changed = false;  // a snapshot was made; on a dry run: would have been
  bool made_store = false;
};

// Bars of minutes: whose they are is told as for days. Nothing is derived from them: they are adjusted by the factors of the
// days, and sessions, names and suspensions are those of the days, too.
// Bars: whose they are is told by code, current or dated alias (identity); new instruments need a market in their code.
// Factor events are derived from preclose for what is new. Names, industries and the price basis are kept by date.
// Errors: those of reading; quarantined_rows (strict); unreadable_data (synthetic data and a real store, or the other way
// round; front-adjusted bars after stored ones); bad_code, ambiguous_code; bad_value (a storage or kind that nobody knows, a
// folder that is something else); those of opening and writing a store (docs/cli.md). After each of them the store is as it
// was; one that was made for the call stays, empty.
Result<void> import_files(const Context& ctx, const ImportRequest& request, ImportReport& report);

}  // namespace momentum::engine
