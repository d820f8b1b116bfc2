#include "model/strict_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

// Writes down what it is shown: "a/[]=1;".
class Notes : public JsonVisitor {
 public:
  void Begin(Keys keys, bool is_object) override {
    text_ += fmt::format("{}{};", fmt::join(keys, "/"), is_object ? "{" : "[");
  }
  void End(Keys keys) override { text_ += fmt::format("{}$;", fmt::join(keys, "/")); }
  void Take(Keys keys, JsonScalar value) override {
    const auto* const number = std::get_if<std::uint64_t>(&value);
    const auto* const text = std::get_if<std::string>(&value);
    text_ += fmt::format("{}={};", fmt::join(keys, "/"),
                         number != nullptr ? std::to_string(*number)
                         : text != nullptr ? *text
                                           : "other");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Visit(const std::string& json) {
  Notes notes;
  VisitJson("file", json, notes);
  return notes.text();
}

std::string Refusal(const std::string& json) {
  return ErrorOf([&] { Visit(json); });
}

TEST(StrictJson, ShowsEveryValueWithItsKeys) {
  EXPECT_EQ(Visit(R"({"a": {"b": [1, "x"]}, "c": -1})"),
            "{;a{;a/b[;a/b/[]=1;a/b/[]=x;a/b$;a$;c=other;$;");
  EXPECT_EQ(Visit("[[], null, true, 1.5, 18446744073709551615]"),
            "[;[][;[]$;[]=other;[]=other;[]=other;[]=18446744073709551615;$;");
  EXPECT_EQ(Visit("7"), "=7;");
}

TEST(StrictJson, KeysStandOnceInAnObject) {
  EXPECT_EQ(Refusal(R"({"a": 1, "a": 2})"), "the key 'a' stands twice in one object");
  EXPECT_EQ(Refusal(R"({"b": [{"a": 1}, {"a": 2, "\u0061": 3}]})"),
            "the key 'a' stands twice in one object");
  EXPECT_EQ(Refusal(R"({"a": {"a": 1}, "b": {"a": 1}})"), "no error");
}

TEST(StrictJson, NestingIsBounded) {
  EXPECT_EQ(Refusal(std::string(16, '[') + std::string(16, ']')), "no error");
  EXPECT_EQ(Refusal(std::string(17, '[') + std::string(17, ']')),
            "JSON that is nested more than 16 deep");
  EXPECT_EQ(Refusal(std::string(1'000'000, '[')), "JSON that is nested more than 16 deep");
}

TEST(StrictJson, SaysWhereItIsNone) {
  EXPECT_EQ(Refusal(R"({"a": 1)"), "truncated: its JSON ends unfinished");
  EXPECT_EQ(Refusal(""), "truncated: its JSON ends unfinished");
  EXPECT_EQ(Refusal(R"({"a": x})"), "no valid JSON at byte 7 of it");
  EXPECT_EQ(Refusal("{} {}"), "no valid JSON at byte 4 of it");
  EXPECT_EQ(Refusal("1e999"), "a number out of range at byte 5 of its JSON");
}

}  // namespace
}  // namespace biasbench::model
