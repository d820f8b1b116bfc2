#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>

#include "report/answer.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::AxisPair;
using record::Contrast;

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
      parts.push_back(fmt::format("{} {} times under {}", Code(name), DescribeRatio(others, speeds),
                                  Code(Schedule(*shape))));
    }
  }
  if (shape == nullptr) return "Not measured: `learned` and another strategy in one setting.";
  return fmt::format("Samples a second against `learned`, at {}: {}.", DescribeShape(*shape),
                     Join(parts));
}

// The contrast of single samples with batches on a task under `learned`. Null: there is none.
const Contrast* OnlineContrast(const Finding& finding, std::string_view task) {
  return BestEvidence(finding, [&](const Contrast& contrast) {
    const ResultRow& row = *contrast.rows.front();
    return Task(row) == task && Strategy(row) == kLearned;
  });
}

// "" where no task has such contrasts.
std::string StepForEachSample(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  for (const std::string& task : MeasuredTasks(results)) {
    const Contrast* epochs = OnlineContrast(FindingOf(findings, "online-epochs"), task);
    const Contrast* seconds = OnlineContrast(FindingOf(findings, "online-time"), task);
    Texts verdicts;
    if (epochs != nullptr) verdicts.push_back(Tell(*epochs) + " after as many epochs");
    if (seconds != nullptr) {
      const double by_batches = seconds->baseline_rows.front()->NumberOrZero("epochs");
      verdicts.push_back(fmt::format("{} in as many seconds ({} by batches)", Tell(*seconds),
                                     Counted(static_cast<std::int64_t>(by_batches), "epoch")));
    }
    const Contrast* told = epochs != nullptr ? epochs : seconds;
    if (told == nullptr) continue;
    parts.push_back(fmt::format("{} ({}): {}", Code(task),
                                DescribeTraining(*told->baseline_rows.front()), Join(verdicts)));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "Final training loss by single samples less that by batches of 64, under `learned`, each at "
      "its own best rate: {}.",
      Join(parts, "; "));
}

}  // namespace

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
  const std::string online = StepForEachSample(results, findings);
  if (!online.empty()) items.push_back({"A step for each sample", online, {}});
  items.push_back({"Speed by strategy", SpeedByStrategy(results), {}});
  return items;
}

}  // namespace biasbench::report
