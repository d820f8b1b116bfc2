#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "report/answer.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

const Contrast* LossOn(const std::vector<Finding>& findings, const std::string& task,
                       const AxisPair& pair) {
  return Headline(FindingOf(findings, "loss"), task, pair);
}

std::string Inputs(const ResultRow& row) {
  return Counted(static_cast<std::int64_t>(row.NumberOrZero("inputs")), "input");
}

// "4,005,888 bytes of 3.21 GiB (0.116 %) at 784 inputs and 1,000,000 hidden nodes; 24.9 % with 2
// inputs (`harmonic3`)."
std::string WhatIsSaved(const Results& results, const std::vector<Finding>& findings) {
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  if (savings.empty()) return "not measured";
  const Saving least = std::ranges::min(savings, {}, &Saving::bytes);
  std::string text =
      fmt::format("{} bytes of {} ({}) at {} and {} hidden nodes", Integer(least.bytes()),
                  Bytes(PeakBytes(*least.learned)), Percent(least.share()), Inputs(*least.learned),
                  Integer(least.learned->NumberOrZero("hidden")));
  Texts shares;
  for (const std::string& task : MeasuredTasks(results)) {
    const std::optional<Saving> saving = SavingInTraining(findings, task);
    if (!saving) continue;
    shares.push_back(fmt::format("{} with {} ({})", Percent(saving->share()),
                                 Inputs(*saving->learned), Code(task)));
  }
  if (!shares.empty()) text += fmt::format("; {}", And(shares));
  return text + ".";
}

// "`harmonic3` (2 inputs; 0.0234 in place of 0.000846)"
std::string LossesOn(const Contrast& contrast, const std::string& task) {
  const auto loss = [](const RowGroup& rows) {
    return ThreeDigits(Summarize(ValuesOf(rows, "train_loss")).median);
  };
  return fmt::format("{} ({}; {} in place of {})", Code(task), Inputs(*contrast.rows.front()),
                     loss(contrast.rows), loss(contrast.baseline_rows));
}

// "The training loss ends higher on `harmonic3` (2 inputs; 0.0234 in place of 0.000846). Not so on
// …"
std::string WhereItHurts(const Results& results, const std::vector<Finding>& findings) {
  Texts higher;
  Texts not_higher;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = LossOn(findings, task, kFixedLessLearned);
    if (contrast == nullptr || contrast->verdict == record::Verdict::kTooFewSeeds) continue;
    (contrast->verdict == record::Verdict::kHigher ? higher : not_higher)
        .push_back(LossesOn(*contrast, task));
  }
  if (higher.empty() && not_higher.empty()) return "not measured";
  Texts sentences;
  if (!higher.empty())
    sentences.push_back(fmt::format("The training loss ends higher on {}.", And(higher)));
  if (!not_higher.empty())
    sentences.push_back(fmt::format("{} on {}.", higher.empty() ? "No loss ends higher" : "Not so",
                                    And(not_higher)));
  return Join(sentences, " ");
}

// "`recompute`, …: 1.48 GiB in place of the 6.41 GiB of `textbook`, sgd, at 41.6 in place of 36.4
// samples/s."
std::string SmallerStep(const Results& results) {
  const RowGroup rows = PeaksOfSgd(results);
  if (rows.size() < 2) return "";
  const ResultRow& most = *rows.front();
  const ResultRow& least = *rows.back();
  std::string text = fmt::format("{}: {} in place of the {} of {}", Way(least),
                                 Bytes(PeakBytes(least)), Bytes(PeakBytes(most)), Way(most));
  const Summary fast = SpeedOf(results, least);
  const Summary usual = SpeedOf(results, most);
  if (fast.count > 0 && usual.count > 0) {
    text += fmt::format(", at {} in place of {} samples/s", ThreeDigits(fast.median),
                        ThreeDigits(usual.median));
  }
  return text + ".";
}

// "`grouped=64`: 62,500 bytes of biases for 1,000,000 hidden nodes, and no higher loss on …"
std::string FewerBiases(const Results& results, const std::vector<Finding>& findings) {
  Texts higher;
  Texts not_higher;
  const ResultRow* row = nullptr;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = LossOn(findings, task, kGroupedLessLearned);
    if (contrast == nullptr || contrast->verdict == record::Verdict::kTooFewSeeds) continue;
    row = contrast->rows.front();
    (contrast->verdict == record::Verdict::kHigher ? higher : not_higher).push_back(Code(task));
  }
  if (row == nullptr) return "";
  std::string text = fmt::format(
      "{}, a bias for 64 nodes: {} bytes of biases for {} nodes", Code(kGroupedLessLearned.value),
      Integer(row->NumberOrZero("hidden_bias_bytes")), Integer(row->NumberOrZero("hidden")));
  if (!not_higher.empty()) text += fmt::format(", no higher loss on {}", And(not_higher));
  if (!higher.empty()) text += fmt::format(", a higher loss on {}", And(higher));
  return text + ".";
}

std::string WhatInstead(const Results& results, const std::vector<Finding>& findings) {
  Texts ways;
  for (const std::string& way : {SmallerStep(results), FewerBiases(results, findings)}) {
    if (!way.empty()) ways.push_back(way);
  }
  return ways.empty() ? "not measured" : Join(ways, " Or ");
}

// "By the plain step, as any weight: 6 of 6 other rules end higher in training loss on
// `harmonic3`."
std::string WhichRule(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  bool is_any_lower = false;
  for (const Family& rules : OtherRules(results, findings).families) {
    const auto higher = std::ranges::count(rules, record::Verdict::kHigher, &Contrast::verdict);
    is_any_lower |= std::ranges::count(rules, record::Verdict::kLower, &Contrast::verdict) > 0;
    parts.push_back(fmt::format("{} of {} end higher in training loss on {}", higher,
                                Counted(std::ssize(rules), "other rule"),
                                Code(Task(*rules.front().rows.front()))));
  }
  if (parts.empty()) return "not measured";
  return fmt::format("{}: {}.",
                     is_any_lower ? "Not always as a weight" : "By the plain step, as any weight",
                     And(parts));
}

}  // namespace

std::vector<ListItem> ShortAnswers(const Results& results, const std::vector<Finding>& findings) {
  return {{"Saved by fixing them at 1", WhatIsSaved(results, findings)},
          {"The price", WhereItHurts(results, findings)},
          {"Instead", WhatInstead(results, findings)},
          {"Updating a bias", WhichRule(results, findings)}};
}

}  // namespace biasbench::report
