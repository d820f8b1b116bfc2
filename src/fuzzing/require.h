// Requirements that must hold for every input of a fuzzer.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace biasbench::fuzzing {

// Ends the program, which libFuzzer then reports together with the input. Unlike an assertion it
// does not depend on the build, and an exception could be taken for one of the parser's own.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace biasbench::fuzzing
