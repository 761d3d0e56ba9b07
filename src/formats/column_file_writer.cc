#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/api/writer.h>

#include <algorithm>
#include <array>
#include <new>

#include "column_file_internal.h"
#include "column_layout_internal.h"
#include "momentum/formats/column_file.h"
#include "sealed_stream_internal.h"
#include "writer_checks_internal.h"

namespace momentum::formats {
namespace {

constexpr std::size_t kBatch = 16384;
constexpr std::int64_t kPageBytes = std::int64_t{1} << 20;

parquet::Encoding::type parquet_encoding(Encoding encoding) {
  switch (encoding) {
    case Encoding::delta: return parquet::Encoding::DELTA_BINARY_PACKED;
    case Encoding::byte_stream_split: return parquet::Encoding::BYTE_STREAM_SPLIT;
    case Encoding::plain:
    case Encoding::dictionary: break;  // plain is what a dictionary grown too large falls back to
  }
  return parquet::Encoding::PLAIN;
}

parquet::Compression::type parquet_codec(Codec codec) {
  switch (codec) {
    case Codec::lz4: return parquet::Compression::LZ4;
    case Codec::snappy: return parquet::Compression::SNAPPY;
    case Codec::zstd: return parquet::Compression::ZSTD;
    case Codec::gzip:  // refused by create()
    case Codec::none: break;
  }
  return parquet::Compression::UNCOMPRESSED;
}

std::shared_ptr<parquet::WriterProperties> properties_of(const std::vector<ColumnSpec>& specs) {
  parquet::WriterProperties::Builder builder;
  builder.version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->enable_page_checksum()
      ->disable_write_page_index()
      ->set_size_statistics_level(parquet::SizeStatisticsLevel::None)
      ->max_row_group_length(kMaxGroupRows)
      ->max_rows_per_page(kMaxGroupRows)  // one page for a group of a store: decoders start once
      ->data_pagesize(kPageBytes)
      ->write_batch_size(kBatch)
      ->created_by("momentum column file");
  for (const ColumnSpec& spec : specs) {
    const auto path = std::make_shared<parquet::schema::ColumnPath>(std::vector{spec.name});
    if (spec.encoding == Encoding::dictionary) {
      builder.enable_dictionary(path);
    } else {
      builder.disable_dictionary(path);  // with one, the encoding would not act
      builder.encoding(path, parquet_encoding(spec.encoding));
    }
    builder.compression(path, parquet_codec(spec.codec));
    if (spec.codec == Codec::zstd) builder.compression_level(path, spec.level);
  }
  return builder.build();
}

// Present values close together with one level per row, the form in which Parquet takes columns with missing values.
template <class Type>
void write_column(parquet::ColumnWriter* to, std::span<const typename Type::c_type> values,
                  std::span<const std::uint8_t> validity) {
  using T = typename Type::c_type;
  auto* const writer = static_cast<parquet::TypedColumnWriter<Type>*>(to);
  std::array<std::int16_t, kBatch> levels;
  levels.fill(1);
  std::vector<T> present(validity.empty() ? 0 : kBatch);
  for (std::size_t at = 0; at < values.size(); at += kBatch) {
    const std::size_t n = std::min(kBatch, values.size() - at);
    const T* from = values.data() + at;
    if (!validity.empty()) {
      std::size_t count = 0;
      for (std::size_t k = 0; k < n; ++k) {
        const bool here = is_present(validity, at + k);
        levels[k] = here;
        present[count] = from[k];
        count += here;
      }
      from = present.data();
    }
    writer->WriteBatch(static_cast<std::int64_t>(n), levels.data(), nullptr, from);
  }
}

}  // namespace

struct ColumnFileWriter::State {
  std::string path;
  std::vector<ColumnSpec> specs;
  std::shared_ptr<SealedStream> stream;
  std::unique_ptr<parquet::ParquetFileWriter> parquet;
  std::vector<RowGroupPlace> groups;
  std::vector<ChunkSeal> seals;
  bool failed = false, closed = false;

  ~State() {
    parquet.reset();  // writes a footer into the stream if it was not closed; nobody reads it
    if (stream && !closed) stream->discard();
  }

  std::unexpected<Error> broken(const std::exception& why) {
    failed = true;
    if (stream->error() != 0) return write_failed(stream->error(), path);
    if (dynamic_cast<const std::bad_alloc*>(&why) != nullptr)
      return fail(ErrorCode::out_of_memory, "not enough memory to write", path, "close other programs");
    return fail(ErrorCode::io_failed, fmt::format("cannot write ({})", why.what()), path, "check the disk");
  }

  void write(std::span<const ColumnValues> columns, std::size_t rows) {
    RowGroupPlace place{.rows = static_cast<std::int64_t>(rows), .offset = stream->position()};
    parquet::RowGroupWriter* const group = parquet->AppendRowGroup();
    for (const ColumnValues& column : columns) {
      stream->begin_chunk();
      parquet::ColumnWriter* const to = group->NextColumn();
      if (const auto* i32 = std::get_if<0>(&column.values)) {
        write_column<parquet::Int32Type>(to, *i32, column.validity);
      } else if (const auto* i64 = std::get_if<1>(&column.values)) {
        write_column<parquet::Int64Type>(to, *i64, column.validity);
      } else {
        write_column<parquet::DoubleType>(to, std::get<2>(column.values), column.validity);
      }
      to->Close();
      seals.push_back({stream->end_chunk(), static_cast<std::uint32_t>(count_missing(column.validity, rows))});
    }
    group->Close();
    place.bytes = stream->position() - place.offset;
    groups.push_back(place);
  }
};

ColumnFileWriter::ColumnFileWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ColumnFileWriter::~ColumnFileWriter() = default;

Result<std::unique_ptr<ColumnFileWriter>> ColumnFileWriterAccess::create_on(std::unique_ptr<OutputFile> file,
                                                                            std::string path,
                                                                            std::vector<ColumnSpec> specs,
                                                                            const FileMetadata& metadata) {
  auto state = std::make_unique<ColumnFileWriter::State>();
  state->path = std::move(path);
  state->specs = std::move(specs);
  state->stream = std::make_shared<SealedStream>(std::move(file));
  auto pairs = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [key, value] : metadata) pairs->Append(key, value);
  pairs->Append(std::string(kVersionKey), std::string(kVersion));
  pairs->Append(std::string(kStorageKey), storage_text(state->specs));
  try {
    state->parquet = parquet::ParquetFileWriter::Open(state->stream, schema_of(state->specs),
                                                      properties_of(state->specs), std::move(pairs));
  } catch (const std::exception& why) {
    return state->broken(why);
  }
  return std::unique_ptr<ColumnFileWriter>(new ColumnFileWriter(std::move(state)));
}

Result<std::unique_ptr<ColumnFileWriter>> ColumnFileWriter::create(const std::string& path,
                                                                   std::vector<ColumnSpec> specs,
                                                                   const FileMetadata& metadata) {
  MOMENTUM_TRY_VOID(check_specs(specs));
  for (const ColumnSpec& spec : specs) {
    if (spec.codec == Codec::gzip)
      return fail(ErrorCode::bad_value, "gzip in a Parquet file of ours", fmt::format("column {}", spec.name));
  }
  MOMENTUM_TRY_VOID(check_metadata(metadata));
  MOMENTUM_TRY(auto file, create_output_file(path));
  return ColumnFileWriterAccess::create_on(std::move(file), path, std::move(specs), metadata);
}

Result<void> ColumnFileWriter::write_row_group(std::span<const ColumnValues> columns) {
  MOMENTUM_CHECK(!state_->failed && !state_->closed);
  MOMENTUM_TRY(const std::size_t rows, check_group(state_->specs, columns, state_->path));
  try {
    state_->write(columns, rows);
  } catch (const std::exception& why) {
    return state_->broken(why);
  }
  return {};
}

Result<ColumnFileWriter::Summary> ColumnFileWriter::close() {
  MOMENTUM_CHECK(!state_->failed && !state_->closed);
  try {
    auto pairs = std::make_shared<arrow::KeyValueMetadata>();
    pairs->Append(std::string(kChunksKey), seals_text(state_->seals));
    state_->parquet->AddKeyValueMetadata(std::move(pairs));
    state_->stream->begin_footer();
    state_->parquet->Close();
  } catch (const std::exception& why) {
    return state_->broken(why);
  }
  if (const int error = state_->stream->finish(); error != 0) {
    state_->failed = true;
    return write_failed(error, state_->path);
  }
  state_->closed = true;
  return Summary{state_->groups, state_->stream->position(), state_->stream->hash()};
}

}  // namespace momentum::formats
