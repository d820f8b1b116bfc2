// The rows of a run: how many are done, and how long the others will take.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "setting/setting.h"

namespace biasbench::bench {

// The cost of a row relative to that of others: of starting its process, and of its arithmetic.
double WorkOf(const setting::Setting& configuration);

class RunProgress {
 public:
  // A row that is still to be measured, `repetitions` times.
  void Expect(const std::string& name, double work, std::int64_t repetitions);

  // A call by Google Benchmark. Until a row takes long enough it is called again with more
  // iterations; so a call begins a repetition if it is of another row, or has no more iterations
  // than the one before.
  void Begin(const std::string& name, std::int64_t iterations);

  // "row 3 of 9, 0:35 left", `seconds` after the first began, when a `share` of the current row is
  // done. The time is left out until something is done.
  std::string Describe(double seconds, double share) const;

 private:
  std::map<std::string, double> work_;  // of a repetition, by name
  double all_work_ = 0;
  double done_work_ = 0;  // of the repetitions before the current one
  std::int64_t all_rows_ = 0;
  std::int64_t begun_rows_ = 0;
  std::string name_;
  std::int64_t iterations_ = 0;
};

}  // namespace biasbench::bench
