#include <arrow/buffer.h>
#include <arrow/result.h>
#include <arrow/util/compression.h>
#include <parquet/encoding.h>
#include <parquet/exception.h>
#include <parquet/types.h>

#include "storage_trial_internal.h"

namespace momentum::formats {
namespace {

template <class Type>
TrialPages encode_dictionary(std::span<const typename Type::c_type> values) {
  const auto encoder = parquet::MakeTypedEncoder<Type>(parquet::Encoding::PLAIN, true);
  auto& dictionary = dynamic_cast<parquet::DictEncoder<Type>&>(*encoder);
  dictionary.Put(values.data(), static_cast<int>(values.size()));
  auto indices = dictionary.FlushValues();
  std::shared_ptr<arrow::ResizableBuffer> page;
  PARQUET_ASSIGN_OR_THROW(page, arrow::AllocateResizableBuffer(dictionary.dict_encoded_size()));
  dictionary.WriteDict(page->mutable_data());
  return {std::move(page), std::move(indices)};
}

template <class Type>
TrialPages encode(std::span<const typename Type::c_type> values, Encoding encoding) {
  parquet::Encoding::type as = parquet::Encoding::PLAIN;
  switch (encoding) {
    case Encoding::dictionary: return encode_dictionary<Type>(values);
    case Encoding::delta: as = parquet::Encoding::DELTA_BINARY_PACKED; break;
    case Encoding::byte_stream_split: as = parquet::Encoding::BYTE_STREAM_SPLIT; break;
    case Encoding::plain: break;
  }
  const auto encoder = parquet::MakeTypedEncoder<Type>(as);
  encoder->Put(values.data(), static_cast<int>(values.size()));
  return {encoder->FlushValues()};
}

std::unique_ptr<arrow::util::Codec> codec_of(Codec codec, int level) {
  arrow::Compression::type type = arrow::Compression::LZ4;  // the raw blocks that Parquet has
  if (codec == Codec::snappy) type = arrow::Compression::SNAPPY;
  if (codec == Codec::zstd) type = arrow::Compression::ZSTD;
  std::unique_ptr<arrow::util::Codec> out;
  PARQUET_ASSIGN_OR_THROW(
      out, codec == Codec::zstd ? arrow::util::Codec::Create(type, level) : arrow::util::Codec::Create(type));
  return out;
}

}  // namespace

TrialPages encode_trial(std::span<const std::int32_t> values, Encoding encoding) {
  return encode<parquet::Int32Type>(values, encoding);
}
TrialPages encode_trial(std::span<const std::int64_t> values, Encoding encoding) {
  return encode<parquet::Int64Type>(values, encoding);
}
TrialPages encode_trial(std::span<const double> values, Encoding encoding) {
  return encode<parquet::DoubleType>(values, encoding);
}

std::size_t bytes_of(const TrialPages& pages) {
  std::size_t bytes = 0;
  for (const auto& page : pages) bytes += static_cast<std::size_t>(page->size());
  return bytes;
}

std::size_t compressed_bytes(const TrialPages& pages, Codec codec, int level) {
  if (codec == Codec::none) return bytes_of(pages);
  const auto to = codec_of(codec, level);
  std::size_t bytes = 0;
  std::vector<std::uint8_t> into;
  for (const auto& page : pages) {
    into.resize(static_cast<std::size_t>(to->MaxCompressedLen(page->size(), page->data())));
    std::int64_t size = 0;
    PARQUET_ASSIGN_OR_THROW(
        size, to->Compress(page->size(), page->data(), static_cast<std::int64_t>(into.size()), into.data()));
    bytes += static_cast<std::size_t>(size);
  }
  return bytes;
}

}  // namespace momentum::formats
