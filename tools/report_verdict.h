// The answer in sentences, made from the measured rows: other rows give other sentences. What was
// not measured is named in place of the number it would give.
#pragma once

#include <string>
#include <vector>

#include "report_rows.h"
#include "report_sentence.h"

namespace biasbench::report {

inline constexpr const char* kQuestion =
    "May I leave biases out, or fixed at 1, to save memory — and how should a bias be updated?";

// What a fixed bias saves; what that costs in training loss and stability; where the memory is.
std::vector<Sentence> Verdict(const Results& results);

// Which update rules do better than the plain one; paired differences from the right controls; what
// a wrong sign does; how far weights act as biases.
std::vector<Sentence> ConvergenceVerdict(const ResultFile& convergence);

// The same pairs by largest stable rate, and by loss at each one's own best rate.
std::vector<Sentence> StabilityVerdict(const ResultFile& stability);

// Which update rules do better than the plain one, which worse.
std::string UpdateRules(const ResultFile& convergence);

}  // namespace biasbench::report
