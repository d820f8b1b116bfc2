// Common parts of the first screen's sentences.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/contrast.h"
#include "report/markdown.h"
#include "report/results.h"
#include "report/rows.h"
#include "report/studies.h"

namespace biasbench::report {

using Texts = std::vector<std::string>;

inline const record::AxisPair kFixedLessLearned = {"strategy", "fixed=1", "learned"};
inline const record::AxisPair kNoneLessLearned = {"strategy", "none", "learned"};

Texts MeasuredTasks(const Results& results);

std::string Join(const Texts& parts, std::string_view separator = ", ");
// "a, b and c"
std::string And(const Texts& parts);

// "`recompute`, adam"
std::string Way(const ResultRow& row);

// The memory of biases against fixing or omitting them, in one setting.
struct Saving {
  const ResultRow* learned;
  const ResultRow* other;

  double bytes() const { return PeakBytes(*learned) - PeakBytes(*other); }
  double share() const { return bytes() / PeakBytes(*learned); }
};

// At the largest shape at which both were measured, the smallest share first.
std::vector<Saving> SavingsAtLargest(const Results& results, std::string_view strategy);
std::string WhatFixingSaves(const Results& results, const std::vector<Finding>& findings);

// A sentence on the final losses of other update rules against the plain step, each in the setting
// that can tell most.
std::string HowToUpdate(const Results& results, const std::vector<Finding>& findings);
ListItem WhatToDo(const Results& results, const std::vector<Finding>& findings);

// Tasks by what leaving or fixing biases does to the loss.
struct Sides {
  Texts higher;
  Texts not_higher;
  Texts untold;
};
Sides SidesOf(const Results& results, const std::vector<Finding>& findings);
// The sides of tasks, in words: "`fixed=1` higher (…), `none` higher (…)"
std::string TellSides(const std::vector<Finding>& findings, const Texts& tasks);

}  // namespace biasbench::report
