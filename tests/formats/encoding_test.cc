#include "momentum/formats/encoding.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace momentum::formats {
namespace {

using namespace std::string_literals;

TEST(Encoding, PassesUtf8AndDropsItsBom) {
  EXPECT_EQ(*to_utf8("日期,开盘价\n", "f"), "日期,开盘价\n");
  EXPECT_EQ(*to_utf8("\xEF\xBB\xBF日期", "f"), "日期");
  EXPECT_EQ(*to_utf8("", "f"), "");
  EXPECT_EQ(*to_utf8("\xEF\xBB\xBF", "f"), "");
  EXPECT_EQ(*to_utf8("price \xF0\x9F\x98\x80 up", "f"), "price \xF0\x9F\x98\x80 up");
}

TEST(Encoding, ReadsGbkAndItsFourByteExtension) {
  EXPECT_EQ(*to_utf8("\xC8\xD5\xC6\xDA,\xBF\xAA\xC5\xCC\xBC\xDB\n", "f"), "日期,开盘价\n");
  EXPECT_EQ(*to_utf8("\x81\x30\x84\x36", "f"), "\xC2\xA5");  // U+00A5 has four bytes in GB18030
}

TEST(Encoding, DoesNotTakeDamagedUtf8WithBomForGbk) {
  EXPECT_EQ(to_utf8("\xEF\xBB\xBF\xC8\xD5", "f").error().code, ErrorCode::bad_encoding);
}

TEST(Encoding, ReadsUtf16WithBom) {
  EXPECT_EQ(*to_utf8("\xFF\xFE"
                     "a\0,\0\xE5\x65"s,
                     "f"),
            "a,日");
  EXPECT_EQ(*to_utf8("\xFE\xFF\0a\0,\x65\xE5"s, "f"), "a,日");
  EXPECT_EQ(to_utf8("\xFF\xFE"
                    "a\0b"s,
                    "f")
                .error()
                .code,
            ErrorCode::unreadable_data);
}

TEST(Encoding, RefusesWhatIsNoText) {
  for (const std::string& bytes : {"PAR1\x15\0\x15"s, "\x89HDF\r\n\x1A\n"s, "a,b\n1,2\x01\n"s}) {
    const auto text = to_utf8(bytes, "some.csv");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::unreadable_data);
    EXPECT_NE(text.error().where.find("some.csv"), std::string::npos);
  }
  EXPECT_EQ(*to_utf8("a,b\n\x1A", "f"), "a,b\n");  // the end of file of DOS
}

// Every byte at every place among eight that are looked at at once, beside bytes that end lines.
TEST(Encoding, FindsTheFirstControlByteWhereverItIs) {
  const std::string_view text = "\t\n\f\r";
  for (int byte = 0; byte < 0x20; ++byte) {
    for (std::size_t at = 0; at < 18; ++at) {
      std::string bytes = "1,2\n\x7F,\xE4\xB8\xAD\t34567890,\r";
      bytes.insert(at < 6 ? at : at + 3, 1, static_cast<char>(byte));
      const auto read = to_utf8(bytes, "f");
      const bool is_text = text.contains(static_cast<char>(byte)) || (byte == 0x1A && bytes.back() == byte);
      ASSERT_EQ(read.has_value(), is_text) << byte << " at " << at;
      if (read) continue;
      const std::string place = fmt::format("0x{:02X} at offset {}", byte, bytes.find(static_cast<char>(byte)));
      EXPECT_NE(read.error().where.find(place), std::string::npos) << read.error().where;
    }
  }
}

TEST(Encoding, RefusesBytesOfNeitherEncoding) {
  for (const char* bytes : {"a,\xFF\xFF\n", "caf\xE9", "\xC0\xAF\xFF", "x\x80"}) {
    const auto text = to_utf8(bytes, "some.csv");
    ASSERT_FALSE(text) << bytes;
    EXPECT_EQ(text.error().code, ErrorCode::bad_encoding);
    EXPECT_EQ(text.error().where, "some.csv");
  }
}

}  // namespace
}  // namespace momentum::formats
