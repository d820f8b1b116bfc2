#include "report/online_rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "record/statistics.h"
#include "report/figure_makers.h"
#include "report/sentences.h"
#include "report/table_fields.h"

namespace biasbench::report {
namespace {

// The setting for which a rate is the best: a task and its training, at any width.
std::string TrainingOf(const ResultRow& row) {
  return row.where.Name({"seed", "hidden", "learning_rate", "schedule", "block", "omp_threads"});
}

// Of each training the median over seeds of the rates at which those of `stability` ended lowest.
std::map<std::string, double> BestRates(const Results& results) {
  std::map<std::string, std::vector<double>> of_seeds;
  if (results.stability) {
    for (const ResultRow& row : results.stability->rows) {
      if (const auto rate = row.Number("best_rate")) of_seeds[TrainingOf(row)].push_back(*rate);
    }
  }
  std::map<std::string, double> best;
  for (const auto& [training, rates] : of_seeds) best.emplace(training, record::Median(rates));
  return best;
}

RowFilter AtBestRate(const Results& results) {
  return [best = BestRates(results)](const ResultRow& row) {
    const auto found = best.find(TrainingOf(row));
    const double rate = row.NumberOrZero("learning_rate");
    return found != best.end() && std::abs(rate - found->second) <= 1e-9 * rate;
  };
}

// Those at their best rates on tasks that are trained by single samples as well.
RowGroup RowsAtBestRates(const Results& results) {
  if (!results.convergence) return {};
  const RowGroup rows = RowsOf(results.convergence->rows, AtBestRate(results));
  RowGroup chosen;
  std::ranges::copy_if(rows, std::back_inserter(chosen), [&](const ResultRow* row) {
    return std::ranges::any_of(rows, [&](const ResultRow* other) {
      return IsOnline(*other) && Task(*other) == Task(*row);
    });
  });
  return chosen;
}

// "1,000 and 10,000"
std::string WidthsOf(const RowGroup& rows) {
  std::set<double> widths;
  for (const ResultRow* row : rows) widths.insert(row->NumberOrZero("hidden"));
  Texts texts;
  for (const double width : widths) texts.push_back(Integer(width));
  return And(texts);
}

// "the best rate that `stability` found at 1,000 hidden nodes": of the trainings at their best
// rates.
std::string OriginOfRates(const Results& results) {
  std::set<std::string> trainings;
  for (const ResultRow* row : RowsAtBestRates(results)) trainings.insert(TrainingOf(*row));
  RowGroup searches;
  if (results.stability) {
    searches = RowsOf(results.stability->rows,
                      [&](const ResultRow& row) { return trainings.contains(TrainingOf(row)); });
  }
  return fmt::format("the best rate that `stability` found at {} hidden nodes", WidthsOf(searches));
}

std::string Shortest(double value) { return fmt::format("{:g}", value); }

// Speeds of `learned` with all cores at some batch; of blocks those of the fastest size.
std::vector<double> SpeedsOf(const record::ResultFile& throughput, double inputs,
                             std::string_view schedule, double batch) {
  std::vector<double> fastest;
  for (const RowGroup& group : GroupRows(RowsOf(throughput.rows, [&](const ResultRow& row) {
         return Strategy(row) == kLearned && Schedule(row) == schedule &&
                row.NumberOrZero("inputs") == inputs && row.NumberOrZero("batch") == batch &&
                row.NumberOrZero("hidden") == 1e6 && row.NumberOrZero("omp_threads") > 1 &&
                row.where.IsUsual("weights_format");
       }))) {
    std::vector<double> speeds = Speeds(group);
    if (speeds.empty()) continue;
    if (fastest.empty() || record::Median(speeds) > record::Median(fastest)) {
      fastest = std::move(speeds);
    }
  }
  return fastest;
}

// The contrast of single samples with batches on a task under `learned`. Null: there is none.
const record::Contrast* OnlineContrast(const Finding& finding, std::string_view task) {
  return BestEvidence(finding, [&](const record::Contrast& contrast) {
    const ResultRow& row = *contrast.rows.front();
    return Task(row) == task && Strategy(row) == kLearned;
  });
}

}  // namespace

record::Quantity LossAtBestRate(const Results& results) {
  return [is_best = AtBestRate(results)](const ResultRow& row) -> std::optional<double> {
    if (!is_best(row)) return std::nullopt;
    return record::QuantityOf("train_loss")(row);
  };
}

record::Quantity LossAtBestRateInEqualTime(const Results& results) {
  return [loss = LossAtBestRate(results)](const ResultRow& row) -> std::optional<double> {
    if (!IsOnline(row) && row.NumberOrZero("epochs") == 1) return std::nullopt;
    return loss(row);
  };
}

Table OnlineTable(const Results& results) {
  return MakeTable(
      "Single samples and batches, each at " + OriginOfRates(results) +
          ", over n seeds. Seconds are those of the steps, without evaluations.",
      JoinFields(
          {{CodeField("task", Task),
            CodeField("strategy", Strategy),
            CodeField("schedule", Schedule),
            NumberField("batch", "batch", Integer),
            SettingField(NumberField("hidden nodes", "hidden", Integer)),
            NumberField("epochs", "epochs", Integer),
            NumberField("rate", "learning_rate", Shortest),
            {"n", true, [](const RowGroup& group) { return fmt::format("{}", group.size()); }},
            SummaryField("seconds", "train_seconds"),
            SummaryField("training loss", "train_loss"),
            SummaryField("test accuracy", "test_accuracy", 0),
            StatusField()}}),
      GroupRows(RowsAtBestRates(results)));
}

std::string StepForEachSample(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  for (const std::string& task : MeasuredTasks(results)) {
    const record::Contrast* epochs = OnlineContrast(FindingOf(findings, "online-epochs"), task);
    const record::Contrast* seconds = OnlineContrast(FindingOf(findings, "online-time"), task);
    Texts verdicts;
    if (epochs != nullptr) verdicts.push_back(Tell(*epochs) + " after as many epochs");
    if (seconds != nullptr) {
      const double by_batches = seconds->baseline_rows.front()->NumberOrZero("epochs");
      verdicts.push_back(fmt::format("{} in as many seconds ({} by batches)", Tell(*seconds),
                                     Counted(static_cast<std::int64_t>(by_batches), "epoch")));
    }
    const record::Contrast* told = epochs != nullptr ? epochs : seconds;
    if (told == nullptr) continue;
    parts.push_back(fmt::format("{} ({}): {}", Code(task),
                                DescribeTraining(*told->baseline_rows.front()), Join(verdicts)));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "Final training loss by single samples less that by batches of 64, under `learned`, each at "
      "{}: {}.",
      OriginOfRates(results), Join(parts, "; "));
}

std::string TellOnlineSpeed(const record::ResultFile& throughput) {
  std::vector<std::string> parts;
  for (const double inputs : {784.0, 64.0}) {
    const std::vector<double> blocked = SpeedsOf(throughput, inputs, "blocked", 1);
    const std::vector<double> streaming = SpeedsOf(throughput, inputs, "streaming", 1);
    const std::vector<double> by_64 = SpeedsOf(throughput, inputs, "streaming", 64);
    if (blocked.empty() || streaming.empty() || by_64.empty()) continue;
    parts.push_back(fmt::format(
        "at {} inputs, 1,000,000 hidden nodes and 10 outputs, {} samples a second, {} times "
        "`streaming` by single samples and {} times `streaming` by batches of 64",
        Integer(inputs), Describe(Summarize(blocked)), DescribeRatio(blocked, streaming),
        DescribeRatio(blocked, by_64)));
  }
  if (parts.empty()) return "";
  return fmt::format("A step for each sample under `blocked` takes {}.", fmt::join(parts, "; "));
}

Figures OnlineRule(const Source& source) {
  Figure figure{.name = "online_rule",
                .title = "A step for each sample, and batches of 64",
                .caption = fmt::format(
                    "Final training loss, median and 95 % interval over seeds, each at {}; beside "
                    "it the seconds that the steps took. {} hidden nodes.",
                    OriginOfRates(source.results), WidthsOf(RowsAtBestRates(source.results))),
                .panels = {}};
  for (const RowGroup& group : GroupRows(RowsAtBestRates(source.results))) {
    const ResultRow& row = *group.front();
    const Summary loss = Summarize(group, record::QuantityOf("train_loss"));
    if (!(loss.median > 0) || std::isinf(loss.interval.high)) continue;
    auto panel = std::ranges::find(figure.panels, Task(row), &Panel::title);
    if (panel == figure.panels.end()) {
      panel = figure.panels.insert(panel, {.kind = PanelKind::kLanes,
                                           .title = Task(row),
                                           .x_label = "training loss",
                                           .y_label = "",
                                           .has_log_x = true,
                                           .series = {},
                                           .lanes = {}});
    }
    panel->lanes.push_back(
        fmt::format("{}, batch {}, {}, {} s", Strategy(row), Integer(row.NumberOrZero("batch")),
                    Counted(static_cast<std::int64_t>(row.NumberOrZero("epochs")), "epoch"),
                    ThreeDigits(Summarize(ValuesOf(group, "train_seconds")).median)));
    panel->series.push_back({"",
                             StyleOf(Strategy(row)),
                             {{loss.median, static_cast<double>(panel->lanes.size()),
                               loss.interval.low, loss.interval.high}}});
  }
  return figure.panels.empty() ? Figures() : Figures{figure};
}

}  // namespace biasbench::report
