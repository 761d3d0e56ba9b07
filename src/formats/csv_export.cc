#include <cmath>
#include <span>
#include <utility>

#include "csv_cell_internal.h"
#include "export_file_internal.h"
#include "momentum/base/trading_hours.h"
#include "output_file_internal.h"

namespace momentum::formats {
namespace {

constexpr std::size_t kPending = std::size_t{1} << 20;

// Nothing is ever quoted: codes and names of columns have no comma.
class CsvExport final : public ExportWriter {
 public:
  CsvExport(std::unique_ptr<OutputFile> file, std::string path, ExportTime time,
            const std::vector<std::string>& columns)
      : file_(std::move(file)), path_(std::move(path)), time_(time) {
    text_ = "code,";
    text_ += time_column(time);
    for (const std::string& column : columns) (text_ += ',') += column;
    text_ += '\n';
  }

  Result<void> add(const ExportSeries& series) override {
    static const ColumnSpec kDate{.name = "date", .physical = Physical::int32, .date = true}, kValue{.name = "value"};
    for (std::size_t r = 0; r < series.dates.size(); ++r) {
      (text_ += series.code) += ',';
      append_cell(text_, kDate, series.dates[r]);
      if (time_ == ExportTime::minute) (text_ += ' ') += minute_text(series.minutes[r]);
      for (const std::vector<double>& column : series.columns) {
        text_ += ',';
        if (!std::isnan(column[r])) append_cell(text_, kValue, column[r]);
      }
      text_ += '\n';
      if (text_.size() >= kPending) MOMENTUM_TRY_VOID(flush());
    }
    return {};
  }

  Result<void> close() override {
    MOMENTUM_TRY_VOID(flush());
    if (const int error = file_->close(); error != 0) return write_failed(error, path_);
    return {};
  }

 private:
  Result<void> flush() {
    if (const int error = file_->write(std::as_bytes(std::span(text_))); error != 0) return write_failed(error, path_);
    text_.clear();
    return {};
  }

  std::unique_ptr<OutputFile> file_;
  std::string path_, text_;
  ExportTime time_;
};

}  // namespace

Result<std::unique_ptr<ExportWriter>> create_csv_export(const std::string& path, ExportTime time,
                                                        std::vector<std::string> columns) {
  MOMENTUM_TRY(auto file, replace_output_file(path));
  return std::make_unique<CsvExport>(std::move(file), path, time, columns);
}

}  // namespace momentum::formats
