#include <fmt/format.h>

#include <new>
#include <type_traits>

#include "content_hash_internal.h"
#include "csv_cell_internal.h"
#include "csv_file_internal.h"
#include "writer_checks_internal.h"

namespace momentum::formats {
namespace {

Result<void> check_csv_specs(const std::vector<ColumnSpec>& specs) {
  for (const ColumnSpec& spec : specs) {
    if (spec.encoding != Encoding::plain || spec.codec != Codec::none)
      return fail(ErrorCode::bad_value, "an encoding or a codec in CSV", fmt::format("column {}", spec.name));
    if (spec.name.find_first_of(",\"\n\r") != std::string::npos || spec.name.starts_with('#'))
      return fail(ErrorCode::bad_value, "a name that CSV would have to quote", fmt::format("column {}", spec.name));
  }
  return {};
}

class CsvFileWriter final : public DataFileWriter {
 public:
  CsvFileWriter(std::unique_ptr<OutputFile> file, std::string path, std::vector<ColumnSpec> specs,
                FileMetadata metadata)
      : file_(std::move(file)), path_(std::move(path)) {
    trailer_.specs = std::move(specs);
    trailer_.metadata = std::move(metadata);
    text_ = csv_header(trailer_.specs);
  }
  ~CsvFileWriter() override {
    if (!closed_) file_->discard();
  }

  Result<void> write_row_group(std::span<const ColumnValues> columns) override {
    MOMENTUM_CHECK(!failed_ && !closed_);
    MOMENTUM_TRY(const std::size_t rows, check_group(trailer_.specs, columns, path_));
    MOMENTUM_TRY_VOID(check_dates(columns, rows));
    try {
      if (text_.size() > 0) MOMENTUM_TRY_VOID(flush());  // the line of names
      for (std::size_t row = 0; row < rows; ++row) add_row(columns, row);
      CsvTrailer::Group group{.rows = static_cast<std::int64_t>(rows),
                              .bytes = static_cast<std::int64_t>(text_.size()),
                              .hash = content_hash(std::as_bytes(std::span(text_))),
                              .missing = {}};
      for (const ColumnValues& column : columns)
        group.missing.push_back(static_cast<std::int64_t>(count_missing(column.validity, rows)));
      summary_.groups.push_back({group.rows, summary_.bytes, group.bytes});
      trailer_.groups.push_back(std::move(group));
      return flush();
    } catch (const std::bad_alloc&) {
      return no_memory();
    }
  }

  Result<Summary> close() override {
    MOMENTUM_CHECK(!failed_ && !closed_);
    try {
      text_ += trailer_text(trailer_);
    } catch (const std::bad_alloc&) {
      return no_memory();
    }
    MOMENTUM_TRY_VOID(flush());
    int error = file_->sync();
    if (error == 0) error = file_->close();
    if (error != 0) return broken(error);
    closed_ = true;
    summary_.hash = hash_.value();
    return summary_;
  }

 private:
  Result<void> check_dates(std::span<const ColumnValues> columns, std::size_t rows) const {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (!trailer_.specs[c].date) continue;
      const auto values = std::get<std::span<const std::int32_t>>(columns[c].values);
      for (std::size_t row = 0; row < rows; ++row) {
        if (!is_present(columns[c].validity, row) || has_cell(trailer_.specs[c], values[row])) continue;
        return fail(ErrorCode::bad_value, "a date that CSV cannot hold",
                    fmt::format("{}, column {}", path_, trailer_.specs[c].name));
      }
    }
    return {};
  }

  void add_row(std::span<const ColumnValues> columns, std::size_t row) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c > 0) text_.push_back(',');
      if (is_present(columns[c].validity, row)) {
        std::visit([&](const auto& values) { append_cell(text_, trailer_.specs[c], values[row]); }, columns[c].values);
      } else if (columns.size() == 1) {
        text_ += "\"\"";  // an empty line is nobody's row
      }
    }
    text_.push_back('\n');
  }

  Result<void> flush() {
    const auto bytes = std::as_bytes(std::span(text_));
    hash_.add(bytes);
    summary_.bytes += static_cast<std::int64_t>(bytes.size());
    if (const int error = file_->write(bytes); error != 0) return broken(error);
    text_.clear();
    return {};
  }

  std::unexpected<Error> broken(int error) {
    failed_ = true;
    return write_failed(error, path_);
  }
  std::unexpected<Error> no_memory() {
    failed_ = true;
    return fail(ErrorCode::out_of_memory, "not enough memory to write", path_, "close other programs");
  }

  std::unique_ptr<OutputFile> file_;
  std::string path_;
  CsvTrailer trailer_;
  std::string text_;  // not written yet
  ContentHash hash_;
  Summary summary_;
  bool failed_ = false, closed_ = false;
};

}  // namespace

Result<std::unique_ptr<DataFileWriter>> create_csv_on(std::unique_ptr<OutputFile> file, std::string path,
                                                      std::vector<ColumnSpec> specs, FileMetadata metadata) {
  return std::make_unique<CsvFileWriter>(std::move(file), std::move(path), std::move(specs), std::move(metadata));
}

Result<std::unique_ptr<DataFileWriter>> create_csv_file(const std::string& path, std::vector<ColumnSpec> specs,
                                                        const FileMetadata& metadata) {
  MOMENTUM_TRY_VOID(check_specs(specs));
  MOMENTUM_TRY_VOID(check_csv_specs(specs));
  MOMENTUM_TRY_VOID(check_metadata(metadata));
  MOMENTUM_TRY(auto file, create_output_file(path));
  return create_csv_on(std::move(file), path, std::move(specs), metadata);
}

}  // namespace momentum::formats
