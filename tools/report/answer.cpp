#include "report/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

// "`fixed=1` ends higher than `learned` (+0.02 [+0.01, +0.03])"
std::string TellPair(const Contrast& contrast) {
  if (contrast.verdict != record::Verdict::kLower && contrast.verdict != record::Verdict::kHigher) {
    return fmt::format("{} against {}: {}", Code(contrast.value), Code(contrast.baseline),
                       Tell(contrast));
  }
  const std::string told = Tell(contrast);
  const std::string word(Say(contrast.verdict));
  return fmt::format("{} ends {} than {}{}", Code(contrast.value), word, Code(contrast.baseline),
                     told.substr(word.size()));
}

// The six contrasts of a task, told by the setting that each is read from.
std::string TellTask(const Finding& finding, const std::string& task) {
  std::vector<std::pair<std::string, Texts>> settings;
  std::string learned;
  for (const AxisPair& pair : HeadlinePairs()) {
    const Contrast* contrast = Headline(finding, task, pair);
    if (contrast == nullptr) continue;
    std::string setting = DescribeTraining(*contrast->rows.front());
    if (contrast->verdict != record::Verdict::kTooFewSeeds) {
      setting += ", " + Counted(contrast->seeds, "seed");
    }
    auto found = std::ranges::find(settings, setting, &std::pair<std::string, Texts>::first);
    if (found == settings.end()) {
      if (settings.empty()) {
        learned = fmt::format(
            "{} ends at {}", Code(contrast->baseline),
            Describe(Summarize(contrast->baseline_rows, record::QuantityOf("train_loss"))));
      }
      settings.emplace_back(std::move(setting), Texts());
      found = settings.end() - 1;
    }
    found->second.push_back(TellPair(*contrast));
  }
  Texts parts;
  for (const auto& [setting, contrasts] : settings) {
    parts.push_back(fmt::format("at {}: {}{}", setting,
                                parts.empty() ? learned + "; " : std::string(),
                                Join(contrasts, "; ")));
  }
  return parts.empty() ? "" : fmt::format("{}, {}.", Code(task), Join(parts, ". And "));
}

ListItem WhatItCosts(const Results& results, const std::vector<Finding>& findings) {
  ListItem item{"What it costs", "", {}};
  if (!results.convergence) {
    item.text = "Unknown: convergence.json is missing.";
    return item;
  }
  for (const std::string& task : MeasuredTasks(results)) {
    const std::string text = TellTask(FindingOf(findings, "loss"), task);
    if (!text.empty()) item.items.push_back(text);
  }
  item.text =
      item.items.empty()
          ? "Unknown: convergence.json has no two strategies to compare."
          : "Final training loss at the task's learning rate, each strategy less the other, "
            "seed by seed (each at its own best rate: Stability). `fixed=1` and `learned_from_one` "
            "start "
            "alike, and so do `frozen_random` and `learned_from_random`: between these the update "
            "alone differs.";
  return item;
}

}  // namespace

std::string Verdict(const Results& results, const std::vector<Finding>& findings) {
  const Sides sides = SidesOf(results, findings);
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  const std::string saved =
      savings.empty() ? ""
                      : fmt::format(", and at {} inputs fixing them saves {} of the peak at most",
                                    Integer(savings.back().learned->NumberOrZero("inputs")),
                                    Percent(savings.back().share()));
  if (!sides.higher.empty()) {
    return fmt::format(
        "No, because on {} networks with fixed or without biases end higher in "
        "training loss at the task's learning rate{}.",
        And(sides.higher), saved);
  }
  if (!sides.not_higher.empty()) {
    return fmt::format(
        "Yes, as far as this shows: on {} no training with fixed or without biases "
        "ends higher in loss{}.",
        And(sides.not_higher), saved);
  }
  return sides.untold.empty()
             ? "These rows cannot tell: no two strategies were trained on a task."
             : fmt::format("These rows cannot tell: too few seeds on {}.", And(sides.untold));
}

std::vector<ListItem> Answer(const Results& results, const std::vector<Finding>& findings) {
  return {{"What fixing saves", WhatFixingSaves(results, findings), {}},
          WhatItCosts(results, findings),
          WhatToDo(results, findings)};
}

}  // namespace biasbench::report
