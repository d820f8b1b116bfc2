#include "report/studies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

#include "bias/strategies.h"
#include "report/online_rule.h"
#include "report/rows.h"
#include "report/study_quantities.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;
using record::Quantity;
using Pairs = std::vector<AxisPair>;

Pairs SixPairs() { return HeadlinePairs(); }

Pairs OtherPairs() {
  Pairs pairs;
  for (const bias::Selection& selection : bias::AllSelections()) {
    const std::string name = selection.Name();
    const auto is_told = [&](const AxisPair& pair) { return pair.value == name; };
    if (name == kLearned || std::ranges::any_of(HeadlinePairs(), is_told)) continue;
    std::string start = EqualStartOf(name);
    pairs.push_back({"strategy", name, start.empty() ? std::string(kLearned) : std::move(start)});
  }
  return pairs;
}

Pairs DecayPairs() {
  return {{"weight_decay", "0.001", "0"},
          {"weight_decay", "0.01", "0"},
          {"weight_decay", "0.1", "0"},
          {"decay_bias", "true", "false"}};
}

// hidden / (inputs + outputs) more nodes than 1,000 take as many bytes as its biases: a third on
// harmonic3, one in 74 on digits.
Pairs WiderPairs() { return {{"hidden", "1333", "1000"}, {"hidden", "1013", "1000"}}; }

Pairs SignPairs() {
  return {{"bias_sign", "wrong", "right"},
          {"bias_sign", "wrong_hidden", "right"},
          {"bias_sign", "wrong_output", "right"}};
}

Pairs RulePairs() {
  return {{"strategy", "scaled=0.1", "learned"},
          {"strategy", "error_proportional", "learned"},
          {"strategy", "error_inverse", "learned"},
          {"strategy", "gap_proportional", "learned"}};
}

Pairs CentrePairs() { return {{"center", "true", "false"}}; }
Pairs FormatPairs() { return {{"weights_format", "bfloat16", "float32"}}; }

Pairs OnlinePairs() { return {{"batch", "1", "64", {"schedule", "block", "learning_rate"}}}; }
Pairs EqualTimePairs() {
  return {{"batch", "1", "64", {"schedule", "block", "learning_rate", "epochs"}}};
}

bool HasWrongSign(const ResultRow& row) { return row.where.Text("bias_sign") == "wrong"; }

std::string BySetting(const ResultRow& row) { return row.where.Name({"seed", "strategy"}); }
std::string ByTask(const ResultRow& row) { return Task(row); }
// Groups rows that differ in the decay alone, over all strategies.
std::string ByDecays(const ResultRow& row) {
  return row.where.Name({"seed", "strategy", "weight_decay", "decay_bias"});
}

constexpr std::string_view kSetting = "a setting's contrasts";
constexpr std::string_view kTask = "a task's contrasts";

const std::vector<Study>& Studies() {
  static const std::vector<Study> studies = {
      {"loss", "Final training loss", "final training loss", kSetting, &Results::convergence,
       SixPairs, TrainLoss, HasRightSign, BySetting},
      {"other-strategies", "Final training loss of all other strategies", "final training loss",
       kSetting, &Results::convergence, OtherPairs, TrainLoss, HasRightSign, BySetting},
      {"accuracy", "Test accuracy", "test accuracy", kSetting, &Results::convergence, SixPairs,
       TestAccuracy, HasRightSign, BySetting},
      {"darker", "Test accuracy at an eighth of the brightness",
       "change of the test accuracy when test images are an eighth as bright", kSetting,
       &Results::convergence, SixPairs, ChangeWhenDarker, HasRightSign, BySetting},
      {"brighter", "Test accuracy at eight times the brightness",
       "change of the test accuracy when test images are eight times as bright", kSetting,
       &Results::convergence, SixPairs, ChangeWhenBrighter, HasRightSign, BySetting},
      {"overfitting", "Overfitting", "test loss less training loss", kSetting,
       &Results::convergence, SixPairs, Overfitting, HasRightSign, BySetting},
      {"equal-time", "At equal time",
       "running training loss after the seconds that `learned` takes", kSetting,
       &Results::convergence, SixPairs, LossInEqualTime, HasRightSign, BySetting},
      {"equal-memory", "The biases' bytes spent on nodes instead", "final training loss", kTask,
       &Results::convergence, WiderPairs, TrainLoss, IsOrdinary, ByTask},
      {"weight-decay", "Weight decay", "final training loss", kTask, &Results::convergence,
       DecayPairs, TrainLoss, HasRightSign, ByDecays},
      {"centred-inputs", "Centred inputs", "final training loss", kTask, &Results::convergence,
       CentrePairs, TrainLoss, HasRightSign, ByTask},
      {"imitation", "Weights that act as biases",
       "weights' share of a node's constant input, |w·x̄| / (|w·x̄| + |b|), at the end", kTask,
       &Results::convergence, CentrePairs, Imitation, HasRightSign, ByTask},
      {"bfloat16-weights", "Weights in bfloat16", "final training loss", kTask,
       &Results::convergence, FormatPairs, TrainLoss, HasRightSign, ByTask},
      {"online-epochs", "A step for each sample, and batches of 64, by as many epochs",
       "final training loss, each at its own best rate", kTask, &Results::convergence, OnlinePairs,
       LossAtBestRate, HasRightSign, ByTask},
      {"online-time", "A step for each sample, and batches of 64, in as many seconds",
       "final training loss, each at its own best rate", kTask, &Results::convergence,
       EqualTimePairs, LossAtBestRateInEqualTime, HasRightSign, ByTask},
      {"wrong-signs", "A wrong sign", "final training loss", kTask, &Results::convergence,
       SignPairs, TrainLoss, AnyRow, ByTask},
      {"rise", "The rising error",
       "epoch in which, with a wrong sign, the running training loss first exceeds its start",
       kTask, &Results::convergence, RulePairs, RiseEpoch, HasWrongSign, ByTask},
      {"stable-rate", "Largest stable learning rate", "largest stable learning rate", kSetting,
       &Results::stability, SixPairs, StableRate, HasRightSign, BySetting},
      {"best-rate", "Each at its own best rate", "final training loss at the best rate tried",
       kSetting, &Results::stability, SixPairs, BestLoss, HasRightSign, BySetting},
  };
  return studies;
}

Finding Find(const Study& study, const Results& results) {
  Finding finding{&study, {}};
  const auto& file = results.*study.file;
  if (!file) return finding;
  const RowGroup rows = RowsOf(file->rows, study.takes);
  const Quantity quantity = study.make_quantity(results);
  std::vector<std::string> names;
  for (const AxisPair& pair : study.pairs()) {
    for (Contrast& contrast : record::FindContrasts(rows, pair, quantity)) {
      const std::string name = study.family_of(*contrast.rows.front());
      const auto found = std::ranges::find(names, name);
      const auto place = static_cast<std::size_t>(found - names.begin());
      if (found == names.end()) {
        names.push_back(name);
        finding.families.emplace_back();
      }
      finding.families[place].push_back(std::move(contrast));
    }
  }
  for (Family& family : finding.families) record::JudgeFamily(family);
  return finding;
}

}  // namespace

const std::vector<AxisPair>& HeadlinePairs() {
  static const Pairs pairs = {{"strategy", "fixed=1", "learned"},
                              {"strategy", "none", "learned"},
                              {"strategy", "grouped=64", "learned"},
                              {"strategy", "shared", "learned"},
                              {"strategy", "fixed=1", "learned_from_one"},
                              {"strategy", "frozen_random", "learned_from_random"}};
  return pairs;
}

std::string EqualStartOf(std::string_view name) {
  bias::Selection selection;
  try {
    selection = bias::ParseSelection(name);
  } catch (const std::invalid_argument&) {
    return "";  // a strategy of another version of the suite
  }
  // With frozen weights more than the biases' treatment differs.
  if (selection.strategy->weights != bias::Weights::kTrained) return "";
  std::string start;
  switch (selection.strategy->initial) {
    case bias::Initial::kZero:
      start = "learned";
      break;
    case bias::Initial::kOne:
      start = "learned_from_one";
      break;
    case bias::Initial::kRandom:
      start = "learned_from_random";
      break;
    case bias::Initial::kValue:
      if (selection.value == 1) start = "learned_from_one";
      break;
  }
  return start == name ? "" : start;
}

std::vector<Finding> FindAll(const Results& results) {
  std::vector<Finding> findings;
  for (const Study& study : Studies()) findings.push_back(Find(study, results));
  return findings;
}

const Finding& FindingOf(const std::vector<Finding>& findings, std::string_view slug) {
  const auto found =
      std::ranges::find(findings, slug, [](const Finding& finding) { return finding.study->slug; });
  if (found == findings.end()) throw std::logic_error("no study " + std::string(slug));
  return *found;
}

const Contrast* BestEvidence(const Finding& finding,
                             const std::function<bool(const Contrast&)>& takes) {
  const auto rank = [](const Contrast& contrast) {
    const ResultRow& row = *contrast.rows.front();
    return std::tuple(contrast.verdict != record::Verdict::kTooFewSeeds, row.NumberOrZero("hidden"),
                      contrast.seeds, !IsOnline(row));
  };
  const Contrast* best = nullptr;
  for (const Family& family : finding.families) {
    for (const Contrast& contrast : family) {
      if (!takes(contrast)) continue;
      if (best == nullptr || rank(*best) < rank(contrast)) best = &contrast;
    }
  }
  return best;
}

const Contrast* Headline(const Finding& finding, std::string_view task, const AxisPair& pair) {
  return BestEvidence(finding, [&](const Contrast& contrast) {
    const ResultRow& row = *contrast.rows.front();
    return contrast.value == pair.value && contrast.baseline == pair.baseline &&
           Task(row) == task && IsOrdinary(row);
  });
}

std::string Signed(double difference) {
  if (std::isinf(difference)) return difference > 0 ? "+∞" : "−∞";
  if (difference == 0) return "0";
  return fmt::format("{}{}", difference < 0 ? "−" : "+", ThreeDigits(std::abs(difference)));
}

std::string DescribeDifference(const Contrast& contrast) {
  const auto& [low, high] = contrast.interval;
  if (contrast.median == 0 && low == 0 && high == 0) return "0 in every seed";
  if (std::isinf(low) && std::isinf(high) && !std::isinf(contrast.median)) {
    return Signed(contrast.median);  // too few seeds for an interval
  }
  if (std::isinf(contrast.median)) return Signed(contrast.median);
  return fmt::format("{} [{}, {}]", Signed(contrast.median), Signed(low), Signed(high));
}

std::string Tell(const Contrast& contrast) {
  if (contrast.diverged * 2 > contrast.seeds) {
    return fmt::format("{} (diverges in {} of {})", Say(contrast.verdict), contrast.diverged,
                       Counted(contrast.seeds, "seed"));
  }
  if (contrast.verdict == record::Verdict::kTooFewSeeds) {
    return fmt::format("too few seeds ({}: {})", contrast.seeds, DescribeDifference(contrast));
  }
  return fmt::format("{} ({})", Say(contrast.verdict), DescribeDifference(contrast));
}

}  // namespace biasbench::report
