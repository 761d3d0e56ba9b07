#include "momentum/formats/export_file.h"

#include <array>
#include <utility>

#include "export_file_internal.h"
#include "hdf5/pandas_fixed_internal.h"

namespace momentum::formats {

std::optional<ExportForm> export_form_of(std::string_view path) noexcept {
  static constexpr std::array<std::pair<std::string_view, ExportForm>, 4> kSuffixes{{{".parquet", ExportForm::parquet},
                                                                                     {".csv", ExportForm::csv},
                                                                                     {".h5", ExportForm::hdf5},
                                                                                     {".hdf5", ExportForm::hdf5}}};
  for (const auto& [suffix, form] : kSuffixes)
    if (path.ends_with(suffix)) return form;
  return {};
}

Result<std::unique_ptr<ExportWriter>> create_export(ExportForm form, const std::string& path, ExportTime time,
                                                    std::vector<std::string> columns, const FileMetadata& notes) {
  switch (form) {
    case ExportForm::csv: return create_csv_export(path, time, std::move(columns));
    case ExportForm::hdf5: return create_pandas_fixed(path, time, std::move(columns), notes);
    case ExportForm::parquet: break;
  }
  return create_parquet_export(path, time, std::move(columns), notes);
}

}  // namespace momentum::formats
