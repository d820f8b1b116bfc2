// What programs print: notes and errors on stderr, and output that has arrived.
#pragma once

#include <string_view>

namespace biasbench::record {

// To stderr as far as it can be written to: a note that nobody can read is no error. (fmt::print
// and its like would throw.)
void PrintNote(std::string_view text);

// "program: what" on stderr, in one line also where `what` quotes a value that breaks lines.
void PrintError(std::string_view program, std::string_view what);

inline constexpr const char* kOutputIsLost = "standard output: cannot write all of it";

// Throws FileError if not all that was printed to stdout could be written, as on a full disk.
void FlushOutput();

}  // namespace biasbench::record
