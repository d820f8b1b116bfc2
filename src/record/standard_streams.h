// What programs print: errors in one line, and output that has arrived.
#pragma once

#include <string_view>

namespace biasbench::record {

// "program: what" on stderr, in one line also where `what` quotes a value that breaks lines.
void PrintError(std::string_view program, std::string_view what);

// Throws FileError if not all that was printed to stdout could be written, as on a full disk.
void FlushOutput();

}  // namespace biasbench::record
