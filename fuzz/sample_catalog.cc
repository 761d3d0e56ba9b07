#include "sample_catalog.h"

#include <sqlite3.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "catalog/sample_change.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/packed.h"
#include "packed_text.h"
#include "sqlite_in_haste.h"
#include "words_internal.h"

namespace momentum::fuzz {
namespace {

using namespace catalog;

// What the check of a row is taken of, in this order (docs/formats.md), by a letter for each column: i integer, n number,
// t text, r real, d day, b blob, k kind of instrument, l level of file, u bucket.
struct Table {
  const char* name;
  const char* key;
  std::vector<std::string> columns;
  std::string_view letters;
};
const std::vector<Table> kTables = {
    {"store",
     "id",
     {"uuid", "created", "buckets", "storage", "compression", "synthetic", "arguments", "tool_version"},
     "tiitintt"},
    {"snapshot",
     "id",
     {"id", "parent", "created", "op", "note", "instruments", "files", "rows", "bytes", "days"},
     "iiittiiiii"},
    {"instrument",
     "end_snapshot, id",
     {"id", "symbol", "market", "kind", "board", "currency", "tick", "gaps_are_suspensions", "factors_from", "history"},
     "ittkttrndb"},
    {"file",
     "id",
     {"id", "dataset", "path", "level", "bucket", "rows", "bytes", "checksum", "first", "last", "columns", "row_groups",
      "extents"},
     "ittluiinddbbb"},
    {"market_days", "end_snapshot, kind, market, year", {"kind", "market", "year", "days"}, "ttib"},
    {"price_limits", "end_snapshot, day", {"day", "entries", "limits"}, "dib"},
    {"limits_total", "snapshot", {"snapshot", "entries"}, "ii"},
    {"account", "snapshot", {"snapshot", "added", "corrected", "filled", "revised"}, "iiiii"},
    {"pin", "snapshot", {"snapshot", "pinned", "note"}, "iit"},
    {"dropped", "snapshot", {"snapshot", "dropped"}, "ii"},
};
// Columns that no check is taken of.
constexpr std::array kOthers = {"begin_snapshot", "end_snapshot", "removed"};

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Close>;
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

Prepared prepare(const Handle& database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database.get(), sql.c_str(), -1, &statement, nullptr);
  return Prepared(statement);  // none: no such column in this table
}

std::string_view text_in(sqlite3_stmt* row, int column) {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

std::uint64_t check_of_row(sqlite3_stmt* row, std::string_view letters) {
  PackedWriter out(0);
  for (int c = 0; c < static_cast<int>(letters.size()); ++c) {
    const std::int64_t value = sqlite3_column_int64(row, c);
    const bool none = sqlite3_column_type(row, c) == SQLITE_NULL;
    switch (letters[static_cast<std::size_t>(c)]) {
      case 'i': out.integer(value); break;
      case 'n': out.number(static_cast<std::uint64_t>(value)); break;
      case 't': out.text(text_in(row, c)); break;
      case 'r': out.real(sqlite3_column_double(row, c)); break;
      case 'd': out.date(none ? Date{} : Date{static_cast<std::int32_t>(value)}); break;
      case 'b': out.number(hash_of(text_in(row, c))); break;
      case 'k': out.number(static_cast<std::uint64_t>(kind_named(text_in(row, c)).value_or(Kind::unknown))); break;
      case 'l': out.number(static_cast<std::uint64_t>(level_named(text_in(row, c)).value_or(Level::tail))); break;
      case 'u': out.integer(none ? -1 : value); break;
      default: MOMENTUM_CHECK(false);
    }
  }
  return out.hash();
}

// What checks the rows of a table.
struct Seal {
  int keys = 0;
  Prepared rows, update;
};

Seal make_seal(const Handle& database, const Table& table) {
  Seal seal;
  std::string columns, where;
  for (const std::string& column : table.columns) columns += column + ", ";
  const std::string key = table.key, name = table.name;
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t end = std::min(key.find(", ", at), key.size());
    where += (seal.keys == 0 ? "" : " AND ") + key.substr(at, end - at) + " = ?" + std::to_string(seal.keys + 2);
    ++seal.keys;
    at = end + 2;
  }
  seal.rows = prepare(database, "SELECT " + columns + key + " FROM " + name);
  seal.update = prepare(database, "UPDATE " + name + " SET \"check\" = ?1 WHERE " + where);
  MOMENTUM_CHECK(seal.rows && seal.update);
  return seal;
}

void seal_rows(const Seal& seal, const Table& table) {
  sqlite3_stmt *const rows = seal.rows.get(), *const update = seal.update.get();
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const int count = static_cast<int>(table.columns.size());
    sqlite3_bind_int64(update, 1, static_cast<std::int64_t>(check_of_row(rows, table.letters)));
    for (int k = 0; k < seal.keys; ++k) sqlite3_bind_value(update, k + 2, sqlite3_column_value(rows, count + k));
    sqlite3_step(update);
    sqlite3_reset(update);
  }
  sqlite3_reset(rows);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  MOMENTUM_CHECK(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of a redo file.
std::string body_of(const std::string& bytes) {
  PackedReader in = PackedReader::open(bytes, 1, "redo").value();
  for (int k = 0; k < 2; ++k) in.text();
  for (int k = 0; k < 3; ++k) in.number();
  std::string body(in.text());
  MOMENTUM_CHECK(in.done());
  return body;
}

template <class T>
void no_fault_of_ours(const Result<T>& result) {
  MOMENTUM_CHECK(result || result.error().category() != Category::internal);
}

}  // namespace

// The catalog, opened once: changed in a transaction, and undone when its bytes are taken.
class SampleCatalog::Cells {
 public:
  explicit Cells(const std::string& path) {
    sqlite3* opened = nullptr;
    MOMENTUM_CHECK(sqlite3_open(path.c_str(), &opened) == SQLITE_OK);
    database_.reset(opened);
    run("PRAGMA ignore_check_constraints=ON; PRAGMA foreign_keys=OFF; PRAGMA locking_mode=EXCLUSIVE; "
        "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
    for (const Table& table : kTables) seals_.push_back(make_seal(database_, table));
  }

  std::string changed(Input input) {
    run("BEGIN");
    std::vector<bool> touched(kTables.size());
    while (!input.done()) touched[change(input)] = true;
    for (std::size_t t = 0; t < kTables.size(); ++t)
      if (touched[t]) seal_rows(seals_[t], kTables[t]);
    sqlite3_int64 bytes = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> image(sqlite3_serialize(database_.get(), "main", &bytes, 0),
                                                                sqlite3_free);
    MOMENTUM_CHECK(image != nullptr);
    run("ROLLBACK");
    return {reinterpret_cast<const char*>(image.get()), static_cast<std::size_t>(bytes)};
  }

 private:
  void run(const char* sql) {
    MOMENTUM_CHECK(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  // The next change of the input, of the table that is returned; what the schema's types refuse does not happen.
  std::size_t change(Input& input) {
    const std::size_t number = input.below(kTables.size());
    const Table& table = kTables[number];
    const int row = input.byte();
    const std::size_t place = input.below(table.columns.size() + kOthers.size());
    const std::size_t kind = input.below(7);
    const std::size_t of = kind == 6 ? table.columns.size() + kOthers.size() : place;
    const auto [found, is_new] = changes_.try_emplace({number, of});
    if (is_new) found->second = prepare(database_, text_of_change(table, of));
    sqlite3_stmt* const change = found->second.get();
    std::string bytes;  // until the statement is through
    if (kind == 1) sqlite3_bind_int64(change, 1, static_cast<std::int8_t>(input.byte()));
    if (kind == 2) sqlite3_bind_int64(change, 1, static_cast<std::int64_t>(input.number(8)));
    if (kind == 3) sqlite3_bind_double(change, 1, std::bit_cast<double>(input.number(8)));
    if (kind == 4) bytes = input.take(input.byte());
    if (kind == 5) bytes = assemble(input.take(input.number(2)));
    if (kind == 4) sqlite3_bind_text64(change, 1, bytes.data(), bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (kind == 5) sqlite3_bind_blob64(change, 1, bytes.data(), bytes.size(), SQLITE_STATIC);
    if (change == nullptr) return number;
    sqlite3_bind_int(change, 2, row);
    sqlite3_step(change);
    sqlite3_reset(change);
    sqlite3_clear_bindings(change);
    return number;
  }

  // Of column `of`; behind them all: of the row, which goes.
  static std::string text_of_change(const Table& table, std::size_t of) {
    const std::string key = table.key, name = table.name,
                      which = " WHERE (" + key + ") IN (SELECT " + key + " FROM " + name + " LIMIT 1 OFFSET ?2)";
    if (of == table.columns.size() + kOthers.size()) return "DELETE FROM " + name + which;
    const std::string column = of < table.columns.size() ? table.columns[of] : kOthers[of - table.columns.size()];
    return "UPDATE " + name + " SET " + column + " = ?1" + which;
  }

  Handle database_;
  std::vector<Seal> seals_;  // by table
  std::map<std::pair<std::size_t, std::size_t>, Prepared> changes_;  // by table and column; none: no such column
};

SampleCatalog::~SampleCatalog() = default;

SampleCatalog::SampleCatalog() {
  hurry_sqlite();
  const FixedClock clock(day(2025, 1, 31));
  Context ctx;
  ctx.clock = &clock;
  const std::string store = scratch_.path("store");
  MOMENTUM_CHECK(Catalog::create(ctx, store, {.uuid = std::string(kUuid), .tool_version = "0"}));
  {
    const WriterLock lock = WriterLock::acquire(ctx, store, std::chrono::milliseconds(0)).value();
    Catalog catalog = Catalog::open(lock).value();
    Change first = sample_change();
    first.limits = {{day(2020, 1, 2), {{0, {Decimal::kOne * 11}, {Decimal::kOne * 9}}, {2, {0}, {0}}}}};
    MOMENTUM_CHECK(catalog.commit(ctx, first, 1));
    Change second{.op = "import", .add_files = {sample_file("data/2.parquet", 0, 3, 21)}, .end_files = {1}};
    second.instruments = {sample_instrument(1)};
    second.instruments[0].actions = {{day(2020, 6, 1), {Decimal::kOne / 10}, {Decimal::kOne / 5}, {}, {}, {}}};
    MOMENTUM_CHECK(catalog.commit(ctx, second, 2));
    MOMENTUM_CHECK(catalog.commit(ctx, {.op = "note"}, 3));
    MOMENTUM_CHECK(catalog.pin(ctx, 2, "pinned"));
    MOMENTUM_CHECK(catalog.drop(ctx, {1}, {}));
  }
  image_ = bytes_of(store + "/catalog.db");
  base_ = bytes_of(store + "/redo/0000000000.base");
  empty_image_ = body_of(base_);
  record_ = bytes_of(store + "/redo/0000000001.record");
  changes_ = body_of(record_);
  cells_ = std::make_unique<Cells>(store + "/catalog.db");
}

std::string SampleCatalog::with_bytes(std::string_view image, Input input) {
  std::string bytes(image);
  while (!input.done()) {
    const std::size_t at = input.number(3) % bytes.size();
    const auto value = static_cast<char>(input.byte());
    if (value == '\xff' && input.done()) {
      bytes.resize(at);
      break;
    }
    bytes[at] = value;
  }
  return bytes;
}

std::string SampleCatalog::with_cells(Input input) const { return cells_->changed(input); }

void SampleCatalog::read(const std::string& folder) {
  const auto catalog = Catalog::open(folder, {.busy = std::chrono::milliseconds(0)});
  no_fault_of_ours(catalog);
  if (!catalog) return;
  const auto checked = catalog->check();
  no_fault_of_ours(checked);
  const auto log = catalog->log();
  no_fault_of_ours(log);
  for (std::size_t k = 0; log && k < log->size(); ++k) {
    const SnapshotId snapshot = (*log)[k].id;
    if (!checked) no_fault_of_ours(catalog->load(snapshot));  // else it has loaded them all
    if (k > 1) break;
    no_fault_of_ours(catalog->limits(snapshot, {}, {}));
    no_fault_of_ours(catalog->changed_limits((*log)[0].id, snapshot));
  }
  no_fault_of_ours(catalog->removed(1));
}

void SampleCatalog::clear(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    std::filesystem::remove_all(entry.path(), ignored);
  std::filesystem::create_directory(folder + "/redo", ignored);
}

}  // namespace momentum::fuzz
