// Tables of numbers: a CSV file's records, all of one length, of which the first may name the
// columns. Plain or gzip.
//
// A first column without a name, under a header, is the index that data frames write: it is left
// out. One column may be text.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/compressed_file.h"
#include "data/csv_options.h"
#include "data/csv_records.h"

namespace biasbench::machine {
class Sha256;
}

namespace biasbench::data {

// Reads a table once, line by line. Every function throws Error, naming file, line and column, for
// anything that is not a finite single-precision number, for lines of different lengths and for a
// table without any line of numbers.
class CsvReader {
 public:
  // Reads the first lines and settles the layout, as csv_layout.h says. Where the lines do not
  // decide on a header, it is as in `like`; Error if there is none. `sha256`, if any, is told the
  // contents.
  explicit CsvReader(CompressedFile file, const CsvOptions& options = {},
                     const CsvReader* like = nullptr, machine::Sha256* sha256 = nullptr);

  const std::string& path() const { return file_->name(); }
  std::int64_t columns() const { return columns_; }
  // The names in the header; empty if there is no header.
  const std::vector<std::string>& column_names() const { return column_names_; }
  // True if the first column is an index, whose numbers are all 0 here.
  bool has_index() const { return has_index_; }
  // The layout that was recognised rather than given: "the first line is a header, since …; …"; or
  // empty.
  std::string Decisions() const;
  // The first line that is not blank, for messages: "table.csv:1".
  std::string FirstPlace() const;
  // Advice on giving the separator, as the end of a message; or empty. Reads the file anew, after
  // which nothing more can be read.
  std::string SeparatorAdvice() const;
  double ShareRead() const { return file_->ShareRead(); }

  // Declares that a column's fields are text: its numbers are all 0.
  void TakeText(std::int64_t column) { text_column_ = column; }

  // Moves to the next line of numbers; false at the end.
  bool Next();
  // The line's numbers, (columns), until the next call of Next.
  std::span<const float> numbers() const { return numbers_; }
  // The line's field of the column that is text.
  std::string_view text() const {
    return records_->fields()[static_cast<std::size_t>(text_column_)];
  }
  // The line, for messages: "table.csv:7".
  std::string Place() const;
  // A column, for messages: "field 3 ("price")".
  std::string ColumnTitle(std::int64_t column) const;

 private:
  void DecideHeader(const CsvReader* like);
  void TakeFirst();
  [[noreturn]] void RefuseToDecide() const;
  [[noreturn]] void RefuseEmpty() const;
  void CheckLength() const;
  void Refuse(std::size_t column) const;

  std::unique_ptr<CompressedFile> file_;
  CsvOptions options_;
  char separator_ = ',';
  std::unique_ptr<CsvRecords> records_;
  std::int64_t first_line_ = 0;
  bool begins_with_comment_ = false;  // the first record does, though none is to be left out
  bool has_header_ = false;
  std::string header_reason_;  // empty: it was told
  bool has_record_ = false;    // the first record holds numbers, which nobody has asked for yet
  bool has_index_ = false;
  std::int64_t text_column_ = -1;
  std::int64_t columns_ = 0;
  std::vector<std::string> column_names_;
  std::vector<float> numbers_;
};

}  // namespace biasbench::data
