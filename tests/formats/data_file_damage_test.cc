// HDF5 and CSV data files that are not what was written: always an error, never a crash, never other data.

#include <algorithm>
#include <functional>

#include "column_sample.h"
#include "content_hash_internal.h"
#include "csv_file_internal.h"
#include "failing_file.h"
#include "hdf5_file_internal.h"
#include "hdf5_layout_internal.h"
#include "mapped_file_internal.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

Result<std::unique_ptr<DataFileReader>> open_bytes(FileForm form, const std::string& bytes) {
  const auto span = std::as_bytes(std::span(bytes));
  return form == FileForm::hdf5 ? open_hdf5_bytes(span, "damaged") : open_csv_bytes(span, "damaged");
}

class DataFileDamage : public ::testing::TestWithParam<FileForm> {
 protected:
  void SetUp() override {
    write_sample(folder_.path("whole"), GetParam());
    bytes_ = bytes_of(folder_.path("whole"));
  }
  ScratchFolder folder_;
  std::string bytes_;
};

TEST_P(DataFileDamage, CutAnywhere) {
  for (std::size_t size = 0; size < bytes_.size(); size += size + 200 < bytes_.size() ? 97 : 1) {
    const auto reader = open_bytes(GetParam(), bytes_.substr(0, size));
    ASSERT_FALSE(reader) << size;
    EXPECT_EQ(reader.error().code, ErrorCode::unreadable_data);
    EXPECT_EQ(reader.error().where, "damaged");
  }
  EXPECT_FALSE(open_bytes(GetParam(), bytes_ + "x"));
  EXPECT_FALSE(open_bytes(GetParam(), "x" + bytes_));
}

// A damaged chunk (HDF5) or row group (CSV) spoils itself only.
TEST_P(DataFileDamage, EveryByteFlipped) {
  std::size_t not_opened = 0, not_read = 0;
  constexpr std::array kMasks = {0x01, 0x80, 0xff, 0x20};
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    std::string bytes = bytes_;
    bytes[at] = static_cast<char>(bytes[at] ^ kMasks[at % kMasks.size()]);
    const auto reader = open_bytes(GetParam(), bytes);
    if (!reader) {
      ASSERT_EQ(reader.error().code, ErrorCode::unreadable_data);
      ++not_opened;
      continue;
    }
    const SampleReading reading = read_sample(**reader);
    ASSERT_EQ(reading.other, 0U) << at;
    ASSERT_GE(reading.errors, 1U) << at;
    ++not_read;
  }
  EXPECT_GT(not_opened, 0U);
  EXPECT_GT(not_read, 0U);
}

// Behind the checksums: a forger knows how to compute them.
TEST(Hdf5Damage, AForgedIndexIsAnErrorOrHarmless) {
  const ScratchFolder folder;
  write_sample(folder.path("whole"), FileForm::hdf5);
  const std::string whole = bytes_of(folder.path("whole"));
  const auto as_span = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  const Hdf5Seal seal = *seal_of(as_span(whole).last(kHdf5SealBytes));
  std::size_t refused = 0;
  for (std::size_t at = seal.hdf5_bytes; at < whole.size() - kHdf5SealBytes; ++at) {
    for (const int mask : {0x01, 0x04, 0x80, 0xff}) {
      std::string bytes = whole.substr(0, whole.size() - kHdf5SealBytes);
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      const auto index = as_span(bytes).subspan(seal.hdf5_bytes);
      Hdf5Seal forged{seal.hdf5_bytes, seal.rest, content_hash(index)};
      if (const auto read = index_of(index, seal.hdf5_bytes))
        forged.rest = rest_hash(as_span(bytes).first(seal.hdf5_bytes), read->chunks).value_or(0);
      bytes += seal_bytes(forged);
      const auto reader = open_bytes(FileForm::hdf5, bytes);
      if (reader) {
        read_sample(**reader);  // whatever it says, within its buffers
      } else {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 0U);
}

// Chunks that were damaged before their checksum was taken reach the decoders.
TEST(Hdf5Damage, AForgedChunkIsAnErrorOrHarmless) {
  const ScratchFolder folder;
  for (const int compression : {-1, 1, 5}) {
    const std::string path = folder.path(std::to_string(compression));
    write_sample(path, FileForm::hdf5, compression);
    const std::string whole = bytes_of(path);
    const auto as_span = [](const std::string& text) { return std::as_bytes(std::span(text)); };
    const Hdf5Seal seal = *seal_of(as_span(whole).last(kHdf5SealBytes));
    const Hdf5Index index = *index_of(
        as_span(whole).subspan(seal.hdf5_bytes, whole.size() - kHdf5SealBytes - seal.hdf5_bytes), seal.hdf5_bytes);
    std::size_t errors = 0;
    for (std::size_t c = 0; c < index.chunks.size(); ++c) {
      for (std::uint64_t at = index.chunks[c].offset; at < index.chunks[c].offset + index.chunks[c].bytes; at += 5) {
        for (const int mask : {0x01, 0x10, 0xff}) {
          std::string bytes = whole.substr(0, seal.hdf5_bytes);
          bytes[at] = static_cast<char>(bytes[at] ^ mask);
          Hdf5Index forged = index;
          forged.chunks[c].hash = content_hash(as_span(bytes).subspan(forged.chunks[c].offset, forged.chunks[c].bytes));
          const std::string text = index_bytes(forged);
          bytes += text + seal_bytes({seal.hdf5_bytes, seal.rest, content_hash(as_span(text))});
          const auto reader = open_bytes(FileForm::hdf5, bytes);
          ASSERT_TRUE(reader) << reader.error().to_string();
          errors += read_sample(**reader).errors;
        }
      }
    }
    EXPECT_GT(errors, 0U) << compression;
  }
}

TEST(CsvDamage, AForgedLineIsAnErrorOrHarmless) {
  const ScratchFolder folder;
  write_sample(folder.path("whole"), FileForm::csv);
  const std::string whole = bytes_of(folder.path("whole"));
  std::string version;
  const CsvLayout layout = *csv_layout(MemorySource(std::as_bytes(std::span(whole))), version).value();
  const auto begin = static_cast<std::size_t>(layout.offsets[0]);
  const auto size = static_cast<std::size_t>(layout.trailer.groups[0].bytes);
  const std::size_t end = begin + size + static_cast<std::size_t>(layout.trailer.groups[1].bytes);
  std::size_t errors = 0;
  for (std::size_t at = begin; at < begin + size; at += 3) {
    for (const char put : {'\n', ',', '"', '9', '-', '.'}) {
      std::string bytes = whole.substr(0, end);
      bytes[at] = put;
      CsvTrailer forged = layout.trailer;
      forged.groups[0].hash = content_hash(std::as_bytes(std::span(bytes)).subspan(begin, size));
      bytes += trailer_text(forged);
      const auto reader = open_bytes(FileForm::csv, bytes);
      ASSERT_TRUE(reader);
      errors += read_sample(**reader).errors;
    }
  }
  EXPECT_GT(errors, 0U);
}

TEST(Hdf5Damage, ANewerVersionIsRefusedAndSaysSo) {
  const ScratchFolder folder;
  write_sample(folder.path("a"), FileForm::hdf5);
  std::string bytes = bytes_of(folder.path("a"));
  std::string seal = bytes.substr(bytes.size() - kHdf5SealBytes, kHdf5SealBytes - 8);
  seal[7] = '2';
  const std::uint64_t hash = content_hash(std::as_bytes(std::span(seal)));
  for (int k = 0; k < 8; ++k) seal.push_back(static_cast<char>(hash >> (8 * k)));
  bytes.replace(bytes.size() - kHdf5SealBytes, kHdf5SealBytes, seal);
  const auto reader = open_bytes(FileForm::hdf5, bytes);
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().what.find("unknown version (02)"), std::string::npos) << reader.error().what;
}

TEST(CsvDamage, ANewerVersionIsRefusedAndSaysSo) {
  const ScratchFolder folder;
  write_sample(folder.path("a"), FileForm::csv);
  const std::string whole = bytes_of(folder.path("a"));
  const std::size_t begin = whole.find("#momentum.csv 1");
  std::string trailer = whole.substr(begin, whole.rfind("#seal") - begin);
  trailer[14] = '2';
  char seal[64];
  std::snprintf(seal, sizeof seal, "#seal %016llx %016zx\n",
                static_cast<unsigned long long>(content_hash(std::as_bytes(std::span(trailer)))), begin);
  const auto reader = open_bytes(FileForm::csv, whole.substr(0, begin) + trailer + seal);
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().what.find("unknown version (2)"), std::string::npos) << reader.error().what;
}

TEST_P(DataFileDamage, AFullDiskIsOneErrorWhereverItComes) {
  const auto values = walk<std::int32_t>(50000);
  const ColumnSpec spec = spec_of_form(GetParam(), column_spec("a", Physical::int32), 0);
  const auto create = [&](std::unique_ptr<OutputFile> file) {
    return GetParam() == FileForm::hdf5 ? create_hdf5_on(std::move(file), "full/a", {spec}, {}).value()
                                        : create_csv_on(std::move(file), "full/a", {spec}, {}).value();
  };
  for (const std::size_t room : {0, 20000, 201000}) {
    bool discarded = false;
    {
      auto file = std::make_unique<FailingFile>();
      file->room = room;
      file->discarded = &discarded;
      auto writer = create(std::move(file));
      const auto wrote = writer->write_row_group(std::array{column_of(values)});
      const Error error = wrote ? writer->close().error() : wrote.error();
      EXPECT_EQ(error.code, ErrorCode::disk_full) << room;
      EXPECT_EQ(error.where, "full/a");
    }
    EXPECT_TRUE(discarded);
  }
  for (const bool sync : {true, false}) {
    auto file = std::make_unique<FailingFile>();
    file->room = 10'000'000;
    (sync ? file->sync_error : file->close_error) = sync ? EIO : EDQUOT;
    const auto closed = create(std::move(file))->close();
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, sync ? ErrorCode::io_failed : ErrorCode::disk_full);
  }
}

// Files of every released version of the format stay readable.
TEST(DataFileVersions, OneIsReadAsItWasWritten) {
  for (const FileForm form : {FileForm::hdf5, FileForm::csv}) {
    const auto reader = open_data_file(form, std::string(MOMENTUM_SOURCE_DIR "/tests/formats/") +
                                                 (form == FileForm::hdf5 ? "hdf5_file_v1.h5" : "csv_file_v1.csv"));
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_EQ((*reader)->specs(), sample_specs(form));
    EXPECT_EQ((*reader)->metadata(), sample(0).metadata);
    const SampleReading reading = read_sample(**reader);
    EXPECT_EQ(reading.equal, 12U);
    EXPECT_EQ(reading.errors + reading.other, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, DataFileDamage, ::testing::Values(FileForm::hdf5, FileForm::csv),
                         [](const auto& which) { return std::string(suffix_of(which.param).substr(1)); });

}  // namespace
}  // namespace momentum::formats
