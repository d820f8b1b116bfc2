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
inline const record::AxisPair kGroupedLessLearned = {"strategy", "grouped=64", "learned"};

Texts MeasuredTasks(const Results& results);
// The best evidence on a pair's final training losses on a task. Null: there is none.
const record::Contrast* LossOn(const std::vector<Finding>& findings, const std::string& task,
                               const record::AxisPair& pair);

std::string Join(const Texts& parts, std::string_view separator = ", ");
// "a, b and c"
std::string And(const Texts& parts);

// "2 inputs"
std::string Inputs(const ResultRow& row);
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
// In the task's headline training; none where it was not measured.
std::optional<Saving> SavingInTraining(const std::vector<Finding>& findings,
                                       const std::string& task);
// The fewest and the most bytes that fixing saves at the largest shape, the largest share of the
// peak, and the shares in the tasks' trainings.
std::string WhatFixingSaves(const Results& results, const std::vector<Finding>& findings);

// The shares of the peak that fixing saves in the headline trainings of tasks (as code), with their
// schedules; "" of none.
std::string SharesSavedOn(const std::vector<Finding>& findings, const Texts& tasks);

// Final losses of other update rules against the plain step, each in the setting that can tell
// most, a family for each task; none where seeds are too few.
Finding OtherRules(const Results& results, const std::vector<Finding>& findings);
// A sentence on them.
std::string HowToUpdate(const Results& results, const std::vector<Finding>& findings);
// `learned` under sgd at the largest shape, a row for each schedule and format, the largest peak
// first.
RowGroup PeaksOfSgd(const Results& results);
// Samples a second of a row of another file that differs in the seed alone.
Summary SpeedOf(const Results& results, const ResultRow& row);
// Sentences on sharing biases by groups, and on the schedules and formats that save most; "" where
// there are no rows.
std::string ShareByGroups(const Results& results, const std::vector<Finding>& findings);
std::string MostSaved(const Results& results);
ListItem WhatToDo(const Results& results, const std::vector<Finding>& findings);

// Tasks by what leaving or fixing biases does to the loss.
struct Sides {
  Texts higher;
  Texts not_higher;
  Texts untold;
};
Sides SidesOf(const Results& results, const std::vector<Finding>& findings);
// The sides of tasks, an item each: "`harmonic3` at …: `fixed=1` higher (…), `none` higher (…). But
// at …", which names the settings that speak against it.
Texts TellSides(const std::vector<Finding>& findings, const Texts& tasks);

}  // namespace biasbench::report
