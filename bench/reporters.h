// Google Benchmark's reporters, with canonical names and the rows' own keys.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "bench/row_runner.h"

namespace biasbench::bench {

// Google Benchmark's context of a result file: date, caches, …; without the host's name.
nlohmann::json HostContext(const benchmark::BenchmarkReporter::Context& context);

// What the user sees: Google Benchmark's table, JSON or CSV on standard output.
class DisplayReporter : public benchmark::BenchmarkReporter {
 public:
  // `prepare` is called before the first row; if it returns false no row is run.
  DisplayReporter(const RowRunner& rows, bool is_json, std::function<bool()> prepare);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  // What --benchmark_list_tests prints: names, canonical.
  std::string Listing() const;

 private:
  const RowRunner& rows_;
  bool is_json_;
  std::function<bool()> prepare_;
  std::unique_ptr<BenchmarkReporter> display_;
  std::ostringstream json_;     // held back: Google Benchmark's may contain NaN
  std::ostringstream listing_;  // this reporter's own stream, on which only listings appear
};

// The result file: the rows so far, written after each benchmark's repetitions, in the order in
// which they were registered.
class RecordReporter : public benchmark::BenchmarkReporter {
 public:
  // `own_context` is added to Google Benchmark's when the first row begins; `kept_rows` come first.
  RecordReporter(std::string path, const RowRunner& rows, const nlohmann::json& own_context,
                 nlohmann::json kept_rows);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

 private:
  void Write() const;

  std::string path_;
  const RowRunner& rows_;
  const nlohmann::json& own_context_;
  nlohmann::json results_;
  std::ptrdiff_t kept_rows_ = 0;
  std::unique_ptr<Context> context_;
};

}  // namespace biasbench::bench
