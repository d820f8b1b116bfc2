// A wrapper of Google Benchmark's reporters that passes on canonical names, and rows' processor
// time from kCpuSecondsCounter.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace biasbench::bench {

class CanonicalReporter : public benchmark::BenchmarkReporter {
 public:
  explicit CanonicalReporter(std::unique_ptr<benchmark::BenchmarkReporter> reporter)
      : reporter_(std::move(reporter)) {
    SetOutputStream(&listing_);
  }

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override { reporter_->Finalize(); }

  // The output of --benchmark_list_tests.
  std::string Listing() const;

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> reporter_;
  std::ostringstream listing_;  // this reporter's own stream, on which only listings appear
};

}  // namespace biasbench::bench
