#include "data/csv_records.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/checksum.h"
#include "data/test_files.h"
#include "machine/digest.h"

namespace biasbench::data {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows RowsOf(const std::string& contents, CsvFormat format = {}) {
  CompressedFile file(WritePlain("records.csv", contents));
  CsvRecords records(file, format);
  Rows rows;
  while (records.Next()) rows.emplace_back(records.fields().begin(), records.fields().end());
  return rows;
}

std::string RefusalOf(const std::string& contents) {
  const std::string path = TestPath("records.csv");
  return ErrorOf([&] { RowsOf(contents); }).substr(path.size());
}

TEST(CsvRecords, SplitsLinesOfAnyHouse) {
  const Rows rows = {{"1", "2"}, {"3", "4"}};
  EXPECT_EQ(RowsOf("1,2\n3,4\n"), rows);
  EXPECT_EQ(RowsOf("1,2\r\n3,4"), rows);
  EXPECT_EQ(RowsOf(" 1 ,\t2\n3, 4 \r"), rows);
  EXPECT_EQ(RowsOf("\xEF\xBB\xBF"
                   "1,2\n\n3,4\n\n \n"),
            rows);
  EXPECT_EQ(RowsOf(""), Rows{});
  EXPECT_EQ(RowsOf(",\n1,\n"), (Rows{{"", ""}, {"1", ""}}));
}

TEST(CsvRecords, SplitsAtOtherSeparators) {
  EXPECT_EQ(RowsOf("1,5;2\n;3\n", {.separator = ';'}), (Rows{{"1,5", "2"}, {"", "3"}}));
  EXPECT_EQ(RowsOf("\t1\t\n2 3\t4\t5\n", {.separator = '\t'}),
            (Rows{{"", "1", ""}, {"2 3", "4", "5"}}));
  EXPECT_EQ(RowsOf("  1   2\t3  \n\"a b\" 4 5\n", {.separator = ' '}),
            (Rows{{"1", "2", "3"}, {"a b", "4", "5"}}));
}

TEST(CsvRecords, TakesQuotedFieldsAsRfc4180Says) {
  EXPECT_EQ(RowsOf("\"price, EUR\",\"0.5\"\n"), (Rows{{"price, EUR", "0.5"}}));
  EXPECT_EQ(RowsOf("\"two\nlines\",1\n2,\"\"\n"), (Rows{{"two\nlines", "1"}, {"2", ""}}));
  EXPECT_EQ(RowsOf("\"say \"\"so\"\"\" , \"\"\"\"\n"), (Rows{{"say \"so\"", "\""}}));
  EXPECT_EQ(RowsOf("5\" pipe,1\n\"a\"\"b\",\"c\"\"d\"\n"),
            (Rows{{"5\" pipe", "1"}, {"a\"b", "c\"d"}}));
}

TEST(CsvRecords, RefusesMarksThatDoNotPairUp) {
  EXPECT_EQ(RefusalOf("1,2\n3,\"4\n5,6\n"), ":2: a quotation mark opens a field that none closes");
  EXPECT_EQ(RefusalOf("1,2\n\"3\"x,4\n"), ":2: field 1 goes on after its closing quotation mark");
}

TEST(CsvRecords, LeavesCommentsOut) {
  const CsvFormat format = {.separator = ',', .comment = '#'};
  EXPECT_EQ(RowsOf("# by, us\n1,2 # all\n  #\n\"#3\",4\n", format),
            (Rows{{"1", "2"}, {"#3", "4"}}));
  EXPECT_EQ(RowsOf("1,# nothing\n# say \"so\n3,4\n", format), (Rows{{"1", ""}, {"3", "4"}}));
  EXPECT_EQ(RowsOf("#1,2\n"), (Rows{{"#1", "2"}}));
}

TEST(CsvRecords, CountsLinesAlsoWithinFields) {
  CompressedFile file(WritePlain("lines.csv", "\n\"a\n\nb\",1\n2,3\n"));
  CsvRecords records(file, {});
  ASSERT_TRUE(records.Next());
  EXPECT_EQ(records.line(), 2);
  ASSERT_TRUE(records.Next());
  EXPECT_EQ(records.line(), 5);
}

// Records that lie across the ends of blocks, with and without quotation marks, and one longer than
// several blocks.
TEST(CsvRecords, ReadsAcrossBlocks) {
  std::string contents;
  Rows rows;
  for (int i = 0; i < 30'000; ++i) {
    const std::string number = std::to_string(i);
    contents += number + (i % 3 == 0 ? ",\"x\n" + number + "\"\n" : "," + number + "\n");
    rows.push_back({number, i % 3 == 0 ? "x\n" + number : number});
  }
  const std::string wide(700'000, '7');
  contents += wide + ",\"" + wide + "\"\n";
  rows.push_back({wide, wide});
  EXPECT_EQ(RowsOf(contents), rows);
  EXPECT_EQ(RowsOf(contents.substr(0, contents.size() - 1)), rows);
}

TEST(CsvRecords, TellsAChecksumAllBytes) {
  const std::string contents = "# x\n1,2\n\n\"3\n\",4\n\n";
  CompressedFile file(WriteGzip("sum.csv.gz", contents));
  machine::Sha256 sha256;
  CsvRecords records(file, {.separator = ',', .comment = '#'}, &sha256);
  while (records.Next()) {
  }
  EXPECT_EQ(sha256.Hex(), FingerprintOf(file).sha256);
}

}  // namespace
}  // namespace biasbench::data
