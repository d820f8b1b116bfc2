// Throughput rows that differ in one number alone.
#pragma once

#include <string_view>
#include <vector>

#include "report_groups.h"
#include "report_rows.h"

namespace biasbench::report {

// The repetitions at one value of the number, all with a speed. Never empty.
struct SweepPoint {
  double value = 0;
  Group rows;

  const Row& front() const { return *rows.front(); }
  std::vector<double> samples_per_second() const;
  std::vector<double> step_seconds() const;
};

// By value, rising.
using Sweep = std::vector<SweepPoint>;

// Of `learned`, the most values of `key` ("hidden", "batch", "inputs" or "omp_threads") that were
// measured with all else alike; empty if there are not two. With the inputs the outputs may differ:
// they are the task's.
Sweep FindSweep(const ResultFile& throughput, std::string_view key);

}  // namespace biasbench::report
