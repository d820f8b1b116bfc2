#include "bench/reporters.h"

#include <algorithm>
#include <iostream>

#include "record/result_file.h"

namespace biasbench::bench {
namespace {

using Run = benchmark::BenchmarkReporter::Run;
using nlohmann::json;

// The keys of a run, by the row's number in its label; null for means and the like.
const json& KeysOf(const Run& run, const RowRunner& rows) {
  static const json kNull;
  return run.run_type == Run::RT_Aggregate ? kNull : rows.keys(std::stoul(run.report_label));
}

// The run under its canonical name, with the processor time of its process.
Run Canonical(const Run& run, const RowRunner& rows) {
  Run canonical = run;
  canonical.run_name = {};
  canonical.run_name.function_name = run.run_name.function_name;
  canonical.report_label.clear();
  const json& keys = KeysOf(run, rows);
  if (keys.contains("cpu_seconds")) canonical.cpu_accumulated_time = keys["cpu_seconds"];
  return canonical;
}

// Google Benchmark's own JSON, read back.
json ReadBack(const benchmark::BenchmarkReporter::Context& context, const std::vector<Run>& runs) {
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
  return host;
}

DisplayReporter::DisplayReporter(const RowRunner& rows, bool is_json, std::function<bool()> prepare)
    : rows_(rows),
      is_json_(is_json),
      prepare_(std::move(prepare)),
      display_(benchmark::CreateDefaultDisplayReporter()) {
  SetOutputStream(&listing_);
  if (is_json) display_->SetOutputStream(&json_);
}

bool DisplayReporter::ReportContext(const Context& context) {
  return prepare_() && display_->ReportContext(context);
}

void DisplayReporter::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> canonical;
  for (const Run& run : runs) canonical.push_back(Canonical(run, rows_));
  display_->ReportRuns(canonical);
}

void DisplayReporter::Finalize() {
  display_->Finalize();
  if (is_json_) std::cout << record::NonFiniteToNull(json_.str());
}

std::string DisplayReporter::Listing() const {
  std::string names;
  std::istringstream lines(listing_.str());
  for (std::string line; std::getline(lines, line);) {
    names += line.substr(0, std::min(line.find("/iterations:"), line.find("/manual_time"))) + "\n";
  }
  return names;
}

RecordReporter::RecordReporter(std::string path, const RowRunner& rows, const json& own_context,
                               json kept_rows)
    : path_(std::move(path)), rows_(rows), own_context_(own_context) {
  kept_rows_ = static_cast<std::ptrdiff_t>(kept_rows.size());
  results_["benchmarks"] = std::move(kept_rows);
}

bool RecordReporter::ReportContext(const Context& context) {
  context_ = std::make_unique<Context>(context);
  results_["context"] = HostContext(context);
  results_["context"].update(own_context_);
  Write();
  return true;
}

void RecordReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type == Run::RT_Aggregate) continue;
    json row = ReadBack(*context_, {Canonical(run, rows_)})["benchmarks"][0];
    row.update(KeysOf(run, rows_));
    row.erase("cpu_seconds");
    results_["benchmarks"].push_back(std::move(row));
  }
  // Benchmarks whose repetitions take turns end in any order.
  json& rows = results_["benchmarks"];
  std::stable_sort(rows.begin() + kept_rows_, rows.end(), [](const json& a, const json& b) {
    return a.at("family_index") < b.at("family_index");
  });
  Write();
}

void RecordReporter::Write() const { record::WriteJson(path_, results_); }

}  // namespace biasbench::bench
