#include "bench/program/reporters.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "record/result_file.h"

namespace biasbench::bench {
bool ReportContextTo(std::ostream& stream, const benchmark::BenchmarkReporter::Context& context,
                     benchmark::BenchmarkReporter& reporter) {
  std::stringstream said;
  reporter.SetErrorStream(&said);
  const bool goes_on = reporter.ReportContext(context);
  reporter.SetErrorStream(&stream);
  for (std::string line; std::getline(said, line);) {
    if (line.find("Library was built as DEBUG") == std::string::npos) stream << line << "\n";
  }
  return goes_on;
}

DisplayReporter::DisplayReporter(std::string_view format, std::span<const std::string_view> columns,
                                 ConsoleTable table, ResultDocument document,
                                 std::function<bool()> prepare)
    : format_(format),
      columns_(columns),
      document_(std::move(document)),
      prepare_(std::move(prepare)) {
  SetOutputStream(&listing_);
  if (format_ == "csv") display_.reset(benchmark::CreateDefaultDisplayReporter());
  if (format_ == "console") display_ = std::make_unique<TableReporter>(std::move(table));
}

bool DisplayReporter::ReportContext(const Context& context) {
  if (!prepare_()) return false;
  document_.Begin(context);
  if (display_ == nullptr) return true;
  if (!ReportContextTo(std::cerr, context, *display_)) return false;
  if (format_ == "csv") PrintCsvHeader();
  return true;
}

// Google Benchmark takes CSV's columns from the first row, and aborts at a later one that has more.
void DisplayReporter::PrintCsvHeader() {
  Run run;
  for (const std::string_view column : columns_) run.counters[std::string(column)] = 0;
  std::stringstream header_and_row;
  display_->SetOutputStream(&header_and_row);
  display_->ReportRuns({run});
  display_->SetOutputStream(&std::cout);
  std::string header;
  std::getline(header_and_row, header);
  std::cout << header << "\n";
}

void DisplayReporter::ReportRuns(const std::vector<Run>& runs) {
  if (display_ == nullptr) {
    document_.Add(runs);
    return;
  }
  std::vector<Run> canonical;
  std::ranges::transform(runs, std::back_inserter(canonical), Canonical);
  display_->ReportRuns(canonical);
}

void DisplayReporter::Finalize() {
  if (display_ != nullptr) {
    display_->Finalize();
  } else if (document_.has_begun()) {
    std::cout << record::DumpJson(document_.content());
  }
}

std::string DisplayReporter::Listing() const {
  std::string names;
  std::istringstream lines(listing_.str());
  for (std::string line; std::getline(lines, line);) {
    names += line.substr(0, std::min(line.find("/iterations:"), line.find("/manual_time"))) + "\n";
  }
  return names;
}

bool RecordReporter::ReportContext(const Context& context) {
  document_.Begin(context);
  record::WriteJson(path_, document_.content());
  return true;
}

void RecordReporter::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> rows;
  std::ranges::copy_if(runs, std::back_inserter(rows),
                       [](const Run& run) { return run.run_type != Run::RT_Aggregate; });
  document_.Add(rows);
  record::WriteJson(path_, document_.content());
}

}  // namespace biasbench::bench
