// The input's first letter chooses how the table is read, the rest is the table.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/compressed_file.h"
#include "data/csv_layout.h"
#include "data/csv_number.h"
#include "data/csv_reader.h"
#include "data/csv_records.h"
#include "fuzzing/require.h"

namespace {

using namespace biasbench::data;
using biasbench::fuzzing::Require;

using Record = std::vector<std::string>;

// By the letters 0, 1, …
constexpr CsvOptions kOptions[] = {
    {},
    {.header = CsvHeader::kYes},
    {.header = CsvHeader::kNo, .separator = ','},
    {.separator = ';', .decimal = ','},
    {.header = CsvHeader::kNo, .separator = ' ', .comment = '#'},
    {.separator = '\t', .decimal = ','},
    {.decimal = ',', .comment = '%'},
    {.header = CsvHeader::kYes, .separator = '|', .comment = '!'},
};

std::vector<Record> ReadRecords(std::span<const std::uint8_t> table, const CsvFormat& format) {
  CompressedFile file("table.csv", table);
  CsvRecords records(file, format);
  std::vector<Record> read;
  while (records.Next()) {
    Require(!records.fields().empty(), "a record has fields");
    Require(read.empty() || records.line() > 0, "lines are counted from 1");
    read.emplace_back(records.fields().begin(), records.fields().end());
  }
  return read;
}

// All fields between quotation marks, those within doubled.
std::string Quoted(const std::vector<Record>& records, char separator) {
  std::string text;
  for (const Record& record : records) {
    for (const std::string& field : record) {
      if (&field != &record.front()) text += separator;
      text += '"';
      for (const char letter : field) {
        text += letter;
        if (letter == '"') text += letter;
      }
      text += '"';
    }
    text += '\n';
  }
  return text;
}

void CheckRecords(std::span<const std::uint8_t> table, const CsvFormat& format) {
  const std::vector<Record> records = ReadRecords(table, format);
  const std::string text = Quoted(records, format.separator);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  Require(ReadRecords(bytes, format) == records, "records that are quoted read as before");
}

// Reads the table by lines of numbers, and beside it by records.
void CheckNumbers(std::span<const std::uint8_t> table, const CsvOptions& options,
                  const CsvFormat& format) {
  CsvReader reader(CompressedFile("table.csv", table), options);
  const std::vector<Record> records = ReadRecords(table, format);
  const std::vector<std::string>& names = reader.column_names();
  std::size_t line = 0;
  if (!names.empty()) Require(records.at(line++) == names, "a header is the first record");
  for (; reader.Next(); ++line) {
    Require(std::ssize(reader.numbers()) == reader.columns(), "a line has all columns");
    for (std::size_t i = reader.has_index() ? 1 : 0; i < reader.numbers().size(); ++i) {
      Require(ParseCsvNumber(records.at(line).at(i), options.decimal) == reader.numbers()[i],
              "a column is its field's number");
    }
  }
  Require(line == records.size(), "every record is a line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  const CsvOptions& options = kOptions[data[0] % std::size(kOptions)];
  const std::span table(data + 1, size - 1);
  try {
    CompressedFile file("table.csv", table);
    const CsvFormat format{
        .separator = options.separator ? *options.separator : RecogniseSeparator(file, options),
        .comment = options.comment};
    CheckRecords(table, format);
    CheckNumbers(table, options, format);
  } catch (const Error& error) {
    Require(std::string_view(error.what()).starts_with("table.csv:"), "an error names the file");
  }
  return 0;
}
