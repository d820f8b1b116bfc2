// Google Benchmark's reporters, with canonical names and the rows' own keys.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program/console_table.h"
#include "bench/program/result_document.h"

namespace biasbench::bench {

// Prints Google Benchmark's lines about itself and the machine before the first row, without its
// warning that it "was built as DEBUG", which does not apply here: see the context's
// library_build_type_note.
bool ReportContextTo(std::ostream& stream, const benchmark::BenchmarkReporter::Context& context,
                     benchmark::BenchmarkReporter& reporter);

// The reporter of standard output: a table, Google Benchmark's CSV, or the document that
// --benchmark_out would hold with means and other aggregates added.
class DisplayReporter : public benchmark::BenchmarkReporter {
 public:
  // `format` is --benchmark_format's value, `columns` the counters of the rows. `prepare` is called
  // before the first row; if it returns false no row is run.
  DisplayReporter(std::string_view format, std::span<const std::string_view> columns,
                  ConsoleTable table, ResultDocument document, std::function<bool()> prepare);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  // The output of --benchmark_list_tests: canonical names.
  std::string Listing() const;

 private:
  void PrintCsvHeader();

  std::string format_;
  std::span<const std::string_view> columns_;
  ResultDocument document_;
  std::function<bool()> prepare_;
  std::unique_ptr<BenchmarkReporter> display_;  // none for JSON
  std::ostringstream listing_;  // this reporter's own stream, on which only listings appear
};

// The reporter of the result file: rewrites the rows so far after each benchmark's repetitions.
// Aggregates are left out, since they follow from the rows.
class RecordReporter : public benchmark::BenchmarkReporter {
 public:
  RecordReporter(std::string path, ResultDocument document)
      : path_(std::move(path)), document_(std::move(document)) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

 private:
  std::string path_;
  ResultDocument document_;
};

}  // namespace biasbench::bench
