#include "data/csv_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

using Table = std::vector<std::vector<float>>;

Table TableOf(const std::string& path) {
  CompressedFile file(path);
  Table table;
  const std::int64_t rows =
      ReadCsvRows(file, [&table](std::int64_t row, std::span<const float> numbers) {
        EXPECT_EQ(row, static_cast<std::int64_t>(table.size()));
        table.emplace_back(numbers.begin(), numbers.end());
      });
  EXPECT_EQ(rows, static_cast<std::int64_t>(table.size()));
  return table;
}

// The message for a file of these contents, without its path.
std::string RefusalOf(const std::string& contents) {
  const std::string path = WritePlain("refused.csv", contents);
  const std::string message = ErrorOf([&] { TableOf(path); });
  EXPECT_TRUE(message.starts_with(path)) << message;
  return message.substr(path.size());
}

TEST(ReadCsvRows, ReadsPlainAndGzip) {
  const std::string text = "1,-2.5\n3e2,0.125\n";
  const Table table = {{1, -2.5F}, {300, 0.125F}};
  EXPECT_EQ(TableOf(WritePlain("table.csv", text)), table);
  EXPECT_EQ(TableOf(WriteGzip("table.csv.gz", text)), table);
}

TEST(ReadCsvRows, TakesLineEndingsOfAnyHouseAndBlanks) {
  const Table table = {{1, 2}, {3, 4}};
  EXPECT_EQ(TableOf(WritePlain("crlf.csv", "1,2\r\n3,4\r\n")), table);
  EXPECT_EQ(TableOf(WritePlain("open.csv", "1,2\n3,4")), table);
  EXPECT_EQ(TableOf(WritePlain("blanks.csv", " 1 ,\t2\n3, 4 \r")), table);
}

TEST(ReadCsvRows, RefusesRaggedLines) {
  EXPECT_EQ(RefusalOf("1,2\n3\n"), ":2: 1 fields, expected 2 as on line 1");
  EXPECT_EQ(RefusalOf("1,2\n3,4\n5,6,7\n"), ":3: 3 fields, expected 2 as on line 1");
}

TEST(ReadCsvRows, RefusesWhatIsNoFiniteNumber) {
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

TEST(ReadCsvRows, RefusesEmptyFilesAndLines) {
  EXPECT_EQ(RefusalOf(""), ": empty, expected lines of comma-separated numbers");
  EXPECT_EQ(RefusalOf("1\n\n2\n"),
            ":2: field 1 is \"\", expected a finite single-precision number");
}

TEST(ReadCsv, SeparatesInputsFromTargets) {
  memory::Ledger ledger;
  const std::string path = WritePlain("regression.csv", "1,2,3,4\n5,6,7,8\n9,10,11,12\n");
  const Dataset dataset = ReadCsv(path, {.outputs = 2, .is_classification = false}, ledger, 2);
  EXPECT_FALSE(dataset.is_classification());
  EXPECT_EQ(dataset.samples, 2);
  EXPECT_EQ(dataset.inputs, 2);
  EXPECT_EQ(dataset.outputs, 2);
  const auto values = dataset.values.span();
  const auto targets = dataset.targets.span();
  EXPECT_EQ(std::vector(values.begin(), values.end()), (std::vector<float>{1, 2, 5, 6}));
  EXPECT_EQ(std::vector(targets.begin(), targets.end()), (std::vector<float>{3, 4, 7, 8}));
  EXPECT_EQ(dataset.values.data()[4], 0);  // the buffer's page goes on: nothing was written there
  EXPECT_EQ(ledger.peak_in(memory::Phase::kBuild), ledger.current());
}

TEST(ReadCsv, TakesTheLastFieldAsTheLabel) {
  memory::Ledger ledger;
  const CsvTargets targets{.outputs = 3, .is_classification = true};
  const Dataset dataset = ReadCsv(WritePlain("classes.csv", "1,2,2\n3,4,0\n"), targets, ledger);
  EXPECT_TRUE(dataset.is_classification());
  EXPECT_EQ(dataset.inputs, 2);
  EXPECT_EQ(dataset.outputs, 3);
  EXPECT_EQ(dataset.labels[0], 2);
  EXPECT_EQ(dataset.labels[1], 0);
  for (const std::string label : {"3", "-1", "1.5", "1e30"}) {
    const std::string path = WritePlain("label.csv", "1,2\n1," + label + "\n");
    EXPECT_TRUE(ErrorOf([&] { ReadCsv(path, targets, ledger); }).starts_with(path + ":2: label "))
        << label;
  }
}

TEST(ReadCsv, NeedsAnInput) {
  memory::Ledger ledger;
  const std::string path = WritePlain("narrow.csv", "1,2\n");
  EXPECT_EQ(ErrorOf([&] { ReadCsv(path, {.outputs = 2}, ledger); }),
            path + ":1: 2 fields, expected at least 3: inputs, then the targets");
  EXPECT_EQ(ErrorOf([&] {
              ReadCsv(WritePlain("narrow.csv", "1\n"), {.outputs = 9, .is_classification = true},
                      ledger);
            }),
            path + ":1: 1 fields, expected at least 2: inputs, then the label");
}

}  // namespace
}  // namespace biasbench::data
