// Tables of numbers: lines of comma-separated numbers, all of one length. The first line may name
// the columns instead. Blanks around a field and a carriage return before the newline are ignored.
// Plain or gzip.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/compressed_file.h"

namespace biasbench::data {

// Reads a table once, line by line. Every function throws Error, naming the line, for anything that
// is not a finite single-precision number, for lines of different lengths and for a table without
// any line of numbers.
class CsvReader {
 public:
  // Reads the first line. It is a header if none of its fields is a number; one that has both is
  // an error.
  explicit CsvReader(CompressedFile file);

  const std::string& path() const { return file_.name(); }
  std::int64_t columns() const { return columns_; }
  // The header's, without quotation marks around them; empty if there is no header.
  const std::vector<std::string>& column_names() const { return column_names_; }

  // Moves to the next line of numbers; false at the end.
  bool Next();
  // The line's numbers, (columns), until the next call of Next.
  std::span<const float> numbers() const { return numbers_; }
  // The line, for messages: "table.csv:7".
  std::string Place() const;

 private:
  void ReadFirstLine();

  CompressedFile file_;
  std::string line_;
  std::int64_t line_number_ = 0;
  bool has_line_ = false;  // the first line holds numbers, which nobody has asked for yet
  std::int64_t columns_ = 0;
  std::vector<std::string> column_names_;
  std::vector<float> numbers_;
};

}  // namespace biasbench::data
