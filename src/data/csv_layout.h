// Recognition of a table's layout from its first lines: the separator of the fields, and whether
// the first line names the columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/compressed_file.h"
#include "data/csv_options.h"

namespace biasbench::data {

// The separators that are recognised, with their names in messages and flags.
struct CsvSeparator {
  char letter;
  std::string_view name;
};
const std::vector<CsvSeparator>& CsvSeparators();
std::string SeparatorName(char separator);

// The separator under which most fields of the first 100 lines are numbers in lines of one length;
// a comma if there is none. `decimal` as in CsvOptions. Throws Error if the file cannot be read.
char RecogniseSeparator(CompressedFile& file, const CsvOptions& options);

// A first line is a header if some column's first field is no number and its next ones, up to
// 1,000, all are, or if it counts up from 0; it is none if some column is numbers from the first
// line on. Columns of text throughout decide nothing.
struct HeaderDecision {
  std::optional<bool> has_header;  // nothing: the lines do not decide it
  std::string reason;              // for people: "below \"price\" there are numbers"
};
HeaderDecision DecideHeader(CompressedFile& file, const CsvOptions& options, char separator);

}  // namespace biasbench::data
