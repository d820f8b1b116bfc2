// Google Benchmark's reporters, told canonical names and the processor time of the process that was
// measured.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace biasbench::bench {

// The counter by which a row says the processor time of one iteration. It is shown as the row's CPU
// time; means and the like follow from it.
inline constexpr const char* kIterationCpuSeconds = "iteration_cpu_seconds";

class CanonicalReporter : public benchmark::BenchmarkReporter {
 public:
  explicit CanonicalReporter(std::unique_ptr<benchmark::BenchmarkReporter> reporter)
      : reporter_(std::move(reporter)) {
    SetOutputStream(&listing_);
  }

  bool ReportContext(const Context& context) override { return reporter_->ReportContext(context); }
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override { reporter_->Finalize(); }

  // What --benchmark_list_tests prints.
  std::string Listing() const;

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> reporter_;
  std::ostringstream listing_;  // this reporter's own stream, on which only listings appear
};

}  // namespace biasbench::bench
