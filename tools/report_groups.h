// Rows that belong together, and how far they spread.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "report_rows.h"

namespace biasbench::report {

// The strategies that the first question is about.
inline constexpr std::string_view kLearned = "learned";
inline constexpr std::string_view kFixed = "fixed=1";
inline constexpr std::string_view kNone = "none";
inline constexpr std::string_view kHeadlines[] = {kLearned, kFixed, kNone};
bool IsHeadline(const Row& row);

// Whether its biases are updated with a sign that is not the right one.
bool HasTurnedSign(const Row& row);

// All of a row's setting but its seed: what repetitions over seeds share.
std::string ConfigurationOf(const Row& row);

// … and but its strategy: rows of equal settings differ in the strategy (and seed) alone.
std::string SettingOf(const Row& row);

// … and but its hidden nodes.
std::string SettingWithoutWidth(const Row& row);

// "recompute, sgd, inputs 2, hidden 1,000,000, …": a setting for people.
std::string DescribeSetting(const Row& row);
// What else tells a row's setting from others, by its name: "samples:100, center"; mostly empty.
std::string OtherSettings(const Row& row);
// "`digits` (1,000 hidden nodes, samples:100, center)": what a point of a sentence is about; `more`
// stands last in the brackets.
std::string TaskAndSetting(const Row& row, const std::string& more = "");
// "784 inputs, 1,000,000 hidden nodes, 10 outputs, batch 64, 2 threads"
std::string DescribeShape(const Row& row);
// Orders shapes by their parameters, then by batch and threads.
bool HasSmallerShape(const Row& a, const Row& b);
bool HasSameShape(const Row& a, const Row& b);
// Of the rows with the most weights, one of the batch and threads that most of them were measured
// with. `rows` must not be empty.
const Row& LargestShape(const std::vector<const Row*>& rows);

// All rows of one configuration: repetitions or seeds. Never empty.
using Group = std::vector<const Row*>;
using RowFilter = std::function<bool(const Row&)>;

// Groups by configuration, in the order in which they first appear.
std::vector<Group> GroupRows(const std::vector<Row>& rows, const RowFilter& filter);

// Parts `groups` by setting, in the order in which these first appear.
std::vector<std::vector<Group>> PartBySetting(const std::vector<Group>& groups);

// The median of rows that ran to an end. A diverged row, or one that has no value where others of
// the group do, counts as `worst` (infinite), so that leaving it out cannot flatter the others.
struct Spread {
  int count = 0;
  double median = 0;
  double min = 0;
  double max = 0;
};
Spread SpreadOfValues(std::vector<double> values);
Spread SpreadOf(const Group& group, std::string_view key,
                double worst = std::numeric_limits<double>::infinity());

// "0.021", or with more than one row "0.021 [0.019–0.03]"; infinite is written as `worst`; ""
// where nothing was measured.
std::string Describe(const Spread& spread, std::string_view worst = "diverged");

// Every status of the group with its reason: "2 ok, 1 diverged: loss is not finite".
std::string DescribeStatus(const Group& group);

// The setting that a task's strategies are compared in: of the largest hidden layer, the one in
// which the most headline strategies, then the most strategies, were measured.
struct Comparison {
  std::string task;
  std::vector<Group> groups;  // one for each strategy

  // Null if the strategy was not measured.
  const Group* Find(std::string_view strategy) const;
};
std::vector<Comparison> CompareByTask(const ResultFile& convergence);

}  // namespace biasbench::report
