// The options of reading a CSV file: what the user says of its layout.
#pragma once

#include <cstdint>
#include <optional>

namespace biasbench::data {

// A table's first line names the columns (kYes), holds numbers (kNo), or is examined (kAuto).
enum class CsvHeader : std::uint8_t { kAuto, kYes, kNo };

struct CsvOptions {
  CsvHeader header = CsvHeader::kAuto;
  std::optional<char> separator = {};  // ' ' stands for any blanks; recognised where there is none
  char decimal = '.';                  // ',' only where the separator is another
  char comment = '\0';                 // from here on a line is ignored; none if 0
};

}  // namespace biasbench::data
