#include "data/csv_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "data/test_files.h"

namespace biasbench::data {
namespace {

using Table = std::vector<std::vector<float>>;

Table TableOf(const std::string& path) {
  CsvReader reader{CompressedFile(path)};
  Table table;
  while (reader.Next()) {
    EXPECT_EQ(std::ssize(reader.numbers()), reader.columns());
    table.emplace_back(reader.numbers().begin(), reader.numbers().end());
  }
  return table;
}

// The message for a file of these contents, without its path.
std::string RefusalOf(const std::string& contents) {
  const std::string path = WritePlain("refused.csv", contents);
  const std::string message = ErrorOf([&] { TableOf(path); });
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
  // Among them what other parsers let pass: a prefix, a sign, hexadecimal, a value beyond range.
  for (const std::string field :
       {"x", "", "4x", "4 4", "+4", "0x4", "nan", "inf", "-inf", "1e39", "-1e39", "1e999"}) {
    EXPECT_EQ(RefusalOf("1,2\n3," + field + "\n"), expected(field));
  }
  EXPECT_EQ(RefusalOf("1,2\n3," + std::string(1000, 'x') + "\n"), expected(std::string(32, 'x')));
  EXPECT_EQ(RefusalOf("1,2\n3,\x01\n"), expected("\\x01"));
  EXPECT_EQ(TableOf(WritePlain("largest.csv", "3.4028234e38\n"))[0][0],
            std::numeric_limits<float>::max());
}

TEST(CsvReader, RefusesEmptyFilesAndLines) {
  EXPECT_EQ(RefusalOf(""), ": empty, expected lines of comma-separated numbers");
  EXPECT_EQ(RefusalOf("1\n\n2\n"),
            ":2: field 1 is \"\", expected a finite single-precision number");
}

TEST(CsvReader, TellsAHeaderFromNumbers) {
  const CsvReader with{CompressedFile(WritePlain("with.csv", "\"x\", y1 ,1x1\r\n1,2,3\n"))};
  EXPECT_EQ(with.column_names(), (std::vector<std::string>{"x", "y1", "1x1"}));
  const CsvReader marked{CompressedFile(WritePlain("marked.csv", "\xEF\xBB\xBFx,y\n1,2\n"))};
  EXPECT_EQ(marked.column_names(), (std::vector<std::string>{"x", "y"}));
  const CsvReader without{CompressedFile(WritePlain("without.csv", "1,2,3\n"))};
  EXPECT_TRUE(without.column_names().empty());
  EXPECT_EQ(without.columns(), 3);
}

TEST(CsvReader, CountsTheHeaderAsALine) {
  EXPECT_EQ(TableOf(WritePlain("names.csv", "x,y\n1,2\n3,4\n")), (Table{{1, 2}, {3, 4}}));
  EXPECT_EQ(RefusalOf("x,y\n1,2\n3\n"), ":3: 1 fields, expected 2 as on line 1");
  EXPECT_EQ(RefusalOf("x,y\n"), ": a header and no line of numbers after it");
}

// Taken for a header, a broken first line would go missing without a word.
TEST(CsvReader, TakesNoBrokenLineForAHeader) {
  for (const std::string field : {"nan", "inf", "1e999", "+4", ""}) {
    EXPECT_EQ(RefusalOf(field + "," + field + "\n1,2\n"),
              ":1: field 1 is \"" + field + "\", expected a finite single-precision number");
  }
  EXPECT_EQ(RefusalOf("1,y\n1,2\n"),
            ":1: field 2 is \"y\", expected a finite single-precision number");
}

}  // namespace
}  // namespace biasbench::data
