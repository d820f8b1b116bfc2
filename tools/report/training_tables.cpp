#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <set>
#include <stdexcept>

#include "bias/strategies.h"
#include "report/table_fields.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using record::Contrast;
using record::ResultFile;

std::string OtherSettings(const RowGroup& group) {
  return Plain(fmt::format(
      "{}", fmt::join(group.front()->where.PartsOf({"parametrization", "activation", "weight_decay",
                                                    "decay_bias", "max_samples", "max_test_samples",
                                                    "center", "own_data"}),
                      ", ")));
}

// The number of rows that ran to their end, diverged ones included: those that an interval is over.
std::string CountEnded(const RowGroup& group) {
  return fmt::format("{}", std::ranges::count_if(group, [](const ResultRow* row) {
                       return row->IsOk() || row->status == "diverged";
                     }));
}

// "weight decay 0.01"
std::string AxisAt(const std::string& axis, const std::string& value) {
  if (axis == "center") return value == "true" ? "centred inputs" : "inputs as they are";
  std::string words = axis;
  std::ranges::replace(words, '_', ' ');
  return fmt::format("{} {}", words, value);
}

// "weight decay 0.01", "batch 1, blocked, block:16, rate:0.075": a side of a contrast, with what
// follows from it.
std::string Side(const Contrast& contrast, const std::string& value, const ResultRow& row) {
  const setting::Keys follows(contrast.follows.begin(), contrast.follows.end());
  std::vector<std::string> parts = {AxisAt(contrast.axis, value)};
  std::ranges::move(row.where.PartsOf(follows), std::back_inserter(parts));
  return fmt::format("{}", fmt::join(parts, ", "));
}

// The text with a capital, as a sentence begins.
std::string Capital(std::string_view text) {
  std::string capital(text);
  capital[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(capital[0])));
  return capital;
}

std::string Shortest(double value) { return fmt::format("{:g}", value); }

}  // namespace

Table ConvergenceTable(const ResultFile& convergence, const std::string& task) {
  return MakeTable(
      "All trainings, over n seeds. A seed that diverged counts as infinitely bad, so that it "
      "shows "
      "instead of dropping out.",
      JoinFields({SettingFields(),
                  {SettingField(NumberField("epochs", "epochs", Integer)),
                   SettingField(NumberField("learning rate", "learning_rate", Shortest)),
                   SettingField({"other settings", false, OtherSettings}),
                   {"n", true, CountEnded},
                   SummaryField("training loss", "train_loss"),
                   SummaryField("test loss", "test_loss"),
                   SummaryField("test accuracy", "test_accuracy", 0),
                   SummaryField("epochs to target", "epochs_to_target",
                                std::numeric_limits<double>::infinity(), "not reached"),
                   NumberField("biases, bytes", "bias_bytes", Integer),
                   SummaryField("imitation ratio, start", "initial_imitation_ratio", 0),
                   SummaryField("end", "imitation_ratio", 0),
                   StatusField()}}),
      SortedGroups(convergence, [&](const ResultRow& row) { return Task(row) == task; }));
}

Table StabilityTable(const ResultFile& stability) {
  return MakeTable(
      "Stable: the training does not diverge and ends no higher than it began. The limit is known "
      "to a tenth. Over n seeds, each with a search of its own.",
      JoinFields({{CodeField("task", Task)},
                  SettingFields(),
                  {SettingField(NumberField("epochs", "epochs", Integer)),
                   SettingField(NumberField("common rate", "learning_rate", Shortest)),
                   SettingField({"other settings", false, OtherSettings}),
                   {"n", true, CountEnded},
                   SummaryField("largest stable rate", "largest_stable_rate", 0),
                   SummaryField("best rate", "best_rate", 0),
                   SummaryField("training loss at the common rate", "train_loss"),
                   SummaryField("at the best rate", "best_train_loss"),
                   StatusField()}}),
      SortedGroups(stability, AnyRow));
}

Table ContrastTable(const Finding& finding) {
  Table table{
      fmt::format("{}, seed by seed: median difference [95 % interval of Wilcoxon's test]; "
                  "p and finding after Holm's adjustment over {}, counted in the last column.",
                  Capital(finding.study->quantity), finding.study->family),
      {{"task"},
       {"setting"},
       {"of"},
       {"against"},
       {"seeds", true},
       {"difference", true},
       {"p", true},
       {"finding"},
       {"contrasts", true}},
      {}};
  for (const Family& family : finding.families) {
    for (const Contrast& contrast : family) {
      const ResultRow& row = *contrast.rows.front();
      const bool is_strategy = contrast.axis == "strategy";
      table.rows.push_back(
          {Code(Task(row)), DescribeTraining(is_strategy ? row : *contrast.baseline_rows.front()),
           is_strategy ? Code(contrast.value)
                       : fmt::format("{} {}", Code(Strategy(row)),
                                     Plain(Side(contrast, contrast.value, row) + ProductsOf(row))),
           is_strategy ? Code(contrast.baseline)
                       : Plain(Side(contrast, contrast.baseline, *contrast.baseline_rows.front())),
           fmt::format("{}", contrast.seeds), DescribeDifference(contrast),
           contrast.verdict == record::Verdict::kTooFewSeeds ? ""
                                                             : ThreeDigits(contrast.adjusted_p),
           contrast.diverged == 0
               ? std::string(Say(contrast.verdict))
               : fmt::format("{} ({} diverged)", Say(contrast.verdict), contrast.diverged),
           fmt::format("{}", contrast.family)});
    }
  }
  return table;
}

Table HeadlineTable(const Finding& finding, const std::vector<std::string>& tasks) {
  Table table{"", {{"of"}, {"against"}}, {}};
  for (const record::AxisPair& pair : HeadlinePairs()) {
    table.rows.push_back({Code(pair.value), Code(pair.baseline)});
  }
  std::vector<std::string> settings;
  for (const std::string& task : tasks) {
    std::vector<std::string> cells;
    std::string usual;  // the first contrast's setting; others are named in their cells
    for (const record::AxisPair& pair : HeadlinePairs()) {
      const Contrast* contrast = Headline(finding, task, pair);
      cells.emplace_back(contrast == nullptr ? "" : Tell(*contrast));
      if (contrast == nullptr) continue;
      const std::string setting = DescribeTraining(*contrast->rows.front());
      if (usual.empty()) {
        usual = setting;
        settings.push_back(
            fmt::format("{} at {}, {}", Code(task), setting, Counted(contrast->seeds, "seed")));
      } else if (setting != usual) {
        cells.back() += " at " + setting;
      }
    }
    if (usual.empty()) continue;
    table.columns.push_back({Code(task)});
    for (std::size_t i = 0; i < cells.size(); ++i) table.rows[i].push_back(std::move(cells[i]));
  }
  std::erase_if(table.rows, [](const std::vector<std::string>& row) {
    return std::all_of(row.begin() + 2, row.end(), [](const auto& cell) { return cell.empty(); });
  });
  table.caption = fmt::format(
      "{} of the first strategy less the second, seed by seed: finding (median difference [95 % "
      "interval of Wilcoxon's test]); {}. `fixed=1` and `learned_from_one` start alike, and so do "
      "`frozen_random` and `learned_from_random`: between these the update alone differs.",
      Capital(finding.study->quantity), fmt::join(settings, "; "));
  return table;
}

Table StrategyTable(const Results& results) {
  Table table{"", {{"strategy"}, {"what it is"}}, {}};
  std::set<std::string> seen;
  for (const auto* file : {&results.footprint, &results.throughput, &results.convergence}) {
    if (!*file) continue;
    for (const ResultRow& row : (*file)->rows) {
      if (!seen.insert(Strategy(row)).second) continue;
      try {
        table.rows.push_back(
            {Code(Strategy(row)), Plain(bias::ParseSelection(Strategy(row)).strategy->summary)});
      } catch (const std::invalid_argument&) {  // one that a newer program measured
      }
    }
  }
  return table;
}

}  // namespace biasbench::report
