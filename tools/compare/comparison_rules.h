// The rules by which each quantity is judged.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compare/comparison.h"

namespace biasbench::tools {

// The repetitions that a verdict on times needs on either side.
inline constexpr std::size_t kMinRepetitions = 8;

bool IsJudged(std::string_view program, std::string_view metric);

Verdict Judge(bool is_worse, bool is_better);

// The row of a judged metric that both sides have values of. A time still lacks its verdict.
ComparedRow CompareMetric(std::string_view program, const std::string& name,
                          const std::string& metric, const std::vector<double>& a,
                          const std::vector<double>& b, const ComparisonOptions& options,
                          bool is_other_machine);

// Judges all times, with Holm's correction for their number.
void JudgeTimes(std::vector<ComparedRow>& rows, const ComparisonOptions& options);

}  // namespace biasbench::tools
