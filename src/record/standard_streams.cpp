#include "record/standard_streams.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <string>

#include "record/result_file.h"

namespace biasbench::record {

void PrintNote(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

void PrintError(std::string_view program, std::string_view what) {
  std::string line(what);
  for (char& letter : line) {
    if (std::iscntrl(static_cast<unsigned char>(letter)) != 0) letter = ' ';
  }
  PrintNote(fmt::format("{}: {}\n", program, line));
}

void FlushOutput() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw FileError(kOutputIsLost);
}

}  // namespace biasbench::record
