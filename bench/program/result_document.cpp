#include "bench/program/result_document.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

#include "record/result_file.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

constexpr char kLibraryNote[] =
    "library_build_type is of the Google Benchmark library alone (Debian builds it without "
    "NDEBUG). "
    "It only arranges the rows: their times are taken inside biasbench's own processes, of whole "
    "training steps, and do not depend on it.";

// Google Benchmark's own JSON, read back.
json ReadBack(const benchmark::BenchmarkReporter::Context& context,
              const std::vector<BenchmarkRun>& runs) {
  std::ostringstream text;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&text);
  reporter.ReportContext(context);
  reporter.ReportRuns(runs);
  reporter.Finalize();
  return json::parse(record::NonFiniteToNull(text.str()));
}

}  // namespace

json HostContext(const benchmark::BenchmarkReporter::Context& context) {
  json host = ReadBack(context, {})["context"];
  host.erase("host_name");
  host["library_build_type_note"] = kLibraryNote;
  return host;
}

json RunToJson(const BenchmarkRun& run) {
  return ReadBack(benchmark::BenchmarkReporter::Context(), {run})["benchmarks"][0];
}

BenchmarkRun Canonical(const BenchmarkRun& run) {
  BenchmarkRun canonical = run;
  canonical.run_name = {};
  canonical.run_name.function_name = run.run_name.function_name;
  canonical.report_label.clear();
  const auto cpu = canonical.counters.find(kCpuSecondsCounter);
  if (cpu == canonical.counters.end()) return canonical;  // a row that failed
  // Times are divided by the iterations when they are shown; a coefficient of variation is not.
  const bool is_time = run.run_type != BenchmarkRun::RT_Aggregate ||
                       run.aggregate_unit == benchmark::StatisticUnit::kTime;
  canonical.cpu_accumulated_time =
      cpu->second.value * (is_time ? static_cast<double>(run.iterations) : 1);
  canonical.counters.erase(cpu);
  return canonical;
}

ResultDocument::ResultDocument(const RowRunner& rows, const json& own_context, json kept_rows)
    : rows_(rows),
      own_context_(own_context),
      kept_rows_(static_cast<std::ptrdiff_t>(kept_rows.size())) {
  document_["benchmarks"] = std::move(kept_rows);
}

void ResultDocument::Begin(const benchmark::BenchmarkReporter::Context& context) {
  context_.emplace(context);
  document_["context"] = HostContext(context);
  document_["context"].update(own_context_);
}

void ResultDocument::Add(const std::vector<BenchmarkRun>& runs) {
  json& rows = document_["benchmarks"];
  for (const BenchmarkRun& run : runs) {
    json row = ReadBack(*context_, {Canonical(run)})["benchmarks"][0];
    // A row's label is its number.
    if (run.run_type != BenchmarkRun::RT_Aggregate)
      row.update(rows_.keys(std::stoul(run.report_label)));
    rows.push_back(std::move(row));
  }
  // Benchmarks whose repetitions take turns end in any order.
  std::stable_sort(rows.begin() + kept_rows_, rows.end(), [](const json& a, const json& b) {
    return a.at("family_index") < b.at("family_index");
  });
}

}  // namespace biasbench::bench
