#pragma once
// What a data file of a dataset is: a data file, of any form, whose rows are bars, instrument by instrument,
// then by time. Writer and reader share this and nothing else; docs/formats.md has it in words.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"
#include "momentum/catalog/state.h"
#include "momentum/formats/data_file.h"
#include "momentum/formats/folder.h"
#include "momentum/store/dataset.h"

namespace momentum::store {

// By its suffix: .h5 and .csv are what they say, all others are Parquet.
formats::FileForm form_of_file(std::string_view path) noexcept;

// The first columns: int32, required, the second one a date. `minute` is in files of minutes alone.
inline constexpr std::string_view kInstrumentColumn = "instrument";
inline constexpr std::string_view kDateColumn = "date";
inline constexpr std::string_view kMinuteColumn = "minute";
std::vector<formats::ColumnSpec> key_specs(Dataset dataset);

// Files of other datasets are left alone.
bool is_of(const catalog::FileRecord& file, Dataset dataset) noexcept;

// Then the values, in this order: what every file has, and what a file has if any of its instruments does.
inline constexpr std::array<std::string_view, 5> kBarColumns = {"open", "high", "low", "close", "volume"};
inline constexpr std::array<std::string_view, 10> kOptionalColumns = {
    "amount", "preclose", "turnover", "float_value", "total_value", "is_st", "pe_ttm", "pb", "ps_ttm", "pcf_ttm"};

// A file says which one it is. Paths are never used twice, so that a file with the right identity and intact checksums is the
// file that the catalog means, without hashing all of it.
formats::FileMetadata identity_of(std::string_view store_uuid, std::string_view path);

// How the catalog writes a column down.
catalog::ColumnRecord record_of(const formats::ColumnSpec& spec, std::string reason);

// Opens a file that the catalog names and checks that it is this one: there, of this size, with an intact footer, of this
// identity, with these columns and row groups. Values are not read; each read checks the bytes it reads.
// Errors: snapshot_not_found (gc has removed it meanwhile), damaged_store naming the file and what to do, no_permission,
// io_failed, out_of_memory.
Result<std::unique_ptr<formats::DataFileReader>> open_data_file(const std::string& folder, std::string_view store_uuid,
                                                                const catalog::FileRecord& file);
// The same in a folder that may be far away. Error: source_failed too.
Result<std::unique_ptr<formats::DataFileReader>> open_data_file(const formats::Folder& folder,
                                                                std::string_view store_uuid,
                                                                const catalog::FileRecord& file);

// The times (dataset.h) of a row group of an opened file. Errors: those of DataFileReader::read.
Result<void> read_times(const formats::DataFileReader& reader, std::size_t group, Dataset dataset,
                        std::vector<std::int32_t>& times);

// An error of the layer `formats` about a data file, as the store's.
Error of_store(Error error);
// path: the file as a path to open
std::unexpected<Error> damaged_file(std::string why, std::string path);

}  // namespace momentum::store
