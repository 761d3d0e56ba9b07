// Every encoding with every codec and type, on contents that are hard on one of them.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

#include "column_file_internal.h"
#include "column_fixture.h"
#include "scratch_folder.h"

namespace momentum::formats {
namespace {

using namespace momentum::testing;

constexpr std::array kEncodings = {Encoding::plain, Encoding::dictionary, Encoding::delta, Encoding::byte_stream_split};
constexpr std::array kCodecs = {Codec::none, Codec::lz4, Codec::snappy, Codec::zstd};

template <class T>
struct Content {
  std::string name;
  std::vector<T> values;
  std::vector<std::uint8_t> validity = {};
};

template <class T>
std::vector<std::uint8_t> present_where(std::size_t rows, T&& present) {
  std::vector<std::uint8_t> validity(validity_bytes(static_cast<std::int64_t>(rows)));
  for (std::size_t k = 0; k < rows; ++k) {
    if (present(k)) validity[k / 8] = static_cast<std::uint8_t>(validity[k / 8] | 1U << k % 8);
  }
  return validity;
}

template <class T>
std::vector<T> extremes() {
  using Limits = std::numeric_limits<T>;
  return {Limits::min(), Limits::max(), 0, Limits::max(), Limits::min(), Limits::lowest(), 1, Limits::max() - 1};
}

// Payloads and signs of NaN, too: what is stored is bits.
template <>
std::vector<double> extremes() {
  const auto of = [](std::uint64_t bits) { return std::bit_cast<double>(bits); };
  return {of(0x7ff8000000000001),
          of(0x7ff8000000000002),
          of(0xfff8000000000001),
          of(0x7ff4000000000000),
          0.0,
          -0.0,
          std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity(),
          std::numeric_limits<double>::denorm_min(),
          std::numeric_limits<double>::max(),
          of(0x7ff8000000000001)};
}

template <class T>
std::vector<Content<T>> contents() {
  constexpr std::size_t kRows = 5000;  // more than a stretch
  std::vector<Content<T>> out;
  out.push_back({"one value", {T{42}}});
  out.push_back({"one missing", {T{}}, {0}});
  out.push_back({"all missing", std::vector<T>(kRows), present_where(kRows, [](std::size_t) { return false; })});
  out.push_back({"all equal", std::vector<T>(kRows, T{-7})});
  out.push_back({"extremes", extremes<T>()});
  out.push_back({"a walk", walk<T>(kRows)});
  Content<T> alternating{"alternating", walk<T>(kRows, 3),
                         present_where(kRows, [](std::size_t k) { return k % 2 == 0; })};
  for (std::size_t k = 1; k < kRows; k += 2) alternating.values[k] = T{};
  out.push_back(std::move(alternating));
  return out;
}

template <class T>
void each_storage(const std::function<void(const ColumnSpec&)>& f) {
  for (const Encoding encoding : kEncodings) {
    if (encoding == Encoding::delta && std::is_same_v<T, double>) continue;
    for (const Codec codec : kCodecs) {
      f({.name = "a", .physical = physical_of<T>(), .encoding = encoding, .codec = codec, .level = 3});
    }
  }
}

std::string name_of(const ColumnSpec& spec, const std::string& content) {
  return std::to_string(static_cast<int>(spec.encoding)) + " " + std::to_string(static_cast<int>(spec.codec)) + " " +
         content;
}

template <class T>
void write(const std::string& path, const ColumnSpec& spec, const Content<T>& content) {
  std::filesystem::remove(path);
  auto writer = ColumnFileWriter::create(path, {spec}).value();
  ASSERT_TRUE(writer->write_row_group(std::array{column_of(content.values, content.validity)}));
  ASSERT_TRUE(writer->close());
}

template <class T>
class ColumnStorage : public ::testing::Test {
 protected:
  ScratchFolder folder_;
};
using Types = ::testing::Types<std::int32_t, std::int64_t, double>;
TYPED_TEST_SUITE(ColumnStorage, Types);

TYPED_TEST(ColumnStorage, EveryContentComesBackBitForBit) {
  const std::string path = this->folder_.path("a");
  each_storage<TypeParam>([&](const ColumnSpec& spec) {
    for (const Content<TypeParam>& content : contents<TypeParam>()) {
      SCOPED_TRACE(name_of(spec, content.name));
      write(path, spec, content);
      const auto reader = ColumnFileReader::open(path).value();
      std::vector<TypeParam> got(content.values.size());
      std::vector<std::uint8_t> validity(content.validity.size());
      const auto read = reader->read(0, 0, got, validity);
      ASSERT_TRUE(read) << read.error().to_string();
      EXPECT_TRUE(same_bits(got, content.values));
      EXPECT_EQ(validity, content.validity);
    }
  });
}

// Also what the codec would choke on: the checksum of the chunk comes first.
TYPED_TEST(ColumnStorage, EveryDamagedByteIsAnErrorThatNamesTheFile) {
  const std::string path = this->folder_.path("a");
  Content<TypeParam> content{"short", walk<TypeParam>(60), present_where(60, [](std::size_t k) { return k % 5 != 0; })};
  each_storage<TypeParam>([&](const ColumnSpec& spec) {
    SCOPED_TRACE(name_of(spec, content.name));
    write(path, spec, content);
    const std::string whole = bytes_of(path);
    const RowGroupPlace place = ColumnFileReader::open(path).value()->groups()[0];
    for (auto at = static_cast<std::size_t>(place.offset); at < static_cast<std::size_t>(place.offset + place.bytes);
         ++at) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
      const auto reader = ColumnFileReaderAccess::open_bytes(std::as_bytes(std::span(bytes)), "damaged").value();
      std::vector<TypeParam> got(60);
      std::vector<std::uint8_t> validity(8);
      const auto read = reader->read(0, 0, got, validity);
      ASSERT_FALSE(read) << at;
      EXPECT_EQ(read.error().code, ErrorCode::unreadable_data);
      EXPECT_EQ(read.error().where, "damaged");
      EXPECT_NE(read.error().what.find("checksum of a column chunk"), std::string::npos) << read.error().what;
    }
  });
}

}  // namespace
}  // namespace momentum::formats
