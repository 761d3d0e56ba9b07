#include "momentum/catalog/packed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace momentum::catalog {
namespace {

constexpr std::int64_t kIntegers[] = {0,    1,    -1,    63,         64,        -64,       -65,
                                      8191, 8192, -8193, 2147483647, INT64_MAX, INT64_MIN, INT64_MIN + 1};

TEST(Packed, EveryFieldComesBack) {
  PackedWriter out(7);
  for (const std::int64_t value : kIntegers) out.integer(value);
  for (const std::uint64_t value : {0UL, 127UL, 128UL, UINT64_MAX}) out.number(value);
  out.date(Date{});
  out.text("");
  out.text(std::string("a\0b演示", 9));
  for (const double value : {0.1, -0.0, std::numeric_limits<double>::infinity()}) out.real(value);
  const std::string blob = std::move(out).seal();

  PackedReader in = PackedReader::open(blob, 7, "here").value();
  for (const std::int64_t value : kIntegers) EXPECT_EQ(in.integer(), value);
  for (const std::uint64_t value : {0UL, 127UL, 128UL, UINT64_MAX}) EXPECT_EQ(in.number(), value);
  EXPECT_FALSE(in.date().has_value());
  EXPECT_EQ(in.text(), "");
  EXPECT_EQ(in.text(), std::string("a\0b演示", 9));
  EXPECT_EQ(in.real(), 0.1);
  EXPECT_TRUE(std::signbit(in.real()));
  EXPECT_FALSE(in.done());
  EXPECT_EQ(in.real(), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(in.done());
  EXPECT_TRUE(in.finish("here"));
}

// The bytes are a promise: docs/formats.md.
TEST(Packed, BytesAreFixed) {
  PackedWriter out(1);
  out.integer(-3);
  out.number(300);
  out.text("ab");
  out.real(1.0);
  const std::string blob = std::move(out).seal();
  EXPECT_EQ(blob.substr(0, blob.size() - 8), std::string("\x01\x05\xAC\x02\x02"
                                                         "ab\0\0\0\0\0\0\xF0\x3F",
                                                         15));
  EXPECT_EQ(hash_of(""), 0x2D06800538D394C2U);  // XXH3-64 of nothing, as published with xxHash
  EXPECT_EQ(static_cast<unsigned char>(blob.back()), hash_of(blob.substr(0, blob.size() - 8)) >> 56);
}

TEST(Packed, NamesWhatIsWrong) {
  PackedWriter out(1), newer(3), none(0);
  out.text("abc");
  const std::string blob = std::move(out).seal();
  EXPECT_EQ(PackedReader::open(blob, 2, "row 5")->version(), 1);
  EXPECT_EQ(PackedReader::open(std::move(newer).seal(), 2, "row 5").error().to_string(),
            "a block of version 3, not 2: row 5; restore the store from a copy");
  EXPECT_EQ(PackedReader::open(std::move(none).seal(), 2, "row 5").error().what, "a block of version 0, not 2");
  EXPECT_EQ(PackedReader::open("", 1, "row 5").error().what, "a block of 0 bytes");
  EXPECT_EQ(PackedReader::open(blob.substr(0, 8), 1, "").error().what, "a block of 8 bytes");
  for (std::size_t i = 9; i < blob.size(); ++i) {
    EXPECT_EQ(PackedReader::open(blob.substr(0, i), 1, "").error().what, "wrong checksum") << i;
  }
  for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
    std::string flipped = blob;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto opened = PackedReader::open(flipped, 1, "");
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().code, ErrorCode::damaged_store);
  }
  PackedReader in = PackedReader::open(blob, 1, "").value();
  EXPECT_EQ(in.finish("row 5").error().what, "a block of the wrong length");
  in.text();
  EXPECT_TRUE(in.done());
  EXPECT_EQ(in.number(), 0U);
  EXPECT_FALSE(in.done());
}

// Whoever forges a checksum too gets no crash and no huge allocation.
TEST(Packed, ForgedFieldsFailQuietly) {
  PackedWriter out(1);
  out.number(UINT64_MAX);
  const std::string blob = std::move(out).seal();
  const auto open = [&] { return PackedReader::open(blob, 1, "").value(); };
  PackedReader in = open();
  EXPECT_EQ(in.count(), 0U);
  EXPECT_FALSE(in.done());
  EXPECT_EQ((in = open(), in.text()), "");
  EXPECT_FALSE(in.done());
  in = open();
  EXPECT_EQ(in.small(), 0);
  EXPECT_FALSE(in.done());
  PackedWriter ones(1);
  ones.text(std::string(11, '\xFF'));
  const std::string text = std::move(ones).seal();
  PackedReader varint = PackedReader::open(text, 1, "").value();
  EXPECT_EQ(varint.number(), 11U);
  EXPECT_EQ(varint.number(), 0U);  // eleven bytes, each of which says that more come
  EXPECT_FALSE(varint.done());
}

}  // namespace
}  // namespace momentum::catalog
