#include "foreign_parquet_internal.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

#include <array>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>

namespace momentum::formats {
namespace {

constexpr std::int64_t kMostRows = std::int64_t{1} << 31;
constexpr int kMostColumns = 4096;
constexpr std::int64_t kBatchRows = std::int64_t{1} << 13;  // a text that is all of them may be long

arrow::Status too_large() { return arrow::Status::CapacityError("too large"); }

// What the footer says is believed only where it is too much: rows and bytes are counted as they come.
arrow::Result<std::shared_ptr<arrow::Table>> whole(const std::string& path, std::int64_t most_bytes) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::move(file)));
  parquet::ArrowReaderProperties properties;
  properties.set_use_threads(false);
  properties.set_batch_size(kBatchRows);
  builder.properties(properties);
  ARROW_ASSIGN_OR_RAISE(auto reader, builder.Build());
  const auto about = reader->parquet_reader()->metadata();
  if (about->num_rows() > kMostRows || about->num_columns() > kMostColumns) return too_large();
  ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader());
  arrow::RecordBatchVector all;
  std::int64_t rows = 0, bytes = 0;
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches->ReadNext(&batch));
    if (batch == nullptr) break;
    rows += batch->num_rows();
    bytes += arrow::util::TotalBufferSize(*batch);
    if (rows > kMostRows || bytes > most_bytes) return too_large();
    all.push_back(std::move(batch));
  }
  if (rows != about->num_rows()) return arrow::Status::Invalid("fewer rows than its footer says");
  ARROW_ASSIGN_OR_RAISE(auto table, arrow::Table::FromRecordBatches(batches->schema(), all));
  ARROW_RETURN_NOT_OK(table->ValidateFull());
  return table;
}

std::string first_line(std::string text) {
  text.resize(std::min(text.size(), text.find('\n')));
  return text;
}

}  // namespace

bool is_parquet(const std::string& path) {
  std::array<char, 4> begin{};
  std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
  return std::memcmp(begin.data(), "PAR1", begin.size()) == 0;
}

Result<std::shared_ptr<arrow::Table>> read_foreign_parquet(const std::string& path, std::int64_t most_bytes) {
  arrow::Status status;
  try {
    auto table = whole(path, most_bytes);
    if (table.ok()) return *std::move(table);
    status = table.status();
  } catch (const std::bad_alloc&) {
    status = too_large();
  } catch (const std::exception& error) {
    status = arrow::Status::Invalid(error.what());
  }
  if (status.IsCapacityError() || status.IsOutOfMemory())
    return fail(ErrorCode::too_large, "more than 4 GiB, 4096 columns or 2^31 rows in one Parquet file", path,
                "split the file");
  return fail(ErrorCode::unreadable_data, fmt::format("unreadable Parquet ({})", first_line(status.message())), path,
              "check the file");
}

}  // namespace momentum::formats
