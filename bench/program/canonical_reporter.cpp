#include "bench/program/canonical_reporter.h"

#include <iostream>

#include "bench/program/reporters.h"
#include "bench/program/result_document.h"

namespace biasbench::bench {
bool CanonicalReporter::ReportContext(const Context& context) {
  return ReportContextTo(std::cerr, context, *reporter_);
}

void CanonicalReporter::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> canonical;
  canonical.reserve(runs.size());
  for (const Run& run : runs) canonical.push_back(Canonical(run));
  reporter_->ReportRuns(canonical);
}

std::string CanonicalReporter::Listing() const {
  std::string names;
  std::istringstream lines(listing_.str());
  for (std::string line; std::getline(lines, line);) {
    names += line.substr(0, line.find("/iterations:")) + "\n";
  }
  return names;
}

}  // namespace biasbench::bench
