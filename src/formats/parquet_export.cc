#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <cmath>
#include <new>
#include <span>
#include <utility>

#include "export_file_internal.h"
#include "output_file_internal.h"

namespace momentum::formats {
namespace {

constexpr std::int64_t kGroupRows = std::int64_t{1} << 18;
constexpr std::int64_t kMillisecondsOfMinute = 60'000, kMillisecondsOfDay = 1440 * kMillisecondsOfMinute;

class PlainStream final : public arrow::io::OutputStream {
 public:
  explicit PlainStream(std::unique_ptr<OutputFile> file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, std::int64_t bytes) override {
    const std::span piece(static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes));
    if (error_ == 0) error_ = file_->write(piece);
    written_ += bytes;
    // The number travels in error(): a Status would carry it as text.
    return error_ == 0 ? arrow::Status::OK() : arrow::Status::IOError("write failed");
  }
  arrow::Result<std::int64_t> Tell() const override { return written_; }
  arrow::Status Flush() override { return arrow::Status::OK(); }
  arrow::Status Close() override { return arrow::Status::OK(); }  // finish() closes
  bool closed() const override { return false; }

  int finish() {  // errno
    if (error_ == 0) error_ = file_->close();
    return error_;
  }
  int error() const { return error_; }

 private:
  std::unique_ptr<OutputFile> file_;
  std::int64_t written_ = 0;
  int error_ = 0;
};

class ParquetExport final : public ExportWriter {
 public:
  static Result<std::unique_ptr<ExportWriter>> create(const std::string& path, ExportTime time,
                                                      const std::vector<std::string>& columns,
                                                      const FileMetadata& notes) {
    MOMENTUM_TRY(auto file, replace_output_file(path));
    auto out = std::unique_ptr<ParquetExport>(new ParquetExport(std::move(file), path, time, columns.size()));
    const auto when = time == ExportTime::day ? arrow::date32() : arrow::timestamp(arrow::TimeUnit::MILLI);
    arrow::FieldVector fields{arrow::field("code", arrow::utf8(), false), arrow::field(time_column(time), when, false)};
    for (const std::string& column : columns) fields.push_back(arrow::field(column, arrow::float64()));
    out->schema_ = arrow::schema(std::move(fields));
    const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
    auto writer =
        parquet::arrow::FileWriter::Open(*out->schema_, arrow::default_memory_pool(), out->stream_, properties);
    if (!writer.ok()) return out->failed(writer.status());
    out->writer_ = *std::move(writer);
    const auto metadata = std::make_shared<arrow::KeyValueMetadata>();
    for (const auto& [key, value] : notes)
      if (!value.empty()) metadata->Append(key, value);
    MOMENTUM_TRY_VOID(out->checked(out->writer_->AddKeyValueMetadata(metadata)));
    return out;
  }

  Result<void> add(const ExportSeries& series) override {
    const auto rows = static_cast<std::int64_t>(series.dates.size());
    for (std::int64_t r = 0; r < rows; ++r) MOMENTUM_TRY_VOID(checked(codes_.Append(series.code)));
    if (time_ == ExportTime::day) MOMENTUM_TRY_VOID(checked(dates_.AppendValues(series.dates.data(), rows)));
    for (std::size_t r = 0; r < series.minutes.size(); ++r)
      MOMENTUM_TRY_VOID(
          checked(times_.Append(series.dates[r] * kMillisecondsOfDay + series.minutes[r] * kMillisecondsOfMinute)));
    rows_ += rows;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      for (const double value : series.columns[c])
        MOMENTUM_TRY_VOID(checked(std::isnan(value) ? columns_[c].AppendNull() : columns_[c].Append(value)));
    }
    return rows_ < kGroupRows ? Result<void>{} : flush();
  }

  Result<void> close() override {
    if (rows_ > 0) MOMENTUM_TRY_VOID(flush());
    MOMENTUM_TRY_VOID(checked(writer_->Close()));
    if (const int error = stream_->finish(); error != 0) return write_failed(error, path_);
    return {};
  }

 private:
  ParquetExport(std::unique_ptr<OutputFile> file, std::string path, ExportTime time, std::size_t columns)
      : path_(std::move(path)),
        stream_(std::make_shared<PlainStream>(std::move(file))),
        time_(time),
        columns_(columns) {}

  std::unexpected<Error> failed(const arrow::Status& status) const {
    if (stream_->error() != 0) return write_failed(stream_->error(), path_);
    if (status.IsOutOfMemory()) return fail(ErrorCode::out_of_memory, "not enough memory for the Parquet file", path_);
    return fail(ErrorCode::internal, fmt::format("cannot write Parquet: {}", status.ToString()), path_);
  }
  Result<void> checked(const arrow::Status& status) const {
    if (!status.ok()) return failed(status);
    return {};
  }

  // What has come, as a row group.
  Result<void> flush() {
    arrow::ArrayVector arrays(2 + columns_.size());
    MOMENTUM_TRY_VOID(checked(codes_.Finish(&arrays[0])));
    MOMENTUM_TRY_VOID(checked(time_ == ExportTime::day ? dates_.Finish(&arrays[1]) : times_.Finish(&arrays[1])));
    for (std::size_t c = 0; c < columns_.size(); ++c) MOMENTUM_TRY_VOID(checked(columns_[c].Finish(&arrays[2 + c])));
    rows_ = 0;
    const auto rows = arrow::Table::Make(schema_, std::move(arrays));
    return checked(writer_->WriteTable(*rows, rows->num_rows()));
  }

  std::string path_;
  std::shared_ptr<PlainStream> stream_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  ExportTime time_;
  std::int64_t rows_ = 0;  // that have come since the last row group
  arrow::StringBuilder codes_;
  arrow::Date32Builder dates_;
  arrow::TimestampBuilder times_{arrow::timestamp(arrow::TimeUnit::MILLI), arrow::default_memory_pool()};
  std::vector<arrow::DoubleBuilder> columns_;
};

}  // namespace

Result<std::unique_ptr<ExportWriter>> create_parquet_export(const std::string& path, ExportTime time,
                                                            std::vector<std::string> columns,
                                                            const FileMetadata& notes) {
  return ParquetExport::create(path, time, columns, notes);
}

}  // namespace momentum::formats
