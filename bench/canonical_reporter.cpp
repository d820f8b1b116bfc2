#include "bench/canonical_reporter.h"

#include <algorithm>

namespace biasbench::bench {
namespace {

using BenchmarkRun = benchmark::BenchmarkReporter::Run;

BenchmarkRun CanonicalRun(const BenchmarkRun& run) {
  BenchmarkRun canonical = run;
  canonical.run_name = {};
  canonical.run_name.function_name = run.run_name.function_name;
  const auto cpu = canonical.counters.find(kIterationCpuSeconds);
  if (cpu == canonical.counters.end()) return canonical;  // a row that failed
  // Times are divided by the iterations when they are shown; a coefficient of variation is not.
  const bool is_time = run.run_type != BenchmarkRun::RT_Aggregate ||
                       run.aggregate_unit == benchmark::StatisticUnit::kTime;
  canonical.cpu_accumulated_time =
      cpu->second.value * (is_time ? static_cast<double>(run.iterations) : 1);
  canonical.counters.erase(cpu);
  return canonical;
}

}  // namespace

void CanonicalReporter::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> canonical;
  for (const Run& run : runs) canonical.push_back(CanonicalRun(run));
  reporter_->ReportRuns(canonical);
}

std::string CanonicalReporter::Listing() const {
  std::string names;
  std::istringstream lines(listing_.str());
  for (std::string line; std::getline(lines, line);) {
    names += line.substr(0, line.find("/iterations:")) + "\n";
  }
  return names;
}

}  // namespace biasbench::bench
