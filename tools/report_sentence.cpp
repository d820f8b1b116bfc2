#include "report_sentence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace biasbench::report {

std::string LeadAndPoints(std::string_view lead, const std::vector<std::string>& points,
                          std::string_view why_none) {
  if (points.empty()) return fmt::format("Unknown: {}.", why_none);
  return fmt::format("{}:\n{}", lead, fmt::join(points, "\n"));
}

}  // namespace biasbench::report
