// Results of two programs that were measured in turns.
#pragma once

#include <filesystem>
#include <utility>

#include "compare/comparable_results.h"

namespace biasbench::tools {

// Both folders hold a folder 1, 2, … for each turn, and that one result files. Of each row's
// measurements the n-th of one side and the n-th of the other were made one right after the other;
// each seed is a row of its own. Turns that only one side has are left out, and so are a row's
// measurements that have no counterpart. Throws record::FileError.
std::pair<ComparableResults, ComparableResults> LoadTurns(const std::filesystem::path& a,
                                                          const std::filesystem::path& b);

}  // namespace biasbench::tools
