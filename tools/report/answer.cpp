#include "report/answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "bias/strategies.h"
#include "record/statistics.h"
#include "report/numbers.h"
#include "report/rows.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;
using Texts = std::vector<std::string>;

const AxisPair kFixedLessLearned = {"strategy", "fixed=1", "learned"};
const AxisPair kNoneLessLearned = {"strategy", "none", "learned"};
const AxisPair kGroupedLessLearned = {"strategy", "grouped=64", "learned"};
const AxisPair kSharedLessLearned = {"strategy", "shared", "learned"};

Texts MeasuredTasks(const Results& results) {
  return results.convergence ? TasksOf(RowsOf(results.convergence->rows, AnyRow)) : Texts();
}

std::string Join(const Texts& parts, std::string_view separator = ", ") {
  return fmt::format("{}", fmt::join(parts, separator));
}

// "a, b and c"
std::string And(const Texts& parts) {
  if (parts.size() < 2) return Join(parts);
  return fmt::format("{} and {}", Join({parts.begin(), parts.end() - 1}), parts.back());
}

std::int64_t Count(const ResultRow& row, std::string_view key) {
  return static_cast<std::int64_t>(row.NumberOrZero(key));
}

// What biases take beside leaving them alone, in one setting.
struct Saving {
  const ResultRow* learned;
  const ResultRow* other;

  double bytes() const { return PeakBytes(*learned) - PeakBytes(*other); }
  double share() const { return bytes() / PeakBytes(*learned); }
};

std::optional<Saving> SavingOf(const std::vector<ResultRow>& rows, const ResultRow& learned,
                               std::string_view strategy) {
  const std::string setting = learned.where.Name({"seed", "strategy"});
  const auto found = std::ranges::find_if(rows, [&](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == strategy && PeakBytes(row) > 0 &&
           row.where.Name({"seed", "strategy"}) == setting;
  });
  if (found == rows.end()) return std::nullopt;
  return Saving{&learned, &*found};
}

// At the largest shape at which both were measured, the smallest share first.
std::vector<Saving> SavingsAtLargest(const Results& results, std::string_view strategy) {
  std::vector<Saving> savings;
  if (!results.footprint) return savings;
  for (const ResultRow& row : results.footprint->rows) {
    if (!row.IsOk() || Strategy(row) != kLearned || PeakBytes(row) <= 0) continue;
    if (const auto saving = SavingOf(results.footprint->rows, row, strategy)) {
      savings.push_back(*saving);
    }
  }
  if (savings.empty()) return savings;
  RowGroup rows;
  for (const Saving& saving : savings) rows.push_back(saving.learned);
  const ResultRow& largest = LargestShape(rows);
  std::erase_if(savings, [&](const Saving& s) { return !HasSameShape(*s.learned, largest); });
  std::ranges::stable_sort(savings, {}, &Saving::share);
  return savings;
}

std::string Way(const ResultRow& row) {
  return fmt::format("{}, {}", Code(Schedule(row)), Plain(OptimizerAndFormats(row)));
}

// "0.126 % of the peak (4,005,888 of 3,184,406,528 bytes; `recompute`, sgd)"
std::string DescribeSaving(const Saving& saving) {
  return fmt::format("{} of the peak ({} of {} bytes; {})", Percent(saving.share()),
                     Integer(saving.bytes()), Integer(PeakBytes(*saving.learned)),
                     Way(*saving.learned));
}

std::string SavedInTrainings(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* contrast = Headline(FindingOf(findings, "loss"), task, kFixedLessLearned);
    if (contrast == nullptr) continue;
    const Saving saving{contrast->baseline_rows.front(), contrast->rows.front()};
    if (PeakBytes(*saving.learned) <= 0 || PeakBytes(*saving.other) <= 0) continue;
    parts.push_back(fmt::format("{} {} of the peak ({}, {} hidden nodes, batch {})", Code(task),
                                Percent(saving.share()),
                                Counted(Count(*saving.learned, "inputs"), "input"),
                                Integer(saving.learned->NumberOrZero("hidden")),
                                Integer(saving.learned->NumberOrZero("batch"))));
  }
  if (parts.empty()) return "";
  return fmt::format(" In the tasks' own trainings: {}.", And(parts));
}

std::string WhatFixingSaves(const Results& results, const std::vector<Finding>& findings) {
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  if (savings.empty()) {
    return (results.footprint ? "Unknown: footprint.json has no setting with both `learned` and "
                                "`fixed=1`."
                              : "Unknown: footprint.json is missing.") +
           SavedInTrainings(results, findings);
  }
  std::string text = fmt::format("At {}, `fixed=1` saves ", DescribeShape(*savings[0].learned));
  if (savings.size() == 1) {
    text += DescribeSaving(savings.front());
  } else {
    text += fmt::format("from {} to {}, in {} combinations of schedule and optimizer",
                        DescribeSaving(savings.front()), DescribeSaving(savings.back()),
                        savings.size());
  }
  const std::vector<Saving> of_none = SavingsAtLargest(results, kNone);
  const bool saves_as_much = std::ranges::all_of(of_none, [&](const Saving& none) {
    const auto fixed = SavingOf(results.footprint->rows, *none.learned, kFixed);
    return fixed && fixed->bytes() == none.bytes();
  });
  if (of_none.empty()) return text + "." + SavedInTrainings(results, findings);
  text += saves_as_much ? "; leaving biases out (`none`) saves as much"
                        : fmt::format("; leaving biases out (`none`) saves {}",
                                      DescribeSaving(of_none.back()));
  return text + "." + SavedInTrainings(results, findings);
}

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
          : "Final training loss, each strategy less the other, seed by seed. `fixed=1` and "
            "`learned_from_one` start alike, and so do `frozen_random` and "
            "`learned_from_random`: between these the update alone differs.";
  return item;
}

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

// Where the memory is: under `learned` at the largest shape.
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

// How rules other than the plain step end against it, each in the setting that can tell most.
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
                                 : "Share biases, or look for memory where it is.";
  return item;
}

// Tasks by what leaving or fixing biases does to the loss.
struct Sides {
  Texts higher;
  Texts not_higher;
  Texts untold;
};

Sides SidesOf(const Results& results, const std::vector<Finding>& findings) {
  Sides sides;
  for (const std::string& task : MeasuredTasks(results)) {
    bool is_higher = false;
    bool is_told = false;
    bool has_any = false;
    for (const AxisPair& pair : {kFixedLessLearned, kNoneLessLearned}) {
      const Contrast* contrast = Headline(FindingOf(findings, "loss"), task, pair);
      if (contrast == nullptr) continue;
      has_any = true;
      is_higher |= contrast->verdict == record::Verdict::kHigher;
      is_told |= contrast->verdict != record::Verdict::kTooFewSeeds;
    }
    if (!has_any) continue;
    (is_higher ? sides.higher : is_told ? sides.not_higher : sides.untold).push_back(Code(task));
  }
  return sides;
}

// "`fixed=1` higher (…), `none` higher (…)"
std::string TellSides(const std::vector<Finding>& findings, const Texts& tasks) {
  Texts parts;
  for (const std::string& code : tasks) {
    const std::string task = code.substr(1, code.size() - 2);
    Texts contrasts;
    for (const AxisPair& pair : {kFixedLessLearned, kNoneLessLearned}) {
      const Contrast* contrast = Headline(FindingOf(findings, "loss"), task, pair);
      if (contrast == nullptr) continue;
      contrasts.push_back(fmt::format("{} {}", Code(pair.value), Tell(*contrast)));
    }
    parts.push_back(fmt::format("{}: {}", code, Join(contrasts)));
  }
  return Join(parts, "; ");
}

// "`none` stays at 0.9 [0.8–0.91]", "`learned` goes from … to …"
std::string TellAccuracies(const RowGroup& rows, std::string_view key) {
  const std::string before = Describe(Summarize(ValuesOf(rows, "test_accuracy")));
  const bool is_same = std::ranges::all_of(
      rows, [&](const ResultRow* row) { return row->Number(key) == row->Number("test_accuracy"); });
  const std::string name = Code(Strategy(*rows.front()));
  if (is_same) return fmt::format("{} stays at {} in every seed", name, before);
  return fmt::format("{} goes from {} to {}", name, before,
                     Describe(Summarize(ValuesOf(rows, key))));
}

std::string OtherBrightness(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  for (const auto& [slug, words, key] :
       {std::tuple("darker", "an eighth as bright", "test_accuracy_at_scale_0.125"),
        std::tuple("brighter", "eight times as bright", "test_accuracy_at_scale_8")}) {
    for (const std::string& task : MeasuredTasks(results)) {
      Texts accuracies;
      Texts verdicts;
      const ResultRow* row = nullptr;
      for (const AxisPair& pair : {kNoneLessLearned, kFixedLessLearned}) {
        const Contrast* contrast = Headline(FindingOf(findings, slug), task, pair);
        if (contrast == nullptr) continue;
        if (row == nullptr) accuracies.push_back(TellAccuracies(contrast->baseline_rows, key));
        row = contrast->rows.front();
        accuracies.push_back(TellAccuracies(contrast->rows, key));
        verdicts.push_back(fmt::format("{} {}", Code(pair.value), Tell(*contrast)));
      }
      if (row == nullptr) continue;
      parts.push_back(fmt::format(
          "where test images of {} ({}) are {}, the accuracy of {}; its change less that of "
          "`learned`: {}",
          Code(task), DescribeTraining(*row), words, Join(accuracies), Join(verdicts)));
    }
  }
  if (parts.empty()) return "Not measured: no row has the accuracy at other brightness.";
  return fmt::format(
      "A bias-free ReLU network is homogeneous, so the brightness of an image cannot "
      "change its class: {}.",
      Join(parts, ". And "));
}

std::string SpeedByStrategy(const Results& results) {
  if (!results.throughput) return "Unknown: throughput.json is missing.";
  std::map<std::string, std::map<std::string, RowGroup>> settings;
  for (const ResultRow& row : results.throughput->rows) {
    if (row.IsOk()) settings[row.where.Name({"seed", "strategy"})][Strategy(row)].push_back(&row);
  }
  Texts parts;
  const ResultRow* shape = nullptr;
  for (const auto& [setting, strategies] : settings) {
    const auto learned = strategies.find(std::string(kLearned));
    if (learned == strategies.end()) continue;
    const std::vector<double> speeds = ValuesOf(learned->second, "items_per_second");
    for (const std::string_view name : {kFixed, kNone}) {
      const auto other = strategies.find(std::string(name));
      if (other == strategies.end()) continue;
      const std::vector<double> others = ValuesOf(other->second, "items_per_second");
      if (speeds.empty() || others.empty()) continue;
      shape = learned->second.front();
      const record::Interval interval = record::MedianRatioInterval(others, speeds);
      parts.push_back(fmt::format("{} {:.2f} [{:.2f}–{:.2f}] times under {}", Code(name),
                                  record::Median(others) / record::Median(speeds), interval.low,
                                  interval.high, Code(Schedule(*shape))));
    }
  }
  if (shape == nullptr) return "Not measured: `learned` and another strategy in one setting.";
  return fmt::format("Samples a second against `learned`, at {}: {}.", DescribeShape(*shape),
                     Join(parts));
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
        "training loss{}.",
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

std::vector<ListItem> BothSides(const Results& results, const std::vector<Finding>& findings) {
  const Sides sides = SidesOf(results, findings);
  std::vector<ListItem> items;
  if (!sides.higher.empty()) {
    items.push_back({"Where biases help", TellSides(findings, sides.higher) + ".", {}});
  }
  if (!sides.not_higher.empty()) {
    items.push_back({"Where they make no difference, or none is better",
                     TellSides(findings, sides.not_higher) + ".",
                     {}});
  }
  if (!sides.untold.empty()) {
    items.push_back({"Too few seeds", TellSides(findings, sides.untold) + ".", {}});
  }
  items.push_back({"Other brightness", OtherBrightness(results, findings), {}});
  items.push_back({"Speed by strategy", SpeedByStrategy(results), {}});
  return items;
}

}  // namespace biasbench::report
