// What is different about two runs besides their figures.
#pragma once

#include <string>
#include <vector>

#include "compare/comparable_results.h"

namespace biasbench::tools {

// Warns of each difference between the machines, as machine.json describes them, or else Google
// Benchmark's context; whether there is any.
bool WarnOfOtherMachine(const ComparableResults& a, const ComparableResults& b,
                        std::vector<std::string>& warnings);

// Warns of another compiler, other flags, another library.
void WarnOfOtherBuild(const ComparableResults& a, const ComparableResults& b,
                      std::vector<std::string>& warnings);

}  // namespace biasbench::tools
