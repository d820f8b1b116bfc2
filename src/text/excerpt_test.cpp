#include "text/excerpt.h"

#include <gtest/gtest.h>

#include <string>

namespace biasbench::text {
namespace {

std::size_t CharactersOf(const std::string& text) {
  std::size_t characters = 0;
  for (const char byte : text) characters += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return characters;
}

TEST(Excerpt, LeavesWhatIsShortAsItIs) {
  EXPECT_EQ(Excerpt(""), "");
  EXPECT_EQ(Excerpt("Preis in €, 𝛼"), "Preis in €, 𝛼");
  EXPECT_EQ(Excerpt(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(PathExcerpt("/a/b c.csv"), "/a/b c.csv");
}

TEST(Excerpt, CutsToSixtyCharactersNotBytes) {
  EXPECT_EQ(Excerpt(std::string(61, 'x')), std::string(59, 'x') + "…");
  std::string euros;
  for (int i = 0; i < 61; ++i) euros += "€";
  EXPECT_EQ(CharactersOf(Excerpt(euros)), 60U);
  EXPECT_EQ(Excerpt(euros).substr(0, 3), "€");
  EXPECT_EQ(Excerpt(euros.substr(3)), euros.substr(3));
  EXPECT_LT(Excerpt(std::string(1'300'000, '\0')).size(), 64U);
}

TEST(Excerpt, EscapesWhatCannotBePrinted) {
  EXPECT_EQ(Excerpt("a\nb\tc\r\x1b[31m\x7f"), "a\\nb\\tc\\r\\x1b[31m\\x7f");
  EXPECT_EQ(Excerpt("\xff\xc3("), "\\xff\\xc3(");                               // no UTF-8
  EXPECT_EQ(Excerpt("\xe2\x82"), "\\xe2\\x82");                                 // cut in the middle
  EXPECT_EQ(Excerpt("\xc2\x85 \xe2\x80\xa8").find('\xc2'), std::string::npos);  // they break lines
  EXPECT_EQ(Excerpt("\xc0\xaf \xed\xa0\x80"), "\\xc0\\xaf \\xed\\xa0\\x80");  // overlong, surrogate
}

TEST(Excerpt, NeverCutsAnEscape) {
  const std::string excerpt = Excerpt(std::string(57, 'x') + "\x01" + "y");
  EXPECT_EQ(excerpt, std::string(57, 'x') + "…");
  EXPECT_LE(Excerpt(std::string(100, '\x01')).size(), 60U + 3);
}

TEST(Excerpt, KeepsAPathsEnd) {
  const std::string path = "/" + std::string(5000, 'd') + "/train.csv";
  const std::string excerpt = PathExcerpt(path);
  EXPECT_EQ(CharactersOf(excerpt), 60U);
  EXPECT_TRUE(excerpt.starts_with("…d"));
  EXPECT_TRUE(excerpt.ends_with("/train.csv"));
  EXPECT_EQ(PathExcerpt("a\nb"), "a\\nb");
}

}  // namespace
}  // namespace biasbench::text
