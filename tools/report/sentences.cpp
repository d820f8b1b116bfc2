#include "report/sentences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string Way(const ResultRow& row) {
  return fmt::format("{}, {}", Code(Schedule(row)), Plain(OptimizerAndFormats(row)));
}

}  // namespace biasbench::report
