#include "momentum/report/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace momentum::report {
namespace {

TEST(JsonWriter, NestsAndSeparates) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("a").begin_array().integer(1).integer(-2).null().begin_object().end_object().end_array();
  json.key("b").boolean(true).key("c").number(0.5);
  json.key("d").begin_array().end_array();
  json.end_object();
  EXPECT_EQ(out, R"({"a":[1,-2,null,{}],"b":true,"c":0.5,"d":[]})");
}

TEST(JsonWriter, Escapes) {
  std::string out;
  JsonWriter(out).text(std::string_view("q\" b\\ n\n t\t \x01 \x00 银 /\x7f", 22));
  EXPECT_EQ(out, "\"q\\\" b\\\\ n\\n t\\t \\u0001 \\u0000 银 /\x7f\"");
}

TEST(JsonWriter, BadBytesBecomeTheReplacementCharacter) {
  std::string out;
  JsonWriter(out).text("a\xFF");
  EXPECT_EQ(out, "\"a\uFFFD\"");
}

TEST(JsonWriter, NonFiniteAndEmptyAreNull) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.number(NAN).number(std::numeric_limits<double>::infinity()).text_or_null("").text_or_null("x").text("");
  json.end_array();
  EXPECT_EQ(out, R"([null,null,null,"x",""])");
}

TEST(JsonWriter, LineBreaksStandBetweenElements) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().line_break().key("a").begin_array();
  json.line_break().integer(1).line_break().integer(2).line_break().end_array();
  json.end_object();
  EXPECT_EQ(out, "{\n\"a\":[\n1,\n2\n]}");
}

TEST(JsonWriterDeathTest, AValueWithoutAKeyIsOurBug) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  EXPECT_DEATH(json.integer(1), "");
  EXPECT_DEATH(json.end_array(), "");
}

}  // namespace
}  // namespace momentum::report
