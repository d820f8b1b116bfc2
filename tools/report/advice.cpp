#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <utility>

#include "bias/strategies.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

const AxisPair kGroupedLessLearned = {"strategy", "grouped=64", "learned"};
const AxisPair kSharedLessLearned = {"strategy", "shared", "learned"};

// "lower on `harmonic3` (…) and no difference seen on `digits` (…)"
std::string TellOverTasks(const Results& results, const std::vector<Finding>& findings,
                          const AxisPair& pair) {
  Texts parts;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = Headline(FindingOf(findings, "loss"), task, pair);
    if (contrast == nullptr) continue;
    parts.push_back(fmt::format("on {} {} at {} hidden nodes", Code(task), Tell(*contrast),
                                Integer(contrast->rows.front()->NumberOrZero("hidden"))));
  }
  return Join(parts, ", ");
}

std::string KeepFewer(const Results& results, const std::vector<Finding>& findings,
                      const AxisPair& pair) {
  const std::string told = TellOverTasks(results, findings, pair);
  if (told.empty()) return "";
  double bytes = 0;
  double hidden = 0;
  for (const ResultRow& row : results.convergence->rows) {
    if (Strategy(row) != pair.value || row.NumberOrZero("hidden") < hidden) continue;
    hidden = row.NumberOrZero("hidden");
    bytes = row.NumberOrZero("hidden_bias_bytes");
  }
  return fmt::format(
      "{} keeps {} bytes of biases for {} hidden nodes; final training loss against "
      "`learned`: {}.",
      Code(pair.value), Integer(bytes), Integer(hidden), told);
}

// The places of the memory, under `learned` at the largest shape.
std::string LookElsewhere(const Results& results, const std::vector<Finding>& findings) {
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  if (savings.empty()) return "";
  RowGroup rows = RowsOf(results.footprint->rows, [&](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && PeakBytes(row) > 0 &&
           HasSameShape(row, *savings.front().learned) && row.where.Text("optimizer") == "sgd";
  });
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const ResultRow* row) { return PeakBytes(*row); });
  if (rows.size() < 2) return "";
  const double most_saved = std::ranges::max(savings, {}, &Saving::bytes).bytes();
  std::string text = fmt::format(
      "The memory is in how a step is done: at {}, {} peaks at {}, {} at {} under `learned`",
      DescribeShape(*rows.front()), Way(*rows.front()), Bytes(PeakBytes(*rows.front())),
      Way(*rows.back()), Bytes(PeakBytes(*rows.back())));
  const double saved = PeakBytes(*rows.front()) - PeakBytes(*rows.back());
  if (most_saved > 0) {
    text += fmt::format(", which saves {} times the most that fixing biases saves",
                        ThreeDigits(saved / most_saved));
  }
  for (const Family& family : FindingOf(findings, "bfloat16-weights").families) {
    for (const Contrast& contrast : family) {
      if (Strategy(*contrast.rows.front()) != kLearned) continue;
      text += fmt::format(
          "; weights in bfloat16{} against float32, final training loss on {} at {}: {}",
          ProductsOf(*contrast.rows.front()), Code(Task(*contrast.rows.front())),
          DescribeTraining(*contrast.baseline_rows.front()), Tell(contrast));
    }
  }
  return text + ".";
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

std::string HowToUpdate(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  bool is_any_lower = false;
  const Finding& others = FindingOf(findings, "other-strategies");
  for (const std::string& task : MeasuredTasks(results)) {
    std::map<record::Verdict, Texts> by_verdict;
    const ResultRow* row = nullptr;
    std::int64_t rules = 0;
    for (const bias::Selection& selection : bias::AllSelections()) {
      if (!IsOtherRule(selection.Name())) continue;
      const Contrast* contrast =
          Headline(others, task, {"strategy", selection.Name(), std::string(kLearned)});
      if (contrast == nullptr || contrast->verdict == record::Verdict::kTooFewSeeds) continue;
      ++rules;
      is_any_lower |= contrast->verdict == record::Verdict::kLower;
      row = contrast->rows.front();
      by_verdict[contrast->verdict].push_back(fmt::format(
          "{} {}", Code(contrast->value),
          contrast->diverged * 2 > contrast->seeds ? "(diverges)" : DescribeDifference(*contrast)));
    }
    if (row == nullptr) continue;
    Texts verdicts;
    for (const auto& [verdict, names] : by_verdict) {
      verdicts.push_back(fmt::format("{}: {}", Say(verdict), Join(names)));
    }
    parts.push_back(fmt::format("of {} on {} (at {}), {}", Counted(rules, "other rule"), Code(task),
                                DescribeTraining(*row), Join(verdicts, "; ")));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "{} the plain step of `learned`{} {}.",
      is_any_lower ? "Not all rules are worse than" : "Update a bias like any weight: against",
      is_any_lower ? ":" : ",", Join(parts, ". And "));
}

ListItem WhatToDo(const Results& results, const std::vector<Finding>& findings) {
  ListItem item{"What to do instead", "", {}};
  for (std::string text : {KeepFewer(results, findings, kGroupedLessLearned),
                           KeepFewer(results, findings, kSharedLessLearned),
                           LookElsewhere(results, findings), HowToUpdate(results, findings)}) {
    if (!text.empty()) item.items.push_back(std::move(text));
  }
  item.text = item.items.empty() ? "Unknown: nothing else was measured."
                                 : "Share biases by groups, or look for memory where it is.";
  return item;
}

}  // namespace biasbench::report
