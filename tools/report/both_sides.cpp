#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "report/answer.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

// Contrasts told by the setting that each is read from.
class Settings {
 public:
  void Add(const Contrast& contrast, std::string_view told) {
    std::string setting = fmt::format(
        "{} ({} ends at {})", DescribeTraining(*contrast.rows.front()), Code(contrast.baseline),
        ThreeDigits(Summarize(ValuesOf(contrast.baseline_rows, "train_loss")).median));
    auto found = std::ranges::find(settings_, setting, &Entry::first);
    if (found == settings_.end()) found = settings_.emplace(found, std::move(setting), Texts());
    found->second.push_back(fmt::format("{} {}", Code(contrast.value), told));
  }

  // "at 1,000 hidden nodes, 60 epochs (`learned` ends at 0.143): `none` higher (…); at …"; "" of
  // none.
  std::string Say() const {
    Texts parts;
    for (const auto& [setting, contrasts] : settings_) {
      parts.push_back(fmt::format("at {}: {}", setting, Join(contrasts)));
    }
    return Join(parts, "; ");
  }

 private:
  using Entry = std::pair<std::string, Texts>;
  std::vector<Entry> settings_;
};

// True if a contrast of another setting speaks against what its headline says: that biases help, or
// that they do not.
bool IsAgainst(const Contrast& contrast, const Contrast& headline) {
  if (headline.verdict == record::Verdict::kHigher) {
    return contrast.verdict == record::Verdict::kLower ||
           contrast.verdict == record::Verdict::kNoDifferenceSeen;
  }
  return contrast.verdict == record::Verdict::kHigher;
}

// The headline contrasts of a task, and in short those of other settings that speak against them.
std::string TellSide(const Finding& losses, const std::string& task) {
  Settings headlines;
  Settings against;
  for (const AxisPair& pair : {kFixedLessLearned, kNoneLessLearned}) {
    const Contrast* headline = Headline(losses, task, pair);
    if (headline == nullptr) continue;
    headlines.Add(*headline, Tell(*headline));
    for (const Family& family : losses.families) {
      for (const Contrast& contrast : family) {
        const bool is_of_pair = contrast.value == pair.value &&
                                contrast.baseline == pair.baseline &&
                                Task(*contrast.rows.front()) == task;
        if (!is_of_pair || !IsAgainst(contrast, *headline)) continue;
        against.Add(contrast,
                    fmt::format("{} ({})", Say(contrast.verdict), Signed(contrast.median)));
      }
    }
  }
  const std::string but = against.Say();
  return fmt::format("{} {}{}.", Code(task), headlines.Say(),
                     but.empty() ? "" : fmt::format(". But {}", but));
}

// "`none` stays at 0.9 [0.8–0.91]", "`learned` goes from … to …"
std::string TellAccuracies(const RowGroup& rows, std::string_view key) {
  const std::string before = Describe(Summarize(ValuesOf(rows, "test_accuracy")));
  const bool is_same = std::ranges::all_of(
      rows, [&](const ResultRow* row) { return row->Number(key) == row->Number("test_accuracy"); });
  const std::string name = Code(Strategy(*rows.front()));
  if (is_same) return fmt::format("{} stays at {}, unchanged in every seed", name, before);
  return fmt::format("{} goes from {} to {}", name, before,
                     Describe(Summarize(ValuesOf(rows, key))));
}

// On a task: the accuracies, and their changes less that of `learned`. "" where there are none.
std::string TellBrightness(const Finding& finding, const std::string& task, std::string_view words,
                           std::string_view key) {
  Texts accuracies;
  Texts verdicts;
  const ResultRow* row = nullptr;
  for (const AxisPair& pair : {kNoneLessLearned, kFixedLessLearned}) {
    const Contrast* contrast = Headline(finding, task, pair);
    if (contrast == nullptr) continue;
    if (row == nullptr) accuracies.push_back(TellAccuracies(contrast->baseline_rows, key));
    row = contrast->rows.front();
    accuracies.push_back(TellAccuracies(contrast->rows, key));
    verdicts.push_back(fmt::format("{} {}", Code(pair.value), Tell(*contrast)));
  }
  if (row == nullptr) return "";
  return fmt::format(
      "where test images of {} ({}) are {}, the accuracy of {}; its change less that of "
      "`learned`: {}",
      Code(task), DescribeTraining(*row), words, Join(accuracies), Join(verdicts));
}

std::string OtherBrightness(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  for (const std::string& task : MeasuredTasks(results)) {
    for (const auto& [slug, words, key] :
         {std::tuple("darker", "an eighth as bright", "test_accuracy_at_scale_0.125"),
          std::tuple("brighter", "eight times as bright", "test_accuracy_at_scale_8")}) {
      std::string told = TellBrightness(FindingOf(findings, slug), task, words, key);
      if (!told.empty()) parts.push_back(std::move(told));
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
      parts.push_back(fmt::format("{} {} times under {}", Code(name), DescribeRatio(others, speeds),
                                  Code(Schedule(*shape))));
    }
  }
  if (shape == nullptr) return "Not measured: `learned` and another strategy in one setting.";
  return fmt::format("Samples a second against `learned`, at {}: {}.", DescribeShape(*shape),
                     Join(parts));
}

}  // namespace

Texts TellSides(const std::vector<Finding>& findings, const Texts& tasks) {
  Texts sides;
  for (const std::string& code : tasks) {
    sides.push_back(TellSide(FindingOf(findings, "loss"), code.substr(1, code.size() - 2)));
  }
  return sides;
}

Sides SidesOf(const Results& results, const std::vector<Finding>& findings) {
  Sides sides;
  for (const std::string& task : MeasuredTasks(results)) {
    bool is_higher = false;
    bool is_told = false;
    bool has_any = false;
    for (const AxisPair& pair : {kFixedLessLearned, kNoneLessLearned}) {
      const Contrast* contrast = LossOn(findings, task, pair);
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

std::vector<ListItem> BothSides(const Results& results, const std::vector<Finding>& findings) {
  const Sides sides = SidesOf(results, findings);
  std::vector<ListItem> items;
  for (const auto& [lead, tasks] :
       {std::pair("Where biases help", sides.higher),
        std::pair("Where they make no difference, or none is better", sides.not_higher),
        std::pair("Too few seeds", sides.untold)}) {
    if (tasks.empty()) continue;
    items.push_back({lead,
                     "Final training loss at the task's learning rate less that of `learned`:",
                     TellSides(findings, tasks)});
  }
  items.push_back({"Other brightness", OtherBrightness(results, findings), {}});
  items.push_back({"Speed by strategy", SpeedByStrategy(results), {}});
  return items;
}

}  // namespace biasbench::report
