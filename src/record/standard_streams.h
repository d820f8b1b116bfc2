// Printing by programs: notes and errors on stderr, and a check that output has been written.
#pragma once

#include <string_view>

namespace biasbench::record {

// Prints to stderr if possible: a note that nobody can read is not an error. (fmt::print would
// throw.)
void PrintNote(std::string_view text);

// Prints "program: what" to stderr, in one line even if `what` quotes a value with line breaks.
void PrintError(std::string_view program, std::string_view what);

inline constexpr const char* kOutputIsLost = "standard output: cannot write all of it";

// Throws FileError if some output to stdout could not be written, as on a full disk.
void FlushOutput();

}  // namespace biasbench::record
