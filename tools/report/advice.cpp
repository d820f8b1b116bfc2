#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "bias/strategies.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

const AxisPair kSharedLessLearned = {"strategy", "shared", "learned"};

// The bytes that are kept of the biases, and the losses against `learned` over all tasks.
std::string KeepFewer(const Results& results, const std::vector<Finding>& findings,
                      const AxisPair& pair) {
  double bytes = 0;
  double hidden = 0;
  if (!results.convergence) return "";
  for (const ResultRow& row : results.convergence->rows) {
    if (Strategy(row) != pair.value || row.NumberOrZero("hidden") < hidden) continue;
    hidden = row.NumberOrZero("hidden");
    bytes = row.NumberOrZero("hidden_bias_bytes");
  }
  Texts parts;
  bool is_any_higher = false;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = LossOn(findings, task, pair);
    if (contrast == nullptr) continue;
    is_any_higher |= contrast->verdict == record::Verdict::kHigher;
    const double width = contrast->rows.front()->NumberOrZero("hidden");
    parts.push_back(
        fmt::format("on {} {}{}", Code(task), Tell(*contrast),
                    width == hidden ? "" : fmt::format(" at {} nodes", Integer(width))));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "{}{} keeps {} bytes of biases for {} hidden nodes; there the final training loss against "
      "`learned` is {}.",
      is_any_higher ? "Not on every task: " : "", Code(pair.value), Integer(bytes), Integer(hidden),
      Join(parts));
}

// Final losses with weights in bfloat16 against float32; "" where there are none.
std::string WithBfloat16(const std::vector<Finding>& findings) {
  Texts parts;
  std::string last;
  for (const Family& family : FindingOf(findings, "bfloat16-weights").families) {
    for (const Contrast& contrast : family) {
      const ResultRow& row = *contrast.rows.front();
      if (Strategy(row) != kLearned) continue;
      std::string setting = fmt::format("on {} (at {})", Code(Task(row)),
                                        DescribeTraining(*contrast.baseline_rows.front()));
      const std::string told = Tell(contrast) + ProductsOf(row);
      parts.push_back(setting == last ? told : fmt::format("{} {}", setting, told));
      last = std::move(setting);
    }
  }
  if (parts.empty()) return "";
  return fmt::format(" Final training loss with weights in bfloat16 against float32: {}.",
                     Join(parts));
}

bool IsOtherRule(const std::string& name) {
  try {
    const bias::Selection selection = bias::ParseSelection(name);
    return selection.strategy->weights == bias::Weights::kTrained && selection.trains_bias() &&
           selection.strategy->storage == bias::Storage::kPerNeuron &&
           EqualStartOf(name) == kLearned && name != "stateless_bias";
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace

std::string ShareByGroups(const Results& results, const std::vector<Finding>& findings) {
  return KeepFewer(results, findings, kGroupedLessLearned);
}

RowGroup PeaksOfSgd(const Results& results) {
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  if (savings.empty()) return {};
  RowGroup rows = RowsOf(results.footprint->rows, [&](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && PeakBytes(row) > 0 &&
           HasSameShape(row, *savings.front().learned) && row.where.Text("optimizer") == "sgd";
  });
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const ResultRow* row) { return PeakBytes(*row); });
  return rows;
}

Summary SpeedOf(const Results& results, const ResultRow& row) {
  if (!results.throughput) return {};
  const std::string name = row.where.Name({"seed"});
  const RowGroup timed = RowsOf(results.throughput->rows, [&](const ResultRow& any) {
    return any.where.Name({"seed"}) == name;
  });
  return Summarize(ValuesOf(timed, "items_per_second"));
}

std::string MostSaved(const Results& results) {
  const RowGroup rows = PeaksOfSgd(results);
  if (rows.size() < 2) return "";
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  const Saving most_saved = std::ranges::max(savings, {}, &Saving::bytes);
  std::string text = fmt::format(
      "The memory is in how a step is done: at {} and with `learned` biases, {} peaks at {}, {} at "
      "{}",
      DescribeShape(*rows.front()), Way(*rows.front()), Bytes(PeakBytes(*rows.front())),
      Way(*rows.back()), Bytes(PeakBytes(*rows.back())));
  const double saved = PeakBytes(*rows.front()) - PeakBytes(*rows.back());
  if (most_saved.bytes() > 0) {
    text += fmt::format(": {} less, {} times the most that fixing saves there ({} bytes; {})",
                        Bytes(saved), ThreeDigits(saved / most_saved.bytes()),
                        Integer(most_saved.bytes()), Way(*most_saved.learned));
  }
  return text + ".";
}

Finding OtherRules(const Results& results, const std::vector<Finding>& findings) {
  const Finding& others = FindingOf(findings, "other-strategies");
  Finding rules{others.study, {}};
  for (const std::string& task : MeasuredTasks(results)) {
    Family family;
    for (const bias::Selection& selection : bias::AllSelections()) {
      if (!IsOtherRule(selection.Name())) continue;
      const Contrast* contrast =
          Headline(others, task, {"strategy", selection.Name(), std::string(kLearned)});
      if (contrast == nullptr || contrast->verdict == record::Verdict::kTooFewSeeds) continue;
      family.push_back(*contrast);
    }
    if (!family.empty()) rules.families.push_back(std::move(family));
  }
  return rules;
}

std::string HowToUpdate(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  bool is_any_lower = false;
  for (const Family& rules : OtherRules(results, findings).families) {
    Texts not_higher;
    for (const Contrast& contrast : rules) {
      is_any_lower |= contrast.verdict == record::Verdict::kLower;
      if (contrast.verdict == record::Verdict::kHigher) continue;
      not_higher.push_back(fmt::format("{} {}", Code(contrast.value), Tell(contrast)));
    }
    const ResultRow& row = *rules.front().rows.front();
    parts.push_back(fmt::format(
        "on {} (at {}), {} of {} end higher in training loss than the plain step of `learned`{}",
        Code(Task(row)), DescribeTraining(row), rules.size() - not_higher.size(),
        Counted(std::ssize(rules), "other rule"),
        not_higher.empty() ? "" : fmt::format(", and {}", Join(not_higher))));
  }
  if (parts.empty()) return "";
  return fmt::format("{}: {}.",
                     is_any_lower ? "Not all other rules for updating a bias are worse"
                                  : "Update a bias like any weight, as far as enough seeds tell",
                     Join(parts, "; "));
}

ListItem WhatToDo(const Results& results, const std::vector<Finding>& findings) {
  ListItem item{"What to do instead", "", {}};
  const std::string most_saved = MostSaved(results);
  for (std::string text :
       {ShareByGroups(results, findings), KeepFewer(results, findings, kSharedLessLearned),
        most_saved.empty() ? "" : most_saved + WithBfloat16(findings)}) {
    if (!text.empty()) item.items.push_back(std::move(text));
  }
  item.text = item.items.empty() ? "Unknown: nothing else was measured."
                                 : "Share biases by groups, or look for memory where it is.";
  return item;
}

}  // namespace biasbench::report
