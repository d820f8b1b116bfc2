#include "report/sentences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>

namespace biasbench::report {

Texts MeasuredTasks(const Results& results) {
  return results.convergence ? TasksOf(RowsOf(results.convergence->rows, AnyRow)) : Texts();
}

std::string Join(const Texts& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string And(const Texts& parts) {
  if (parts.size() < 2) return Join(parts);
  return fmt::format("{} and {}", Join({parts.begin(), parts.end() - 1}), parts.back());
}

const record::Contrast* LossOn(const std::vector<Finding>& findings, const std::string& task,
                               const record::AxisPair& pair) {
  return Headline(FindingOf(findings, "loss"), task, pair);
}

std::string Inputs(const ResultRow& row) {
  return Counted(static_cast<std::int64_t>(row.NumberOrZero("inputs")), "input");
}

std::string Way(const ResultRow& row) {
  return fmt::format("{}, {}", Code(Schedule(row)), Plain(OptimizerAndFormats(row)));
}

}  // namespace biasbench::report
