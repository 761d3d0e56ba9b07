// Files that are not what was written: cut, flipped, forged. Always an error, never a crash, never other data.

#include <array>
#include <filesystem>

#include "column_file_internal.h"
#include "column_layout_internal.h"
#include "column_sample.h"
#include "content_hash_internal.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

std::uint32_t footer_length(const std::string& bytes) {
  std::uint32_t length = 0;
  for (std::size_t k = 0; k < 4; ++k)
    length |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[bytes.size() - kTailBytes + k])) << 8 * k;
  return length;
}

std::size_t footer_begin(const std::string& bytes) { return bytes.size() - kTailBytes - footer_length(bytes); }

// A forger knows how to compute a checksum.
void reseal(std::string& bytes) {
  const std::size_t begin = footer_begin(bytes);
  const std::string_view footer = std::string_view(bytes).substr(begin, footer_length(bytes));
  const auto seal = footer_seal(content_hash(std::as_bytes(std::span(footer))));
  std::memcpy(bytes.data() + begin - kSealBytes, seal.data(), kSealBytes);
}

std::size_t replace_all(std::string& bytes, std::string_view from, std::string_view to) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + to.size())) {
    bytes.replace(at, from.size(), to);
    ++count;
  }
  return count;
}

std::string varint(std::uint64_t value) {  // zigzag, as Thrift writes counts
  std::string text;
  for (value *= 2; value > 127; value >>= 7) text += static_cast<char>(value % 128 + 128);
  return text + static_cast<char>(value);
}

Result<std::unique_ptr<ColumnFileReader>> open_bytes(const std::string& bytes) {
  return ColumnFileReaderAccess::open_bytes(std::as_bytes(std::span(bytes)), "damaged");
}

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    write_sample(folder_.path("whole"));
    bytes_ = bytes_of(folder_.path("whole"));
    const auto reader = ColumnFileReader::open(folder_.path("whole")).value();
    const SampleReading reading = read_sample(*reader);
    ASSERT_EQ(reading.equal, 12U);
    ASSERT_EQ(reading.errors + reading.other, 0U);
  }
  ScratchFolder folder_;
  std::string bytes_;
};

TEST_F(Damage, CutAnywhere) {
  for (std::size_t size = 0; size < bytes_.size(); size += size + 200 < bytes_.size() ? 97 : 1) {
    const std::string cut = bytes_.substr(0, size);
    const auto reader = open_bytes(cut);
    ASSERT_FALSE(reader) << size;
    EXPECT_EQ(reader.error().code, ErrorCode::unreadable_data);
    EXPECT_EQ(reader.error().where, "damaged");
  }
  EXPECT_FALSE(open_bytes(bytes_ + "x"));
  EXPECT_FALSE(open_bytes("x" + bytes_));
}

TEST_F(Damage, AnotherSizeThanTheCatalogSays) {
  const auto size = static_cast<std::int64_t>(bytes_.size());
  EXPECT_TRUE(open_data_file(FileForm::parquet, folder_.path("whole"), size));
  for (const FileForm form : {FileForm::parquet, FileForm::hdf5, FileForm::csv}) {
    const auto reader = open_data_file(form, folder_.path("whole"), size + 1);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, ErrorCode::unreadable_data);
    EXPECT_NE(reader.error().what.find(std::to_string(size + 1)), std::string::npos) << reader.error().what;
  }
}

// Every single byte is under a checksum, so each flip is found: a damaged chunk spoils itself only.
TEST_F(Damage, EveryByteFlipped) {
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    for (const int mask : {0x01, 0x80, 0xff}) {
      std::string bytes = bytes_;
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      const auto reader = open_bytes(bytes);
      if (!reader) {
        ASSERT_EQ(reader.error().code, ErrorCode::unreadable_data);
        continue;
      }
      const SampleReading reading = read_sample(**reader);
      ASSERT_EQ(reading.errors, 1U) << at;
      ASSERT_EQ(reading.equal, 11U) << at;
    }
  }
}

TEST_F(Damage, AForgedFooterIsAnErrorOrHarmless) {
  for (std::size_t at = footer_begin(bytes_); at + kTailBytes < bytes_.size(); ++at) {
    for (const int mask : {0x01, 0x02, 0x10, 0x40, 0x80, 0xff}) {
      std::string bytes = bytes_;
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      reseal(bytes);
      const auto reader = open_bytes(bytes);
      if (reader) read_sample(**reader);  // whatever it says, within its buffers
    }
  }
}

// Pages that were damaged before their checksum was taken reach the decoders.
TEST_F(Damage, AForgedChunkIsAnErrorOrHarmless) {
  std::vector<ColumnSpec> specs = sample(0).specs;
  for (const Encoding encoding :
       {Encoding::plain, Encoding::dictionary, Encoding::delta, Encoding::byte_stream_split}) {
    for (const Codec codec : {Codec::none, Codec::lz4, Codec::snappy, Codec::zstd}) {
      for (ColumnSpec& spec : stored_as(sample(0).specs, encoding, codec)) {
        if (spec.name == "close" || spec.name == "volume" || spec.name == "ratio") specs.push_back(std::move(spec));
      }
    }
  }
  for (const ColumnSpec& spec : specs) {
    const std::string path = folder_.path("one");
    std::filesystem::remove(path);
    auto writer = ColumnFileWriter::create(path, {spec}).value();
    const Sample s = sample(0);
    const std::array column = {
        spec.physical == Physical::int32
            ? column_of(s.close, spec.required ? std::span<const std::uint8_t>() : std::span(s.holes))
        : spec.physical == Physical::int64 ? column_of(s.volume, s.holes)
                                           : column_of(s.turnover, s.holes)};
    ASSERT_TRUE(writer->write_row_group(column));
    const RowGroupPlace place = writer->close().value().groups[0];
    const std::string whole = bytes_of(path);
    const auto seal_text = [&](const std::string& bytes) {
      const auto chunk =
          std::string_view(bytes).substr(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(place.bytes));
      return seals_text({{content_hash(std::as_bytes(std::span(chunk))), 0}}).substr(0, 16);
    };
    std::size_t read = 0, refused = 0;
    for (auto at = static_cast<std::size_t>(place.offset); at < static_cast<std::size_t>(place.offset + place.bytes);
         ++at) {
      for (const int mask : {0x01, 0x04, 0x80, 0xff}) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ mask);
        ASSERT_EQ(replace_all(bytes, seal_text(whole), seal_text(bytes)), 1U);
        reseal(bytes);
        const auto reader = open_bytes(bytes);
        ASSERT_TRUE(reader) << reader.error().to_string();
        std::vector<double> into((*reader)->rows());
        ++((*reader)->read_real(0, 0, into) ? read : refused);
      }
    }
    EXPECT_GT(refused, 0U) << spec.name;
  }
}

TEST_F(Damage, AForgedRowCount) {
  constexpr std::int64_t kRows = 1'100'000;
  const std::string path = folder_.path("many");
  auto writer = ColumnFileWriter::create(path, {column_spec("a", Physical::int32)}).value();
  const std::vector<std::int32_t> values(kRows, 7);
  ASSERT_TRUE(writer->write_row_group(std::array{column_of(values)}));
  ASSERT_TRUE(writer->close());
  const std::string whole = bytes_of(path);
  std::string bytes;
  const auto forged = [&](std::uint64_t rows) {
    bytes = whole.substr(footer_begin(whole));
    EXPECT_GE(replace_all(bytes, varint(kRows), varint(rows)), 2U) << rows;
    bytes = whole.substr(0, footer_begin(whole)) + bytes;
    reseal(bytes);
    return open_bytes(bytes);
  };
  EXPECT_EQ(forged((1U << 27) - 1).error().code, ErrorCode::unreadable_data);  // more than any group may have
  for (const std::uint64_t rows : {kRows + 1, kRows - 1, kRows * 2}) {
    const auto reader = forged(rows).value();
    std::vector<std::int32_t> into(rows);
    const auto read = reader->read(0, 0, into);
    ASSERT_FALSE(read) << rows;
    EXPECT_EQ(read.error().code, ErrorCode::unreadable_data);
  }
}

TEST_F(Damage, ANewerVersionIsRefusedAndSaysSo) {
  std::string bytes = bytes_;
  const std::string key = std::string(kVersionKey) + std::string("\x18\x01", 2);  // then the length of the value
  ASSERT_EQ(replace_all(bytes, key + "1", key + "2"), 1U);
  reseal(bytes);
  const auto reader = open_bytes(bytes);
  ASSERT_FALSE(reader);
  EXPECT_NE(reader.error().what.find("unknown version (2)"), std::string::npos) << reader.error().what;
}

// Files of every released version of the format stay readable.
TEST(ColumnFileVersions, OneIsReadAsItWasWritten) {
  const auto reader = ColumnFileReader::open(MOMENTUM_SOURCE_DIR "/tests/formats/column_file_v1.parquet");
  ASSERT_TRUE(reader) << reader.error().to_string();
  EXPECT_EQ((*reader)->specs(), sample(0).specs);
  EXPECT_EQ((*reader)->metadata(), sample(0).metadata);
  const SampleReading reading = read_sample(**reader);
  EXPECT_EQ(reading.equal, 12U);
  EXPECT_EQ(reading.errors + reading.other, 0U);
}

}  // namespace
}  // namespace momentum::formats
