#include "sample_catalog.h"

#include <sqlite3.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "catalog/sample_change.h"
#include "momentum/catalog/catalog.h"
#include "momentum/catalog/packed.h"
#include "packed_text.h"
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

void seal_rows(const Handle& database, const Table& table) {
  std::string columns;
  for (const std::string& column : table.columns) columns += column + ", ";
  const std::string key = table.key, name = table.name;
  const Prepared rows = prepare(database, "SELECT " + columns + key + " FROM " + name);
  std::string where;
  int keys = 0;
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t end = std::min(key.find(", ", at), key.size());
    where += (keys == 0 ? "" : " AND ") + key.substr(at, end - at) + " = ?" + std::to_string(keys + 2);
    ++keys;
    at = end + 2;
  }
  const Prepared update = prepare(database, "UPDATE " + name + " SET \"check\" = ?1 WHERE " + where);
  MOMENTUM_CHECK(rows && update);
  while (sqlite3_step(rows.get()) == SQLITE_ROW) {
    const int count = static_cast<int>(table.columns.size());
    sqlite3_bind_int64(update.get(), 1, static_cast<std::int64_t>(check_of_row(rows.get(), table.letters)));
    for (int k = 0; k < keys; ++k) sqlite3_bind_value(update.get(), k + 2, sqlite3_column_value(rows.get(), count + k));
    sqlite3_step(update.get());
    sqlite3_reset(update.get());
  }
}

// The next change of the input; what the schema's types refuse does not happen.
void change_cell(const Handle& database, Input& input) {
  const Table& table = kTables[input.below(kTables.size())];
  const int row = input.byte();
  const std::size_t place = input.below(table.columns.size() + kOthers.size());
  const std::string column =
      place < table.columns.size() ? table.columns[place] : kOthers[place - table.columns.size()];
  const std::string which =
      " WHERE (" + std::string(table.key) + ") IN (SELECT " + table.key + " FROM " + table.name + " LIMIT 1 OFFSET ?2)";
  const std::size_t kind = input.below(7);
  const Prepared change =
      prepare(database, (kind == 6 ? "DELETE FROM " + std::string(table.name)
                                   : "UPDATE " + std::string(table.name) + " SET " + column + " = ?1") +
                            which);
  std::string bytes;  // until the statement is through
  if (kind == 1) sqlite3_bind_int64(change.get(), 1, static_cast<std::int8_t>(input.byte()));
  if (kind == 2) sqlite3_bind_int64(change.get(), 1, static_cast<std::int64_t>(input.number(8)));
  if (kind == 3) sqlite3_bind_double(change.get(), 1, std::bit_cast<double>(input.number(8)));
  if (kind == 4) bytes = input.take(input.byte());
  if (kind == 5) bytes = assemble(input.take(input.number(2)));
  if (kind == 4) sqlite3_bind_text64(change.get(), 1, bytes.data(), bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (kind == 5) sqlite3_bind_blob64(change.get(), 1, bytes.data(), bytes.size(), SQLITE_STATIC);
  if (change == nullptr) return;
  sqlite3_bind_int(change.get(), 2, row);
  sqlite3_step(change.get());
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

SampleCatalog::SampleCatalog() {
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

std::string SampleCatalog::with_cells(Input input) const {
  sqlite3* opened = nullptr;
  MOMENTUM_CHECK(sqlite3_open(":memory:", &opened) == SQLITE_OK);
  const Handle database(opened);
  auto* const memory = static_cast<unsigned char*>(sqlite3_malloc64(image_.size()));
  std::memcpy(memory, image_.data(), image_.size());
  const auto size = static_cast<sqlite3_int64>(image_.size());
  MOMENTUM_CHECK(sqlite3_deserialize(opened, "main", memory, size, size,
                                     SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK);
  MOMENTUM_CHECK(sqlite3_exec(opened, "PRAGMA ignore_check_constraints=ON; PRAGMA foreign_keys=OFF; BEGIN", nullptr,
                              nullptr, nullptr) == SQLITE_OK);
  while (!input.done()) change_cell(database, input);
  for (const Table& table : kTables) seal_rows(database, table);
  MOMENTUM_CHECK(sqlite3_exec(opened, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_int64 bytes = 0;
  const unsigned char* const image = sqlite3_serialize(opened, "main", &bytes, SQLITE_SERIALIZE_NOCOPY);
  return {reinterpret_cast<const char*>(image), static_cast<std::size_t>(bytes)};
}

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
