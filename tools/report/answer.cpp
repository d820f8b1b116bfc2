#include "report/answer.h"

#include <fmt/format.h>

#include "report/sentences.h"

namespace biasbench::report {

std::string Verdict(const Results& results, const std::vector<Finding>& findings) {
  const Sides sides = SidesOf(results, findings);
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  const std::string saved =
      savings.empty() ? ""
                      : fmt::format(", and at {} inputs fixing them saves {} of the peak at most",
                                    Integer(savings.back().learned->NumberOrZero("inputs")),
                                    Percent(savings.back().share()));
  if (!sides.higher.empty()) {
    const std::string there = SharesSavedOn(findings, sides.higher);
    return fmt::format(
        "No, because on {} networks with fixed or without biases end higher in "
        "training loss at the task's learning rate{}{}.",
        And(sides.higher),
        there.empty() ? "" : fmt::format(", to save {} of the peak there", there), saved);
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
          WhatToDo(results, findings)};
}

}  // namespace biasbench::report
