#pragma once
// What a commit may hold: for tests, and for what is mutated by fuzzers.

#include <cstdint>
#include <string>
#include <utility>

#include "momentum/catalog/change.h"

namespace momentum::catalog {

inline Date day(int year, int month, int of_month) { return *make_date(year, month, of_month); }

inline InstrumentRecord sample_instrument(InstrumentId id) {
  InstrumentRecord record;
  record.id = id;
  record.code = {std::to_string(600000 + id), Market::SH};
  record.kind = Kind::stock;
  record.board = "main";
  record.currency = "CNY";
  record.tick = 0.01;
  record.gaps_are_suspensions = true;
  record.factors_from = day(2002, 1, 1);
  record.aliases = {{{std::to_string(430000 + id), Market::BJ}, Date{}, day(2020, 5, 4)}};
  record.listings = {{day(2001, 2, 3), day(2010, 1, 1)}, {day(2012, 1, 1), Date{}}};
  record.names = {{day(2001, 2, 3), "演示银行"}, {day(2005, 6, 7), "ST演示"}};
  record.industries = {{day(2001, 2, 3), "银行"}};
  record.price_basis = {{day(2001, 2, 3), "raw"}};
  record.suspended = {day(2003, 4, 5), day(2003, 4, 8), day(2010, 1, 4)};
  record.quarantined = {day(1999, 1, 4)};
  record.factors = {{day(2004, 7, 1), 10.0 / 9.7, true, false},
                    {day(2008, 7, 1), 1, false, true},
                    {day(2009, 7, 1), 1.5, true, false, true}};
  return record;
}

// A file with `rows` bars of each of the instruments begin .. end - 1, in two row groups where it can be cut.
inline FileRecord sample_file(std::string path, InstrumentId begin, InstrumentId end, std::int64_t rows,
                              Date first = day(2020, 1, 2)) {
  FileRecord file;
  file.path = std::move(path);
  file.level = Level::year;
  file.bucket = 3;
  file.bytes = 1000 + rows;
  file.checksum = 0xFEDCBA9876543210;
  file.first = first;
  file.last = first + static_cast<std::int32_t>(rows) - 1;
  file.columns = {{"date", "int32", -1, "delta", "none", 0, "all integers"},
                  {"close", "int32", 2, "delta", "zstd", 3, ""}};
  for (InstrumentId i = begin; i < end; ++i) {
    file.extents.push_back({i, file.rows, rows, file.first, file.last});
    file.rows += rows;
  }
  const std::int64_t cut = rows * ((end - begin) / 2);
  std::int64_t offset = 4;
  for (const auto& [from, to] : {std::pair{std::int64_t{0}, cut}, std::pair{cut, file.rows}}) {
    if (from == to) continue;
    file.row_groups.push_back({from, to - from, offset, 100 * (to - from)});
    offset += 100 * (to - from);
  }
  return file;
}

inline MarketDays sample_days(std::string market, Date first, int count, bool counted = true) {
  MarketDays days{std::move(market), {}, {}};
  for (int i = 0; i < count; ++i) {
    days.days.push_back(first + i * 3);
    if (counted) days.bars.push_back(4000 + i);
  }
  return days;
}

// Three instruments, a file, sessions over two years and a calendar.
inline Change sample_change() {
  Change change;
  change.op = "import";
  change.note = "a note";
  change.account = {60, 2, 1, 0};
  for (InstrumentId i = 0; i < 3; ++i) change.instruments.push_back(sample_instrument(i));
  change.add_files = {sample_file("data/1.parquet", 0, 3, 20)};
  change.sessions = {sample_days("a", day(2020, 11, 2), 40)};
  change.calendars = {sample_days("CN", day(2020, 11, 2), 40, false)};
  return change;
}

}  // namespace momentum::catalog
