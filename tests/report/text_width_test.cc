#include "momentum/report/text_width.h"

#include <gtest/gtest.h>

namespace momentum::report {
namespace {

TEST(TextWidth, WideNarrowAndCombining) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("浦发银行"), 8u);
  EXPECT_EQ(display_width("ＳＴ"), 4u);    // fullwidth letters
  EXPECT_EQ(display_width("ｱ"), 1u);       // halfwidth katakana
  EXPECT_EQ(display_width("e\u0301"), 1u);  // combining accent
  EXPECT_EQ(display_width("▁█░…"), 4u);    // ambiguous: one
  EXPECT_EQ(display_width("한"), 2u);
  EXPECT_EQ(width_of(0x20000), 2);         // CJK extension B
  EXPECT_EQ(width_of(0x1F600), 2);         // emoji
  EXPECT_EQ(width_of(0x3001), 2);          // ideographic comma
}

TEST(TextWidth, EdgesOfRanges) {
  EXPECT_EQ(width_of(0x10FF), 1);
  EXPECT_EQ(width_of(0x1100), 2);
  EXPECT_EQ(width_of(0x4E00), 2);
  EXPECT_EQ(width_of(0x9FFF), 2);
  EXPECT_EQ(width_of(0xFF60), 2);
  EXPECT_EQ(width_of(0xFF61), 1);
}

TEST(TextWidth, BadBytesAreOneColumnEach) {
  EXPECT_EQ(display_width("a\xFF\x80z"), 4u);
  EXPECT_EQ(display_width("\xE6\xB5"), 2u);           // cut character
  EXPECT_EQ(display_width("\xC0\xAF"), 2u);           // overlong
  EXPECT_EQ(display_width("\xED\xA0\x80"), 3u);       // surrogate
  EXPECT_EQ(display_width("\xF4\x90\x80\x80"), 4u);   // beyond U+10FFFF
}

TEST(TextWidth, FitNeverCutsACharacter) {
  EXPECT_EQ(fit("浦发银行", 8), "浦发银行");
  EXPECT_EQ(fit("浦发银行", 7), "浦发银…");
  EXPECT_EQ(fit("浦发银行", 6), "浦发…");
  EXPECT_EQ(fit("abcdef", 1), "…");
  EXPECT_EQ(fit("abcdef", 0), "");
}

TEST(TextWidth, Padding) {
  EXPECT_EQ(pad_right("银行", 6), "银行  ");
  EXPECT_EQ(pad_left("银行", 6), "  银行");
  EXPECT_EQ(pad_left("银行", 3), "银行");
}

TEST(TextWidth, PrintableHasNoControlsAndIsValid) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\uFFFD[31mb");
  EXPECT_EQ(printable("a\nb\x7f"), "a\uFFFDb\uFFFD");
  EXPECT_EQ(printable("\u202Eabc"), "\uFFFDabc");  // right-to-left override
  EXPECT_EQ(printable("\xB5\xB5"), "\uFFFD\uFFFD");
  EXPECT_EQ(printable("中文 ok"), "中文 ok");
  EXPECT_EQ(valid_utf8("a\n\xFF"), "a\n\uFFFD");
}

}  // namespace
}  // namespace momentum::report
