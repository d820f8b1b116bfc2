// The JSON document of a run's rows, the same on standard output and in a file.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "bench/program/row_runner.h"

namespace biasbench::bench {

using BenchmarkRun = benchmark::BenchmarkReporter::Run;

// Google Benchmark's context of a result file: date, caches, …; without the host's name, and with a
// sentence on what the library's build type means.
nlohmann::json HostContext(const benchmark::BenchmarkReporter::Context& context);

// The run, or an aggregate of runs, under its canonical name and with the processor time of the
// measured process.
BenchmarkRun Canonical(const BenchmarkRun& run);

// Google Benchmark's JSON of the run, or of an aggregate of runs.
nlohmann::json RunToJson(const BenchmarkRun& run);

// Google Benchmark's format: `context`, with the program's own keys, and `benchmarks`, with the
// rows' own keys, in the order in which they were registered.
class ResultDocument {
 public:
  // `own_context` is added to Google Benchmark's when the first row begins; `kept_rows` come first.
  ResultDocument(const RowRunner& rows, const nlohmann::json& own_context,
                 nlohmann::json kept_rows);

  void Begin(const benchmark::BenchmarkReporter::Context& context);
  void Add(const std::vector<BenchmarkRun>& runs);
  const nlohmann::json& content() const { return document_; }
  bool has_begun() const { return context_.has_value(); }

 private:
  const RowRunner& rows_;
  const nlohmann::json& own_context_;
  nlohmann::json document_;
  std::ptrdiff_t kept_rows_ = 0;
  std::optional<benchmark::BenchmarkReporter::Context> context_;
};

}  // namespace biasbench::bench
