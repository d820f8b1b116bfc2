// Differences between two runs besides their figures: machine and build.
#pragma once

#include <string>
#include <vector>

#include "compare/comparable_results.h"

namespace biasbench::tools {

// Warns of each difference between the machines, by machine.json or else Google Benchmark's
// context; true if there is any.
bool WarnOfOtherMachine(const ComparableResults& a, const ComparableResults& b,
                        std::vector<std::string>& warnings);

// Warns of another compiler, other flags, another library.
void WarnOfOtherBuild(const ComparableResults& a, const ComparableResults& b,
                      std::vector<std::string>& warnings);

}  // namespace biasbench::tools
