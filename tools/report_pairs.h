// Differences between a strategy and its control, seed by seed: with the same seed both begin from
// the same weights and see the same batches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report_document.h"
#include "report_groups.h"
#include "report_rows.h"
#include "report_seeds.h"

namespace biasbench::report {

// The strategy that differs from this one in the treatment of biases but not in their initial
// value: a freeze is to be told from a start. "" where there is none, or for the control itself.
std::string ControlOf(std::string_view strategy);

// One strategy less its control, judged with the others of the setting.
struct PairedDifference : OverSeeds {
  std::string strategy;
  std::string control;
  int diverged = 0;  // of the strategy's seeds; such a difference counts as infinite
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

// For each task, its settings with the most seeds; of these, the most pairs; then hidden nodes. And
// the widest setting with seeds enough for a test.
std::string DescribePairs(const std::vector<PairedSetting>& settings, std::string_view quantity);

}  // namespace biasbench::report
