// A results folder as read from disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "record/result_rows.h"
#include "report_faults.h"

namespace biasbench::report {

// One measured row. Axes that do not apply are empty.
struct Row : record::ResultRow {
  std::string strategy;
  std::string label;  // the strategy, with the sign of its bias updates where that was turned
  std::string schedule;
  std::string optimizer;
  std::string task;

  bool HasBfloat16() const { return where.Text("weights_format") == "bfloat16"; }
  // "sgd", "adam, bfloat16" where weights and what states there are are stored so, "adam, bfloat16
  // states".
  std::string OptimizerAndFormat() const;
  double PeakBytes() const { return NumberOrZero("tracked_peak_bytes"); }
};

struct ResultFile {
  nlohmann::json context;
  std::vector<Row> rows;
};

struct CurvePoint {
  std::string name;  // of the row it belongs to
  std::int64_t epoch = 0;
  double train_loss = 0;                                        // infinite where the file has none
  double test_loss = std::numeric_limits<double>::quiet_NaN();  // NaN where it has none
  double seconds = std::numeric_limits<double>::quiet_NaN();    // of training; likewise
};

struct Results {
  std::optional<ResultFile> footprint;
  std::optional<ResultFile> throughput;
  std::optional<ResultFile> convergence;
  std::optional<ResultFile> stability;  // not of every run
  std::optional<std::vector<CurvePoint>> curves;
  std::optional<nlohmann::json> machine;
  FaultCurves faults;  // none unless fault_curves was run
  // The training step with a library that is not ours, or with one of our schedules beside it.
  std::optional<record::ResultFile> peers;  // not of every run
  std::vector<std::string> missing;         // names of files that are not there
};

// Throws record::FileError if the folder or all of its files are missing, or one is not what it
// should be.
Results LoadFolder(const std::filesystem::path& folder);

}  // namespace biasbench::report
