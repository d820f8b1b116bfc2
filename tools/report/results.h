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

#include "record/result_rows.h"
#include "report/faults.h"

namespace biasbench::report {

struct CurvePoint {
  std::string name;  // of the row it belongs to
  std::int64_t epoch = 0;
  double train_loss = 0;  // running mean of the epoch; infinite where the file has none
  double test_loss = std::numeric_limits<double>::quiet_NaN();  // NaN where it has none
  double seconds = std::numeric_limits<double>::quiet_NaN();    // of training; likewise
};

struct Results {
  std::optional<record::ResultFile> footprint;
  std::optional<record::ResultFile> throughput;
  std::optional<record::ResultFile> convergence;
  std::optional<record::ResultFile> stability;  // not of every run
  std::optional<std::vector<CurvePoint>> curves;
  std::optional<nlohmann::json> machine;
  FaultCurves faults;  // none unless fault_curves was run
  // The training step with a library that is not ours, or with one of our schedules beside it.
  std::optional<record::ResultFile> peers;  // not of every run
  std::vector<std::string> files;           // names of those that are there
  std::vector<std::string> missing;         // and of the usual ones that are not
  std::optional<std::string> theory;        // theory.md of the folder above, where it is
};

// A training's losses by epoch, by its row's name.
using CurvesByName = std::map<std::string_view, std::vector<const CurvePoint*>>;
CurvesByName IndexCurves(const Results& results);

// The file's text, or record::FileError.
std::string ReadText(const std::filesystem::path& path);

// Throws record::FileError if the folder or all of its files are missing, or one is not what it
// should be.
Results LoadFolder(const std::filesystem::path& folder);

}  // namespace biasbench::report
