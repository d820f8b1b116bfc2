// A results folder as read from disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report_faults.h"
#include "setting/coordinates.h"

namespace biasbench::report {

// One measured row. Keys that do not apply are absent.
struct Row {
  std::string name;
  std::string strategy;
  std::string label;  // the strategy, with the sign of its bias updates where that was turned
  std::string schedule;
  std::string optimizer;
  std::string task;
  std::string status;
  std::string reason;
  std::string command;
  std::string peak_phase;
  std::string peak_category;  // of the ledger
  std::string data_source;
  setting::Coordinates where;  // on all axes, those above among them
  // null is NaN; what training held after a phase is <phase>_held_bytes.
  std::map<std::string, double, std::less<>> numbers;

  bool IsOk() const { return status == "ok"; }
  // Nothing where the key is absent or null.
  std::optional<double> Number(std::string_view key) const;
  // Zero where there is none.
  double NumberOrZero(std::string_view key) const { return Number(key).value_or(0); }
  bool HasBfloat16() const { return where.Text("weights_format") == "bfloat16"; }
  // "sgd", or "sgd, bfloat16" where weights and states are stored so.
  std::string OptimizerAndFormat() const;
  double PeakBytes() const { return NumberOrZero("tracked_peak_bytes"); }
};

struct ResultFile {
  nlohmann::json context;
  std::vector<Row> rows;
};

// One repetition of a peer (bench/peers): the training step with a library that is not ours, or
// with one of our schedules beside it.
struct PeerRow {
  std::string name;  // without the repetition
  std::string peer;
  bool is_ours = false;
  std::string status;
  std::string reason;
  std::string library;
  double inputs = 0;
  double hidden = 0;
  double batch = 0;
  double items_per_second = 0;
  double peak_rss_bytes = 0;
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
  FaultCurves faults;          // none unless fault_curves was run
  std::vector<PeerRow> peers;  // none unless the peers were run
  std::optional<nlohmann::json> peers_context;
  std::vector<std::string> missing;  // names of files that are not there
};

// Throws record::FileError if the folder or all of its files are missing, or one is not what it
// should be.
Results LoadFolder(const std::filesystem::path& folder);

}  // namespace biasbench::report
