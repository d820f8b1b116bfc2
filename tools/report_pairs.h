// Differences between a strategy and its control, seed by seed: with the same seed both begin from
// the same weights and see the same batches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/statistics.h"
#include "report_document.h"
#include "report_groups.h"
#include "report_rows.h"

namespace biasbench::report {

// The strategy that differs from this one in the treatment of biases but not in their initial
// value: a freeze is to be told from a start. "" where there is none, or for the control itself.
std::string ControlOf(std::string_view strategy);

enum class Finding { kHigher, kLower, kNoDifferenceSeen, kTooFewSeeds };

// One strategy less its control, over the seeds that both were run with.
struct PairedDifference {
  std::string strategy;
  std::string control;
  int seeds = 0;
  int diverged = 0;                // of the strategy's; such a difference counts as infinite
  double median = 0;               // may be infinite
  record::Interval interval = {};  // 95 %, bootstrap
  double p = 1;                    // Wilcoxon's signed-rank test, adjusted by Holm over the setting
  Finding finding = Finding::kTooFewSeeds;
};

// A setting (all but strategy and seed) with what its strategies differ in by `key`.
struct PairedSetting {
  const Row* any_row;
  std::vector<PairedDifference> differences;
};

// Every setting in which some pair has three seeds or more. They point into the file's rows.
std::vector<PairedSetting> PairSettings(const ResultFile& file, std::string_view key);
std::vector<PairedSetting> PairSettings(ResultFile&& file, std::string_view key) = delete;

// The differences of one setting.
Table PairedTable(const PairedSetting& setting, std::string_view quantity);

// For each task, its settings with the most seeds and, of these, the most hidden nodes.
std::string DescribePairs(const std::vector<PairedSetting>& settings, std::string_view quantity);

}  // namespace biasbench::report
