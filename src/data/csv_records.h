// The records of a text table, RFC 4180: lines of fields, which may stand between quotation marks
// and then hold separators, newlines and doubled quotation marks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/compressed_file.h"

namespace biasbench::machine {
class Sha256;
}

namespace biasbench::data {

struct CsvFormat {
  char separator = ',';  // ' ' stands for any number of blanks and tabs
  char comment = '\0';
};

// Reads a file block by block, record by record. Blanks around a field, carriage returns before
// newlines, blank lines and a byte order mark are left out. Throws Error, naming file and line, for
// quotation marks that do not pair up and for records too long to be any.
class CsvRecords {
 public:
  // Starts at the file's beginning; `sha256`, if given, digests all bytes that are read.
  CsvRecords(CompressedFile& file, CsvFormat format, machine::Sha256* sha256 = nullptr);

  // Moves to the next record; false at the end.
  bool Next();
  // The fields of the record, valid until the next one.
  std::span<const std::string_view> fields() const { return fields_; }
  // The record's first line, from 1.
  std::int64_t line() const { return line_; }
  // The offset of the record's end, in bytes from the file's beginning.
  std::int64_t end_offset() const { return dropped_bytes_ + static_cast<std::int64_t>(begin_); }

 private:
  bool Fill();
  bool FindEnd();
  bool FindQuotedEnd();
  Error Unclosed(std::int64_t line) const;
  Error TooLong() const;
  void Split(std::string_view record);
  std::string_view TakeQuoted(std::string_view& rest);
  bool IsBlank(char letter) const;
  bool IsSeparator(char letter) const;
  bool IsComment(char letter) const;

  CompressedFile& file_;
  CsvFormat format_;
  machine::Sha256* sha256_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what has not been handed out, within the buffer
  std::size_t end_ = 0;
  std::size_t record_end_ = 0;  // of the record that FindEnd() found
  bool has_quotes_ = false;     // the record has any
  std::int64_t dropped_bytes_ = 0;
  std::int64_t line_ = 0;
  std::int64_t next_line_ = 1;
  std::vector<std::string_view> fields_;
  std::string unquoted_;  // fields whose quotation marks were doubled
};

}  // namespace biasbench::data
