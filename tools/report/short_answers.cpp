#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "report/answer.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::Contrast;

constexpr const char* kUnknown = "Not measured, or in too few seeds.";

// "0.116 % to 0.251 %", or one alone where they are the same.
std::string FromTo(const std::string& from, const std::string& to) {
  return from == to ? from : fmt::format("{} to {}", from, to);
}

// "4,005,888 bytes (`streaming`, sgd) to 16,023,552 bytes (`textbook`, adam) at 784 inputs and
// 1,000,000 hidden nodes; of the peak 0.116 % to 0.251 % there, 24.9 % with 2 inputs (`harmonic3`,
// `recompute`)."
std::string WhatIsSaved(const Results& results, const std::vector<Finding>& findings) {
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  if (savings.empty()) return kUnknown;
  const auto [least, most] = std::ranges::minmax_element(savings, {}, &Saving::bytes);
  const ResultRow& learned = *savings.front().learned;
  const auto bytes = [](const Saving& saving) {
    return fmt::format("{} bytes ({})", Integer(saving.bytes()), Way(*saving.learned));
  };
  const std::string text = fmt::format(
      "{} at {} and {} hidden nodes; of the peak ",
      least->bytes() < most->bytes() ? FromTo(bytes(*least), bytes(*most)) : bytes(*least),
      Inputs(learned), Integer(learned.NumberOrZero("hidden")));
  Texts shares = {FromTo(Percent(savings.front().share()), Percent(savings.back().share())) +
                  " there"};
  for (const std::string& task : MeasuredTasks(results)) {
    const std::optional<Saving> saving = SavingInTraining(findings, task);
    if (!saving) continue;
    shares.push_back(fmt::format("{} with {} ({}, {})", Percent(saving->share()),
                                 Inputs(*saving->learned), Code(task),
                                 Code(Schedule(*saving->learned))));
  }
  return text + And(shares) + ".";
}

// "`harmonic3` (2 inputs; `fixed=1` 0.0234, `learned` 0.000846)"
std::string LossesOn(const Contrast& contrast, const std::string& task) {
  const auto loss = [](const RowGroup& rows) {
    return ThreeDigits(Summarize(ValuesOf(rows, "train_loss")).median);
  };
  return fmt::format("{} ({}; {} {}, {} {})", Code(task), Inputs(*contrast.rows.front()),
                     Code(contrast.value), loss(contrast.rows), Code(contrast.baseline),
                     loss(contrast.baseline_rows));
}

// "The training loss ends higher on `harmonic3` (2 inputs; `fixed=1` 0.0234, `learned` 0.000846).
// Not so on …"
std::string WhereItHurts(const Results& results, const std::vector<Finding>& findings) {
  Texts higher;
  Texts not_higher;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = LossOn(findings, task, kFixedLessLearned);
    if (contrast == nullptr || contrast->verdict == record::Verdict::kTooFewSeeds) continue;
    (contrast->verdict == record::Verdict::kHigher ? higher : not_higher)
        .push_back(LossesOn(*contrast, task));
  }
  if (higher.empty() && not_higher.empty()) return kUnknown;
  Texts sentences;
  if (!higher.empty()) {
    sentences.push_back(fmt::format("The training loss ends higher on {}.", And(higher)));
  }
  if (!not_higher.empty()) {
    sentences.push_back(fmt::format("{} on {}.", higher.empty() ? "No loss ends higher" : "Not so",
                                    And(not_higher)));
  }
  return Join(sentences, " ");
}

// "1.48 GiB, 41.6 samples/s"
std::string PeakAndSpeed(const Results& results, const ResultRow& row) {
  const Summary speed = SpeedOf(results, row);
  return Bytes(PeakBytes(row)) +
         (speed.count > 0 ? fmt::format(", {} samples/s", ThreeDigits(speed.median)) : "");
}

// "Keep the biases and train by `recompute`, sgd, bfloat16 weights (widened): 1.48 GiB, 41.6
// samples/s, against 6.41 GiB, 36.4 samples/s of `textbook`, sgd; fastest is …"
std::string SmallerStep(const Results& results) {
  const RowGroup rows = PeaksOfSgd(results);
  if (rows.size() < 2) return "";
  const ResultRow& largest = *rows.front();
  const ResultRow& smallest = *rows.back();
  std::string text =
      fmt::format("Keep the biases and train by {}: {}, against {} of {}", Way(smallest),
                  PeakAndSpeed(results, smallest), PeakAndSpeed(results, largest), Way(largest));
  const ResultRow* fastest = std::ranges::max(
      rows, {}, [&](const ResultRow* row) { return SpeedOf(results, *row).median; });
  if (fastest != &smallest && fastest != &largest) {
    text += fmt::format("; the fastest is {}: {}", Way(*fastest), PeakAndSpeed(results, *fastest));
  }
  return text + ".";
}

// "`grouped=64`, a bias for 64 nodes: 62,500 bytes of biases for 1,000,000 nodes; training loss
// against `learned` lower on `digits`."
std::string FewerBiases(const Results& results, const std::vector<Finding>& findings) {
  Texts losses;
  const ResultRow* row = nullptr;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = LossOn(findings, task, kGroupedLessLearned);
    if (contrast == nullptr || contrast->verdict == record::Verdict::kTooFewSeeds) continue;
    row = contrast->rows.front();
    losses.push_back(fmt::format("{} on {}", Say(contrast->verdict), Code(task)));
  }
  if (row == nullptr) return "";
  return fmt::format(
      "{}, a bias for 64 nodes: {} bytes of biases for {} nodes; training loss against "
      "`learned` {}.",
      Code(kGroupedLessLearned.value), Integer(row->NumberOrZero("hidden_bias_bytes")),
      Integer(row->NumberOrZero("hidden")), And(losses));
}

std::string WhatInstead(const Results& results, const std::vector<Finding>& findings) {
  Texts ways;
  for (const std::string& way : {SmallerStep(results), FewerBiases(results, findings)}) {
    if (!way.empty()) ways.push_back(way);
  }
  return ways.empty() ? kUnknown : Join(ways, " Or ");
}

// "By the plain step, as any weight: on `harmonic3` (1,000 hidden nodes, 60 epochs) 6 of 6 other
// rules end higher in training loss; elsewhere too few seeds."
std::string WhichRule(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  bool is_any_lower = false;
  bool is_any_higher = false;
  for (const Family& rules : OtherRules(results, findings).families) {
    const ResultRow& row = *rules.front().rows.front();
    const auto higher = std::ranges::count(rules, record::Verdict::kHigher, &Contrast::verdict);
    is_any_higher |= higher > 0;
    is_any_lower |= std::ranges::count(rules, record::Verdict::kLower, &Contrast::verdict) > 0;
    parts.push_back(fmt::format("on {} ({}) {} of {} end higher in training loss", Code(Task(row)),
                                DescribeTraining(row), higher,
                                Counted(std::ssize(rules), "other rule")));
  }
  if (parts.empty()) return kUnknown;
  const std::string_view advice = is_any_lower    ? "Not always as a weight"
                                  : is_any_higher ? "By the plain step, as any weight"
                                                  : "No rule is seen to differ";
  return fmt::format(
      "{}: {}{}.", advice, And(parts),
      parts.size() < MeasuredTasks(results).size() ? "; elsewhere too few seeds" : "");
}

}  // namespace

std::vector<ListItem> ShortAnswers(const Results& results, const std::vector<Finding>& findings) {
  return {{"Bytes saved by fixing them at 1", WhatIsSaved(results, findings)},
          {"When it hurts", WhereItHurts(results, findings)},
          {"Do instead", WhatInstead(results, findings)},
          {"Updating a bias", WhichRule(results, findings)}};
}

}  // namespace biasbench::report
