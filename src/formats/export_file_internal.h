#pragma once
// The three writers behind create_export().

#include "momentum/formats/export_file.h"

namespace momentum::formats {

Result<std::unique_ptr<ExportWriter>> create_csv_export(const std::string& path, ExportTime time,
                                                        std::vector<std::string> columns);
Result<std::unique_ptr<ExportWriter>> create_parquet_export(const std::string& path, ExportTime time,
                                                            std::vector<std::string> columns,
                                                            const FileMetadata& notes);

// The name of the column.
constexpr const char* time_column(ExportTime time) noexcept { return time == ExportTime::day ? "date" : "datetime"; }

}  // namespace momentum::formats
