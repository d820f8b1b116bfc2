#include "report_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

#include "memory/ledger.h"
#include "record/statistics.h"
#include "report_curves.h"
#include "report_numbers.h"
#include "report_strategies.h"

namespace biasbench::report {
namespace {

// A column of a table and how its cells come from a group of rows.
struct Field {
  std::string title;
  bool is_number;
  std::function<std::string(const Group&)> cell;
  bool is_setting = false;
};

Table MakeTable(std::string caption, const std::vector<Field>& fields,
                const std::vector<Group>& groups) {
  Table table{{}, {}, std::vector<std::vector<std::string>>(groups.size())};
  std::vector<std::string> common;
  for (const auto& [title, is_number, cell, is_setting] : fields) {
    std::vector<std::string> cells;
    for (const Group& group : groups) cells.push_back(cell(group));
    if (std::ranges::all_of(cells, &std::string::empty)) continue;
    if (is_setting && std::ranges::all_of(cells, std::bind_front(std::equal_to{}, cells[0]))) {
      common.push_back(fmt::format("{} {}", title, cells[0]));
      continue;
    }
    table.columns.push_back({title, is_number});
    for (std::size_t i = 0; i < groups.size(); ++i) table.rows[i].push_back(cells[i]);
  }
  table.caption = std::move(caption);
  if (!common.empty()) table.caption += fmt::format(" In all rows: {}.", fmt::join(common, ", "));
  return table;
}

// A number of the first row that has it, whatever its status: what was predicted for a row that
// was skipped is worth showing.
Field NumberField(std::string title, std::string key, std::string (*format)(double)) {
  return {std::move(title), true, [key = std::move(key), format](const Group& group) {
            for (const Row* row : group) {
              if (const auto value = row->Number(key)) return format(*value);
            }
            return std::string();
          }};
}

Field SpreadField(std::string title, std::string key, const char* worst_text,
                  double worst = std::numeric_limits<double>::infinity()) {
  return {std::move(title), true, [key = std::move(key), worst_text, worst](const Group& group) {
            return Describe(SpreadOf(group, key, worst), worst_text);
          }};
}

// `text` of a row.
template <class Text>
Field TextField(std::string title, Text text) {
  return {std::move(title), false, [text](const Group& group) {
            const std::string value = std::invoke(text, *group.front());
            return value.empty() ? "" : Code(value);
          }};
}

Field StatusField() { return {"status", false, DescribeStatus}; }

Field SettingField(Field field) {
  field.is_setting = true;
  return field;
}

std::vector<Field> Join(std::vector<std::vector<Field>> parts) {
  std::vector<Field> fields;
  for (auto& part : parts) std::ranges::move(part, std::back_inserter(fields));
  return fields;
}

std::vector<Field> SettingFields() {
  std::vector<Field> fields = {
      TextField("strategy", &Row::label), SettingField(TextField("schedule", &Row::schedule)),
      SettingField({"optimizer", false,
                    [](const Group& group) { return Code(group.front()->OptimizerAndFormat()); }})};
  for (const char* key : {"inputs", "hidden", "outputs", "batch"}) {
    fields.push_back(SettingField(NumberField(key, key, Integer)));
  }
  fields.push_back(SettingField(NumberField("threads", "omp_threads", Integer)));
  return fields;
}

// The largest shape first.
std::vector<Group> SortedGroups(const ResultFile& file, const RowFilter& filter) {
  std::vector<Group> groups = GroupRows(file.rows, filter);
  std::ranges::stable_sort(groups, [](const Group& a, const Group& b) {
    return HasSmallerShape(*b.front(), *a.front());
  });
  return groups;
}

bool All(const Row& /*row*/) { return true; }

// "31.4 [30.9–31.8]": median and quartiles.
std::string DescribeQuartiles(const Group& group, std::string_view key) {
  std::vector<double> values;
  for (const Row* row : group) {
    const auto value = row->Number(key);
    if (row->IsOk() && value) values.push_back(*value);
  }
  if (values.empty()) return "";
  if (values.size() == 1) return ThreeDigits(values[0]);
  return fmt::format("{} [{}–{}]", ThreeDigits(record::Median(values)),
                     ThreeDigits(record::Quantile(values, 0.25)),
                     ThreeDigits(record::Quantile(values, 0.75)));
}

std::string OtherSettingsOf(const Group& group) { return OtherSettings(*group.front()); }

std::string CountOk(const Group& group) {
  return fmt::format("{}", std::ranges::count_if(group, &Row::IsOk));
}

// How many rows ran to an end, diverged ones included: what the spread is over.
std::string CountEnded(const Group& group) {
  return fmt::format("{}", std::ranges::count_if(group, [](const Row* row) {
                       return row->IsOk() || row->status == "diverged";
                     }));
}

std::string CountDiverged(const Group& group) {
  return fmt::format("{}", std::ranges::count(group, "diverged", &Row::status));
}

// What stays after the peak, where that is less.
std::string DescribeSteady(const Group& group) {
  const auto steady = group.front()->Number("steady_bytes");
  const bool is_less = steady && *steady < group.front()->NumberOrZero("tracked_peak_bytes");
  return is_less ? Mebibytes(*steady) : "";
}

std::string Shortest(double value) { return fmt::format("{:g}", value); }

}  // namespace

Table FootprintTable(const ResultFile& footprint) {
  return MakeTable(
      "Bytes at the peak. Predicted is the formula, tracked the ledger's count of every buffer "
      "(the "
      "data set left out of both), untracked what was allocated outside it, resident the kernel's "
      "high-water mark of a fresh process above that of an empty one. Biases: their values, "
      "gradient and optimizer state in both layers; `bias_unit` keeps the hidden layer's among its "
      "weights.",
      Join({SettingFields(),
            {NumberField("predicted, bytes", "predicted_peak_bytes", Integer),
             NumberField("tracked, bytes", "tracked_peak_bytes", Integer),
             NumberField("tracked, MiB", "tracked_peak_bytes", Mebibytes),
             {"later, MiB", true, DescribeSteady},
             NumberField("untracked, bytes", "untracked_bytes", Integer),
             NumberField("resident, bytes", "peak_rss_bytes", Integer),
             NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
             NumberField("biases, bytes", "bias_bytes", Integer),
             NumberField("biases, MiB", "bias_bytes", Mebibytes),
             NumberField("biases, share", "bias_share", Percent),
             StatusField()}}),
      SortedGroups(footprint, All));
}

Table CategoryTable(const ResultFile& footprint) {
  const auto peak_phase = [](const Row& row) { return row.Text("peak_phase"); };
  std::vector<Field> fields = Join({SettingFields(), {TextField("peak in", peak_phase)}});
  for (const std::string_view category : memory::kCategoryNames) {
    std::string title(category);
    std::ranges::replace(title, '_', ' ');
    Field field = NumberField(title, fmt::format("{}_bytes", category), Mebibytes);
    const auto is_empty = [&](const Row& row) {
      return row.NumberOrZero(fmt::format("{}_bytes", category)) == 0;
    };
    if (!std::ranges::all_of(footprint.rows, is_empty)) fields.push_back(std::move(field));
  }
  fields.push_back(NumberField("all but dataset", "tracked_peak_bytes", Mebibytes));
  return MakeTable(
      "MiB by category at the moment of the peak, and the phase that sets it.", fields,
      SortedGroups(footprint, [](const Row& row) { return IsHeadline(row) && row.IsOk(); }));
}

Table ThroughputTable(const ResultFile& throughput) {
  const auto quartiles = [](const char* title, const char* key) {
    return Field{title, true, [key](const Group& group) { return DescribeQuartiles(group, key); }};
  };
  return MakeTable(
      "Training, median [quartiles] over n repetitions. Roofline is the least possible time of a "
      "step, from measured peaks of arithmetic and bandwidth, over its real time: the same bound "
      "for every schedule. Arithmetic is its first part alone, bus the schedule's own bytes; a "
      "network that the caches hold has no bus.",
      Join({SettingFields(),
            {{"n", true, CountOk},
             quartiles("samples / s", "items_per_second"),
             quartiles("roofline, fraction", "roofline_fraction"),
             quartiles("arithmetic, fraction", "peak_flops_fraction"),
             quartiles("bus, fraction", "bus_fraction"),
             NumberField("resident, bytes", "peak_rss_bytes", Integer),
             NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
             StatusField()}}),
      SortedGroups(throughput, All));
}

Table ConvergenceTable(const ResultFile& convergence, const std::string& task) {
  constexpr double kWorstAccuracy = -std::numeric_limits<double>::infinity();
  return MakeTable(
      "Median [min–max] over n seeds. A seed that diverged counts as infinitely bad, so that it "
      "shows instead of dropping out.",
      Join({SettingFields(),
            {SettingField(NumberField("epochs", "epochs", Integer)),
             SettingField(NumberField("learning rate", "learning_rate", Shortest)),
             SettingField({"other settings", false, OtherSettingsOf}),
             {"n", true, CountEnded},
             SpreadField("training loss", "train_loss", "diverged"),
             SpreadField("test loss", "test_loss", "diverged"),
             SpreadField("test accuracy", "test_accuracy", "diverged", kWorstAccuracy),
             SpreadField("epochs to target", "epochs_to_target", "not reached"),
             {"diverged", true, CountDiverged},
             NumberField("biases, bytes", "bias_bytes", Integer),
             SpreadField("imitation ratio, start", "initial_imitation_ratio", "none"),
             SpreadField("end", "imitation_ratio", "none"),
             StatusField()}}),
      SortedGroups(convergence, [&](const Row& row) { return row.task == task; }));
}

Table StabilityTable(const ResultFile& stability, const std::string& task) {
  return MakeTable(
      "Stable: the training does not diverge and ends no higher than it began. The limit is known "
      "to a tenth. Median [min–max] over n seeds, each with a search of its own.",
      Join({SettingFields(),
            {SettingField(NumberField("epochs", "epochs", Integer)),
             SettingField(NumberField("common rate", "learning_rate", Shortest)),
             SettingField({"other settings", false, OtherSettingsOf}),
             {"n", true, CountEnded},
             SpreadField("largest stable rate", "largest_stable_rate", "none"),
             SpreadField("best rate", "best_rate", "none"),
             SpreadField("training loss at the common rate", "train_loss", "unstable"),
             SpreadField("at the best rate", "best_train_loss", "none"),
             StatusField()}}),
      SortedGroups(stability, [&](const Row& row) { return row.task == task; }));
}

Table CurveTable(const Comparison& task, const std::vector<CurvePoint>& curves) {
  const std::vector<Line> lines = MakeLines(task, curves);
  std::int64_t last = 0;
  for (const Line& line : lines) last = std::max(last, line.epochs.rbegin()->first);
  Table table{fmt::format("Training loss by epoch, median [min–max] over seeds, where strategies "
                          "are compared: {}.",
                          DescribeSetting(*task.groups.front().front())),
              {{"strategy"}},
              {}};
  const std::set<std::int64_t> epochs = {0, 1, last / 8, last / 4, last / 2, last};
  for (const std::int64_t epoch : epochs) {
    table.columns.push_back({fmt::format("epoch {}", epoch), true});
  }
  for (const Line& line : lines) {
    std::vector<std::string> cells = {Code(line.strategy)};
    for (const std::int64_t epoch : epochs) {
      const auto found = line.epochs.find(epoch);
      cells.push_back(found == line.epochs.end() ? "" : Describe(found->second));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table StrategyTable(const Results& results) {
  Table table{"", {{"strategy"}, {"what it is"}}, {}};
  std::set<std::string> seen;
  for (const auto* file : {&results.footprint, &results.throughput, &results.convergence}) {
    if (!*file) continue;
    for (const Row& row : (*file)->rows) {
      const std::string_view answer = AnswerOf(row.strategy);
      if (answer.empty() || !seen.insert(row.strategy).second) continue;
      table.rows.push_back({Code(row.strategy), Plain(answer)});
    }
  }
  return table;
}

}  // namespace biasbench::report
