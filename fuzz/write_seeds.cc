// write_seeds FOLDER: first inputs for every target, and its dictionary, out of what the code itself says: dialects, operators,
// packed blobs, data files. The corpus began with these, with the files of former versions in tests/ as they are (data files) or
// taken apart (write_seeds FOLDER TESTS), and with small files by h5py and pyarrow; fuzz/README.md.

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/sample_change.h"
#include "content_hash_internal.h"
#include "hdf5_layout_internal.h"
#include "momentum/expr/operators.h"
#include "momentum/formats/data_file.h"
#include "momentum/sources/dialect.h"
#include "momentum/sources/kind_tables.h"
#include "packed_text.h"
#include "records_internal.h"
#include "sample_catalog.h"

namespace momentum::fuzz {
namespace {

namespace fs = std::filesystem;

std::string folder;

void put(const std::string& target, const std::string& name, std::string_view bytes) {
  fs::create_directories(folder + "/" + target);
  std::ofstream file(folder + "/" + target + "/" + name, std::ios::binary);
  file << bytes;
  MOMENTUM_CHECK(file.good());
}

// Words of a dictionary of libFuzzer.
void put_words(const std::string& target, const std::vector<std::string>& words) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::ofstream file(folder + "/" + target + ".dict", std::ios::binary);
  for (const std::string& word : words) {
    if (word.empty()) continue;
    file << '"';
    for (const char c : word) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte > ' ' && byte < 0x7f && c != '"' && c != '\\')
        file << c;
      else
        file << "\\x" << kDigits[byte >> 4] << kDigits[byte & 15];
    }
    file << "\"\n";
  }
  MOMENTUM_CHECK(file.good());
}

std::string cell_of(const sources::Dialect& dialect, sources::Field field) {
  using sources::Field;
  switch (field) {
    case Field::code: return "600000";
    case Field::name: return "演示";
    case Field::date: return "2020-01-02";
    case Field::industry: return "银行";
    case Field::status: return dialect.statuses.empty() ? "" : std::string(dialect.statuses[0].word);
    case Field::basis: return dialect.bases.empty() ? "" : std::string(dialect.bases[0].word);
    case Field::is_st: return "0";
    case Field::high: return "10.5";
    case Field::low: return "9.5";
    case Field::volume: return "12300";
    default: return "10.01";
  }
}

void dialects() {
  std::vector<std::string> words = {"SYNTHETIC", "合成数据", "2020-01-02", "20200102", "\r\n",        ",",
                                    "nan",       "--",       "600000.SH",  "sh600000", "\xef\xbb\xbf"};
  std::size_t number = 0;
  for (const sources::Dialect& dialect : sources::dialects()) {
    std::string header, row;
    for (const sources::Column& column : dialect.columns) {
      if (column.spellings.empty()) continue;
      std::string heading(column.spellings[0]);
      for (const std::string_view spelling : column.spellings) words.emplace_back(spelling);
      for (const std::string_view spelling : dialect.signature) {  // letter case and all
        const bool same = std::ranges::equal(spelling, heading, {}, [](char c) { return std::tolower(c); });
        if (same) heading = spelling;
      }
      header += (header.empty() ? "" : ",") + heading;
      row += (row.empty() ? "" : ",") + cell_of(dialect, column.field);
    }
    for (const sources::StatusWord& status : dialect.statuses) words.emplace_back(status.word);
    for (const sources::BasisWord& basis : dialect.bases) words.emplace_back(basis.word);
    std::string next = row;
    if (const std::size_t at = next.find("-02"); at != next.npos) next.replace(at, 3, "-03");
    const std::string text = header + "\n" + row + "\n" + next + "\n";
    ++number;
    put("csv_import", std::string(dialect.name), std::string(3, '\0') + text);
    put("csv_import", std::string(dialect.name) + "-forced", static_cast<char>(number) + std::string(2, '\1') + text);
  }
  put_words("csv_import", words);
}

void kinds() {
  std::vector<std::string> words = {"2020-01-02", "\n", ",", "600000.SH", "0.5", "1e3", "nan"};
  const std::array<std::string_view, 6> rows = {"600000.SH,演示,SH,stock,main,2000-01-01,,银行,600001.SH,2001-01-01,",
                                                "SH,2020-01-02",
                                                "600000.SH,2020-01-02,2020-01-03",
                                                "600000.SH,2020-01-02,1.25",
                                                "600000.SH,2020-01-02,0.5,0.1,0.2,0.3,4.5",
                                                "600000.SH,2020-01-02,11.01,9.01"};
  const auto layouts = sources::kind_layouts();
  MOMENTUM_CHECK(layouts.size() == rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    std::string header;
    for (const sources::KindColumn& column : layouts[k].columns) {
      header += (header.empty() ? "" : ",") + std::string(column.name);
      words.emplace_back(column.name);
    }
    const std::string text = header + "\n" + std::string(rows[k]) + "\n" + std::string(rows[k]) + "\n";
    put("kind_import", std::string(layouts[k].name), static_cast<char>(k) + text);
  }
  put_words("kind_import", words);
}

void formulas() {
  std::vector<std::string> words = {" and ", " or ", "not ", "<=", ">=", "==", "!=", "close", "open", "volume", " = "};
  for (const expr::OperatorInfo& op : expr::operators()) {
    words.emplace_back(op.name);
    std::string call = "a = " + std::string(op.name) + "(";
    for (std::size_t k = 0; k < op.inputs; ++k) call += k == 0 ? "close" : ", volume";
    for (const expr::OptionInfo& option : op.options) call += option.type == expr::OptionType::weight ? ", 1/3" : ", 5";
    put("formula", std::string(op.name), call + ")\nb = a + 2*close  # text\n");
  }
  put_words("formula", words);
}

void blobs() {
  using namespace catalog;
  const auto kind = [](char number, const std::string& blob) { return number + disassemble(blob); };
  InstrumentRecord record = sample_instrument(1);
  put("packed", "history_v1", kind('\0', pack_history(record)));
  record.actions = {{day(2020, 6, 1), {Decimal::kOne / 10}, {Decimal::kOne / 5}, {}, {}, {}}};
  put("packed", "history_v2", kind('\0', pack_history(record)));
  const FileRecord file = sample_file("data/1.parquet", 0, 3, 20);
  put("packed", "columns", kind('\1', pack_columns(file.columns)));
  put("packed", "row_groups", kind('\2', pack_row_groups(file.row_groups)));
  put("packed", "extents", kind('\3', pack_extents(file.extents)));
  const MarketDays days = sample_days("a", day(2020, 11, 2), 5);
  put("packed", "days", kind('\4', pack_days(days, 0, days.days.size())));
  put("packed", "limits", kind('\5', pack_limits({{0, {Decimal::kOne * 11}, {Decimal::kOne * 9}}, {2, {0}, {0}}})));
  const std::vector<std::string> words = {"\xfb",    "\xfc",    "\xfd",  "\xfe",           "SH",        "SZ",
                                          "BJ",      "stock",   "daily", "year",           "tail",      "base",
                                          "parquet", "hdf",     "csv",   "data/1.parquet", "raw",       "int32",
                                          "int64",   "float64", "date",  "close",          "instrument"};
  for (const char* const target : {"packed", "state", "plan", "latest", "redo", "catalog_db"}) put_words(target, words);
}

void catalogs() {
  using namespace std::string_literals;
  const SampleCatalog sample;
  put("catalog_db", "cells", "\0"s);
  put("catalog_db", "integer", "\0\2\0\6\2\1\0\0\0\0\0\0\0"s);
  put("catalog_db", "text",
      "\0\2\1\1\4\6"
      "900001"s);
  const auto blob = [](char table, char column, const std::string& packed) {
    const std::string text = disassemble(packed);
    const auto size = text.size();
    return "\0"s + table + '\0' + column + '\5' + static_cast<char>(size) + static_cast<char>(size >> 8) + text;
  };
  const catalog::FileRecord file = catalog::sample_file("data/1.parquet", 0, 3, 20);
  const catalog::MarketDays days = catalog::sample_days("SH", catalog::day(2020, 1, 2), 5);
  put("catalog_db", "history", blob(2, 9, catalog::pack_history(catalog::sample_instrument(0))));
  put("catalog_db", "columns", blob(3, 10, catalog::pack_columns(file.columns)));
  put("catalog_db", "row_groups", blob(3, 11, catalog::pack_row_groups(file.row_groups)));
  put("catalog_db", "extents", blob(3, 12, catalog::pack_extents(file.extents)));
  put("catalog_db", "days", blob(4, 3, catalog::pack_days(days, 0, days.days.size())));
  put("catalog_db", "limits",
      blob(5, 2, catalog::pack_limits({{0, {Decimal::kOne * 11}, {Decimal::kOne * 9}}, {2, {0}, {0}}})));
  put("catalog_db", "gone", "\0\4\0\0\6"s);
  put("catalog_db", "bytes", "\1\x64\0\0\5"s);
  put("redo", "bytes", "\0\x64\0\0\5"s);
  put("redo", "changes", '\2' + std::string(sample.changes()));
  put("redo", "record", '\3' + disassemble(sample.record()));
}

// Ours are read without what HDF5 puts around the chunks, which is most of a small file.
std::string without_hdf5(const std::string& file) {
  using namespace formats;
  const auto bytes = std::as_bytes(std::span(file));
  const auto seal = seal_of(bytes.last(kHdf5SealBytes));
  const std::size_t begin = seal->hdf5_bytes;
  Hdf5Index index = *index_of(bytes.subspan(begin, file.size() - begin - kHdf5SealBytes), begin);
  std::string chunks;
  for (Hdf5Chunk& chunk : index.chunks) {
    const std::size_t at = chunks.size();
    chunks += file.substr(chunk.offset, chunk.bytes);
    chunk.offset = at;
  }
  const std::string described = index_bytes(index);
  const auto hash_of = [](const std::string& text) { return content_hash(std::as_bytes(std::span(text))); };
  return chunks + described +
         seal_bytes({.hdf5_bytes = chunks.size(), .rest = hash_of({}), .index = hash_of(described)});
}

// Small files of every form, and of every way to store a column.
void data_files() {
  using namespace formats;
  constexpr std::size_t kRows = 24;
  std::vector<std::int32_t> ids(kRows, 3), days(kRows), prices(kRows);
  std::vector<std::int64_t> volumes(kRows);
  std::vector<double> reals(kRows);
  for (std::size_t k = 0; k < kRows; ++k) {
    days[k] = static_cast<std::int32_t>(18000 + k);
    prices[k] = static_cast<std::int32_t>(1000 + k * k % 7);
    volumes[k] = static_cast<std::int64_t>(k) * 100'000'000'000;
    reals[k] = 0.1 * static_cast<double>(k);
  }
  const std::vector<std::uint8_t> holes = {0xfb, 0xff, 0x7f};
  for (const FileForm form : {FileForm::parquet, FileForm::hdf5, FileForm::csv}) {
    for (int level = -1; level <= 9; level += 2) {
      const bool parquet = form == FileForm::parquet;
      const auto spec = [&](const char* name, Physical physical, int scale, bool date, bool required) {
        constexpr std::array kEncodings = {Encoding::plain,      Encoding::dictionary,
                                           Encoding::delta,      Encoding::byte_stream_split,
                                           Encoding::dictionary, Encoding::plain};
        constexpr std::array kCodecs = {Codec::none, Codec::zstd, Codec::none, Codec::lz4, Codec::snappy, Codec::zstd};
        const auto place = static_cast<std::size_t>(level + 1) / 2;
        ColumnSpec out{.name = name, .physical = physical, .scale = scale, .date = date, .required = required};
        out.encoding = kEncodings[place];
        out.codec = kCodecs[place];
        if (out.encoding == Encoding::delta && physical == Physical::float64) out.encoding = Encoding::plain;
        return parquet ? out : spec_of_form(form, out, level);
      };
      const std::string path = folder + "/draft";
      fs::remove(path);
      auto writer = create_data_file(
          form, path,
          {spec("instrument", Physical::int32, kNoScale, false, true),
           spec("date", Physical::int32, kNoScale, true, true), spec("close", Physical::int32, 2, false, false),
           spec("volume", Physical::int64, 0, false, false),
           spec("turnover", Physical::float64, kNoScale, false, false)},
          {{"store", "a"}, {"path", "b"}});
      MOMENTUM_CHECK(writer);
      const auto first = [&](const auto& values, std::size_t rows) { return std::span(values).first(rows); };
      for (const std::size_t rows : {kRows, std::size_t{16}}) {
        const std::vector<ColumnValues> columns = {{first(std::as_const(ids), rows), {}},
                                                   {first(std::as_const(days), rows), {}},
                                                   {first(std::as_const(prices), rows), first(holes, rows / 8)},
                                                   {first(std::as_const(volumes), rows), {}},
                                                   {first(std::as_const(reals), rows), first(holes, rows / 8)}};
        MOMENTUM_CHECK((*writer)->write_row_group(columns));
      }
      MOMENTUM_CHECK((*writer)->close());
      std::ifstream file(path, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      const char* const target = parquet ? "column_file" : form == FileForm::hdf5 ? "hdf5_file" : "csv_file";
      put(target, "storage" + std::to_string(level), form == FileForm::hdf5 ? without_hdf5(bytes) : bytes);
    }
  }
  put_words("csv_file", {"#column ", "#metadata ", "#group ", "#seal ", "#momentum.csv 1", " int32 ", " int64 ",
                         " float64 ", " required ", " date ", " - ", "nan", "nan:7ff84d4953534e47", "inf", "%20", ";"});
  fs::remove(folder + "/draft");
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  MOMENTUM_CHECK(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

void former(const std::string& tests) {
  put("state", "v1", '\0' + disassemble(bytes_of(tests + "/catalog/state_v1.bin")));
  put("state", "part_v1", '\1' + disassemble(bytes_of(tests + "/catalog/state_part_v1.bin")));
  put("plan", "v1", disassemble(bytes_of(tests + "/store/plan_v1.bin")));
  put("column_file", "v1", bytes_of(tests + "/formats/column_file_v1.parquet"));
  put("latest", "v1", disassemble(bytes_of(tests + "/store/latest_v1.bin")));
  put("latest", "v2", disassemble(bytes_of(tests + "/store/latest_v2.bin")));
  put("latest", "v3", disassemble(bytes_of(tests + "/store/latest_v3.bin")));
  put("latest", "limits_v1", disassemble(bytes_of(tests + "/catalog/limits_v1.bin")));
}

}  // namespace
}  // namespace momentum::fuzz

int main(int argc, char** argv) {
  using namespace momentum::fuzz;
  if (argc < 2) return 2;
  folder = argv[1];
  std::filesystem::create_directories(folder);
  dialects();
  kinds();
  formulas();
  blobs();
  catalogs();
  data_files();
  if (argc > 2) former(argv[2]);
  return 0;
}
