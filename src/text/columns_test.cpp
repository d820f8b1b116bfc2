#include "text/columns.h"

#include <gtest/gtest.h>

#include <string>

namespace biasbench::text {
namespace {

TEST(Columns, AreCharacters) {
  EXPECT_EQ(ColumnsOf("1–2 µs"), 6U);
  EXPECT_EQ(Padded("µs", 4, Align::kLeft), "µs  ");
  EXPECT_EQ(Padded("µs", 4, Align::kRight), "  µs");
  EXPECT_EQ(Padded("longer", 4, Align::kRight), "longer");
}

TEST(Columns, LinesBreakBehindSeparators) {
  EXPECT_EQ(Wrapped({"aaa", "bbb", "ccc"}, "/", 11), "aaa/bbb/ccc");
  EXPECT_EQ(Wrapped({"aaa", "bbb", "ccc"}, "/", 10), "aaa/bbb/\n  ccc");
  EXPECT_EQ(Wrapped({"aaa", "bbbbbbb", "ccc"}, "/", 5), "aaa/\n  bbbbbbb/\n  ccc");
  EXPECT_EQ(Wrapped({"aaa", "bbb", "c"}, "  ", 8, 4), "aaa  bbb\n    c");
  EXPECT_EQ(Wrapped({}, "/", 5), "");
}

TEST(Columns, WordsStayWhole) {
  EXPECT_EQ(WrappedWords("one two three", 7), "one two\n  three");
  EXPECT_EQ(WrappedWords("one", 2), "one");
  EXPECT_EQ(WrappedWords("a   b", 9), "a   b");
}

TEST(Columns, NamesBreakOnlyWhereTheyMust) {
  EXPECT_EQ(WrappedName("aaa/bbb/ccc", 8), "aaa/bbb/\n  ccc");
  EXPECT_EQ(WrappedWords("only in A: a/b/c", 13), "only in A:\n  a/b/c");
  EXPECT_EQ(WrappedWords("A: aaaa/bbbb/cccc", 12), "A: aaaa/\n  bbbb/cccc");
}

}  // namespace
}  // namespace biasbench::text
