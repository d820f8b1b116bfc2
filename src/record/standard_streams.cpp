#include "record/standard_streams.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <string>

#include "record/result_file.h"

namespace biasbench::record {

void PrintError(std::string_view program, std::string_view what) {
  std::string line(what);
  for (char& letter : line) {
    if (std::iscntrl(static_cast<unsigned char>(letter)) != 0) letter = ' ';
  }
  fmt::print(stderr, "{}: {}\n", program, line);
}

void FlushOutput() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw FileError("standard output: cannot write all of it");
  }
}

}  // namespace biasbench::record
