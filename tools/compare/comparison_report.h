// A comparison as text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "compare/comparison.h"

namespace biasbench::tools {

struct ReportOptions {
  bool silence_missing_names = false;
  bool show_all = false;    // else only differences: what is the same or not judged is counted
  bool show_times = false;  // also times that are the same
};

// At most 120 columns wide, but for names that have no shorter parts.
std::string ConsoleReport(const Comparison& comparison, const ReportOptions& options);
std::string MarkdownReport(const Comparison& comparison, const ReportOptions& options);
// The whole comparison, independent of the display options: {exit_code, warnings, speed_exponents,
// only_in_a, only_in_b, rows}.
nlohmann::json JsonReport(const Comparison& comparison);

}  // namespace biasbench::tools
