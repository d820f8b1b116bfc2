#include "data/csv_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "data/test_files.h"

namespace biasbench::data {
namespace {

using Table = std::vector<std::vector<float>>;

Table TableOf(const std::string& path, const CsvOptions& options = {}) {
  CsvReader reader(CompressedFile(path), options);
  Table table;
  while (reader.Next()) {
    EXPECT_EQ(std::ssize(reader.numbers()), reader.columns());
    table.emplace_back(reader.numbers().begin(), reader.numbers().end());
  }
  return table;
}

// The message for a file of these contents, without its path.
std::string RefusalOf(const std::string& contents, const CsvOptions& options = {}) {
  const std::string path = WritePlain("refused.csv", contents);
  const std::string message = ErrorOf([&] { TableOf(path, options); });
  EXPECT_TRUE(message.starts_with(path)) << message;
  return message.substr(path.size());
}

TEST(CsvReader, ReadsPlainAndGzip) {
  const std::string text = "1,-2.5\n3e2,0.125\n";
  const Table table = {{1, -2.5F}, {300, 0.125F}};
  EXPECT_EQ(TableOf(WritePlain("table.csv", text)), table);
  EXPECT_EQ(TableOf(WriteGzip("table.csv.gz", text)), table);
}

TEST(CsvReader, TakesLineEndingsOfAnyHouseAndBlanks) {
  const Table table = {{1, 2}, {3, 4}};
  EXPECT_EQ(TableOf(WritePlain("crlf.csv", "1,2\r\n3,4\r\n")), table);
  EXPECT_EQ(TableOf(WritePlain("open.csv", "1,2\n3,4")), table);
  EXPECT_EQ(TableOf(WritePlain("blanks.csv", " 1 ,\t2\n3, 4 \r")), table);
}

TEST(CsvReader, RefusesRaggedLines) {
  EXPECT_EQ(RefusalOf("1,2\n3\n"), ":2: 1 fields, expected 2 as on line 1");
  EXPECT_EQ(RefusalOf("1,2\n3,4\n5,6,7\n"), ":3: 3 fields, expected 2 as on line 1");
}

TEST(CsvReader, RefusesWhatIsNoFiniteNumber) {
  const auto expected = [](const std::string& field) {
    return ":2: field 2 is \"" + field + "\", expected a finite single-precision number";
  };
  // Among them what other parsers let pass: a prefix, hexadecimal, a value beyond range.
  for (const std::string field :
       {"x", "", "4x", "4 4", "+-4", "0x4", "nan", "inf", "-inf", "1e39", "-1e39", "1e999"}) {
    EXPECT_EQ(RefusalOf("1,2\n3," + field + "\n"), expected(field));
  }
  EXPECT_EQ(RefusalOf("1,2\n3," + std::string(1000, 'x') + "\n"),
            expected(std::string(59, 'x') + "…"));
  EXPECT_EQ(RefusalOf("1,2\n3,\x01\n"), expected("\\x01"));
  EXPECT_EQ(TableOf(WritePlain("largest.csv", "3.4028234e38\n"))[0][0],
            std::numeric_limits<float>::max());
}

TEST(CsvReader, RefusesEmptyFiles) {
  EXPECT_EQ(RefusalOf(""), ": empty, expected lines of comma-separated numbers");
  EXPECT_EQ(RefusalOf("\n \n"), ": empty, expected lines of comma-separated numbers");
  EXPECT_EQ(TableOf(WritePlain("blank.csv", "1\n2\n\n\n")), (Table{{1}, {2}}));
}

TEST(CsvReader, TellsAHeaderFromNumbers) {
  const CsvReader with{CompressedFile(WritePlain("with.csv", "\"x\", y1 ,1x1\r\n1,2,3\n"))};
  EXPECT_EQ(with.column_names(), (std::vector<std::string>{"x", "y1", "1x1"}));
  EXPECT_EQ(with.Decisions(), "the first line is a header: below \"x\" there are numbers");
  const CsvReader marked{CompressedFile(WritePlain("marked.csv", "\xEF\xBB\xBFx,y\n1,2\n"))};
  EXPECT_EQ(marked.column_names(), (std::vector<std::string>{"x", "y"}));
  const CsvReader without{CompressedFile(WritePlain("without.csv", "1,2,3\n"))};
  EXPECT_TRUE(without.column_names().empty());
  EXPECT_EQ(without.columns(), 3);
  EXPECT_EQ(without.Decisions(), "the first line is no header: it holds numbers like the next");
}

TEST(CsvReader, DoesAsItIsToldOfTheHeader) {
  const std::string path = WritePlain("numbers.csv", "0,1\n5,6\n");
  EXPECT_EQ(TableOf(path), (Table{{5, 6}}));
  EXPECT_EQ(TableOf(path, {.header = CsvHeader::kYes}), (Table{{5, 6}}));
  EXPECT_EQ(TableOf(path, {.header = CsvHeader::kNo}), (Table{{0, 1}, {5, 6}}));
  const CsvReader told(CompressedFile(path), {.header = CsvHeader::kYes});
  EXPECT_EQ(told.Decisions(), "");
}

TEST(CsvReader, AsksForTheFlagWhereNothingDecides) {
  EXPECT_EQ(
      RefusalOf("a,b\nc,d\n"),
      ":1: nothing tells whether the first line is a header, since no column is numbers below "
      "it; say --header=yes or --header=no");
  EXPECT_EQ(RefusalOf("x,y\n", {.header = CsvHeader::kYes}),
            ": a header and no line of numbers after it");
  EXPECT_EQ(RefusalOf("# by us\na,b\n1,2\n"), ":1: a comment; --comment=# leaves such lines out");
  EXPECT_EQ(RefusalOf("# a b\n1 2\n3 4\n"),
            ":2: 2 fields, expected 3 as on line 1; --comment=# leaves such lines out");
  EXPECT_EQ(RefusalOf("a;b\n1,5;2,5\n"),
            ":1: columns of text, expected numbers; --decimal=, reads decimal commas");
  // A second file does as the first.
  const CsvReader like{CompressedFile(WritePlain("like.csv", "a,b\n1,x\n"))};
  CsvReader reader(CompressedFile(WritePlain("text.csv", "a,b\n")), {}, &like);
  EXPECT_EQ(reader.column_names(), like.column_names());
}

TEST(CsvReader, CountsTheHeaderAsALine) {
  EXPECT_EQ(TableOf(WritePlain("names.csv", "x,y\n1,2\n3,4\n")), (Table{{1, 2}, {3, 4}}));
  EXPECT_EQ(RefusalOf("x,y\n1,2\n3\n"), ":3: 1 fields, expected 2 as on line 1");
  EXPECT_EQ(RefusalOf("\nx,y\n1,2\n3\n"), ":4: 1 fields, expected 2 as on line 2");
}

TEST(CsvReader, LeavesOutAnIndexWithoutAName) {
  const std::string path = WritePlain("index.csv", ",a,b\n0,5,6\nrow 1,7,8\n");
  EXPECT_EQ(TableOf(path), (Table{{0, 5, 6}, {0, 7, 8}}));
  const CsvReader reader{CompressedFile(path)};
  EXPECT_TRUE(reader.has_index());
  EXPECT_TRUE(reader.Decisions().ends_with("; column 1 has no name: an index, left out"));
}

TEST(CsvReader, NamesTheColumnOfWhatItRefuses) {
  EXPECT_EQ(RefusalOf("a,price\n1,2\n3,x\n"),
            ":3: field 2 (\"price\") is \"x\", expected a finite single-precision number");
}

TEST(CsvReader, ReadsDecimalCommasIfTold) {
  const std::string text = "a;b\n1,5;2\n";
  EXPECT_EQ(TableOf(WritePlain("commas.csv", text), {.decimal = ','}), (Table{{1.5F, 2}}));
  EXPECT_EQ(
      RefusalOf(text),
      ":2: field 1 (\"a\") is \"1,5\", expected a finite single-precision number; --decimal=, "
      "reads decimal commas");
  EXPECT_EQ(RefusalOf("1.5;2\n", {.header = CsvHeader::kNo, .decimal = ','}),
            ":1: field 1 is \"1.5\", expected a finite single-precision number; leave out "
            "--decimal=, for decimal points");
}

TEST(CsvReader, SaysWhichSeparatorWouldFit) {
  EXPECT_EQ(RefusalOf("1;2\n3;4\n", {.header = CsvHeader::kNo, .separator = ','}),
            ":1: field 1 is \"1;2\", expected a finite single-precision number; "
            "--separator=semicolon would fit");
  EXPECT_EQ(RefusalOf("# by us\n1,2\n3,4\n", {.header = CsvHeader::kNo}),
            ":1: field 1 is \"# by us\", expected a finite single-precision number; --comment=# "
            "leaves such lines out");
}

TEST(CsvReader, TakesOneColumnForText) {
  CsvReader reader{CompressedFile(WritePlain("text.csv", "a,b\n1,\"x, y\"\n"))};
  reader.TakeText(1);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.text(), "x, y");
  EXPECT_EQ(reader.numbers()[0], 1);
}

// Taken for a header, a broken first line would go missing without a word.
TEST(CsvReader, TakesNoBrokenLineForAHeader) {
  for (const std::string field : {"nan", "inf", "1e999"}) {
    EXPECT_EQ(RefusalOf(field + "," + field + "\n1,2\n"),
              ":1: field 1 is \"" + field + "\", expected a finite single-precision number");
  }
}

}  // namespace
}  // namespace biasbench::data
