#include "report/answer.h"

#include <fmt/format.h>

#include <utility>

#include "report/sentences.h"

namespace biasbench::report {

std::string Verdict(const Results& results, const std::vector<Finding>& findings) {
  const Sides sides = SidesOf(results, findings);
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  const std::string saved =
      savings.empty() ? "."
                      : fmt::format(": at {} inputs fixing biases saves {} of the peak at most.",
                                    Integer(savings.back().learned->NumberOrZero("inputs")),
                                    Percent(savings.back().share()));
  if (!sides.higher.empty()) {
    const std::string there = SharesSavedOn(findings, sides.higher);
    return fmt::format(
        "No, not to save memory{} On {}{}, networks with fixed biases or none end higher in "
        "training loss at the task's learning rate.",
        saved, And(sides.higher), there.empty() ? "" : fmt::format(", where it saves {}", there));
  }
  if (!sides.not_higher.empty()) {
    return fmt::format(
        "Yes, as far as this shows{} On {} no training with fixed biases or none ends higher in "
        "loss.",
        saved, And(sides.not_higher));
  }
  return sides.untold.empty()
             ? "These rows cannot tell: no two strategies were trained on a task."
             : fmt::format("These rows cannot tell: too few seeds on {}.", And(sides.untold));
}

std::vector<ListItem> Answer(const Results& results, const std::vector<Finding>& findings) {
  std::vector<ListItem> items = {{"What fixing saves", WhatFixingSaves(results, findings), {}},
                                 WhatToDo(results, findings)};
  std::string update = HowToUpdate(results, findings);
  if (!update.empty()) items.push_back({"How to update a bias", std::move(update), {}});
  return items;
}

}  // namespace biasbench::report
