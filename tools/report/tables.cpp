#include "report/tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "bias/strategies.h"
#include "memory/ledger.h"
#include "record/line_fit.h"
#include "record/statistics.h"
#include "report/numbers.h"
#include "report/rows.h"

namespace biasbench::report {
namespace {

using record::Contrast;
using record::QuantityOf;
using record::ResultFile;

// A column of a table and how its cells come from a group of rows.
struct Field {
  std::string title;
  bool is_number;
  std::function<std::string(const RowGroup&)> cell;
  bool is_setting = false;
};

Table MakeTable(std::string caption, const std::vector<Field>& fields,
                const std::vector<RowGroup>& groups) {
  Table table{{}, {}, std::vector<std::vector<std::string>>(groups.size())};
  std::vector<std::string> common;
  for (const auto& [title, is_number, cell, is_setting] : fields) {
    std::vector<std::string> cells;
    for (const RowGroup& group : groups) cells.push_back(cell(group));
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
  return {std::move(title), true, [key = std::move(key), format](const RowGroup& group) {
            for (const ResultRow* row : group) {
              if (const auto value = row->Number(key)) return format(*value);
            }
            return std::string();
          }};
}

// Median and interval of rows that ran to an end.
Field SummaryField(std::string title, std::string key,
                   double of_diverged = std::numeric_limits<double>::infinity(),
                   std::string_view worst = "diverged") {
  return {std::move(title), true,
          [quantity = QuantityOf(std::move(key), of_diverged), worst](const RowGroup& group) {
            return Describe(Summarize(group, quantity), worst);
          }};
}

Field CodeField(std::string title, std::string (*text)(const ResultRow&)) {
  return {std::move(title), false, [text](const RowGroup& group) {
            const std::string value = text(*group.front());
            return value.empty() ? "" : Code(value);
          }};
}

Field SettingField(Field field) {
  field.is_setting = true;
  return field;
}

std::vector<Field> Join(std::vector<std::vector<Field>> parts) {
  std::vector<Field> fields;
  for (auto& part : parts) std::ranges::move(part, std::back_inserter(fields));
  return fields;
}

std::string Label(const ResultRow& row) {
  if (HasRightSign(row)) return Strategy(row);
  return fmt::format("{} ({})", Strategy(row), row.where.Text("bias_sign"));
}

std::vector<Field> ShapeFields() {
  std::vector<Field> fields;
  for (const char* key : {"inputs", "hidden", "outputs", "batch"}) {
    fields.push_back(SettingField(NumberField(key, key, Integer)));
  }
  fields.push_back(SettingField(NumberField("threads", "omp_threads", Integer)));
  return fields;
}

std::vector<Field> SettingFields() {
  return Join({{CodeField("strategy", Label), SettingField(CodeField("schedule", Schedule)),
                SettingField({"optimizer", false,
                              [](const RowGroup& group) {
                                return Plain(OptimizerAndFormats(*group.front()));
                              }})},
               ShapeFields()});
}

Field StatusField() { return {"status", false, DescribeStatus}; }

// The largest shape first.
std::vector<RowGroup> SortedGroups(const ResultFile& file, const RowFilter& filter) {
  std::vector<RowGroup> groups = GroupRows(RowsOf(file.rows, filter));
  std::ranges::stable_sort(groups, [](const RowGroup& a, const RowGroup& b) {
    return HasSmallerShape(*b.front(), *a.front());
  });
  return groups;
}

std::string OtherSettings(const RowGroup& group) {
  return Plain(fmt::format(
      "{}", fmt::join(group.front()->where.PartsOf({"parametrization", "activation", "weight_decay",
                                                    "decay_bias", "max_samples", "max_test_samples",
                                                    "center", "own_data"}),
                      ", ")));
}

// How many rows ran to an end, diverged ones included: what an interval is over.
std::string CountEnded(const RowGroup& group) {
  return fmt::format("{}", std::ranges::count_if(group, [](const ResultRow* row) {
                       return row->IsOk() || row->status == "diverged";
                     }));
}

// What stays after the peak, where that is less.
std::string DescribeSteady(const RowGroup& group) {
  const auto steady = group.front()->Number("steady_bytes");
  return steady && *steady < PeakBytes(*group.front()) ? Mebibytes(*steady) : "";
}

std::string Shortest(double value) { return fmt::format("{:g}", value); }

std::string Duration(double seconds) {
  const double size = std::abs(seconds);
  if (size < 1e-6) return ThreeDigits(1e9 * seconds) + " ns";
  if (size < 1e-3) return ThreeDigits(1e6 * seconds) + " µs";
  if (size < 1) return ThreeDigits(1e3 * seconds) + " ms";
  return ThreeDigits(seconds) + " s";
}

std::string BytesOfNode(double bytes) { return fmt::format("{:.1f} bytes", bytes); }

std::vector<double> Speeds(const RowGroup& group) { return ValuesOf(group, "items_per_second"); }

// How many repetitions were timed.
Field CountField() {
  return {"n", true, [](const RowGroup& group) { return fmt::format("{}", Speeds(group).size()); }};
}

// Median and interval of repetitions.
Field MedianField(std::string title, std::string key, std::string (*format)(double) = ThreeDigits) {
  return {std::move(title), true, [key = std::move(key), format](const RowGroup& group) {
            return Describe(Summarize(ValuesOf(group, key)), "", format);
          }};
}

// "1.38 [1.11–1.60]"
std::string DescribeRatio(const std::vector<double>& values, const std::vector<double>& others) {
  const record::Interval interval = record::MedianRatioInterval(values, others);
  return fmt::format("{:.2f} [{:.2f}–{:.2f}]", record::Median(values) / record::Median(others),
                     interval.low, interval.high);
}

// What a category of the ledger is told with.
struct Part {
  std::string_view title;
  std::array<std::string_view, 3> keys;
};
constexpr Part kParts[] = {
    {"bias values", {"hidden_bias_bytes", "output_bias_bytes"}},
    {"bias gradient", {"bias_gradient_bytes", "bias_reduction_bytes"}},
    {"biases' optimizer state", {"bias_optimizer_state_bytes"}},
    {"weights", {"hidden_weights_bytes", "output_weights_bytes"}},
    {"weights' gradient and state", {"weight_gradient_bytes", "weight_optimizer_state_bytes"}},
    {"batch and workspace", {"workspace_bytes", "activations_bytes", "deltas_bytes"}},
    {"padding", {"padding_bytes"}},
};

double BytesOf(const ResultRow& row, const Part& part) {
  double bytes = 0;
  for (const std::string_view key : part.keys) bytes += row.NumberOrZero(key);
  return bytes;
}

// A setting but for its strategy, or its schedule.
std::string Without(const ResultRow& row, std::string_view axis) {
  return row.where.Name({"seed", axis});
}

// The rows of one number of hidden nodes, inputs, … with all else as most have it.
std::vector<RowGroup> FindSweep(const ResultFile& throughput, std::string_view key) {
  std::vector<RowGroup> best;
  const RowGroup learned = RowsOf(throughput.rows, [](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && row.Number("items_per_second");
  });
  // With the inputs the outputs may differ: they are the task's.
  const std::string_view other = key == "inputs" ? "outputs" : key;
  for (const RowGroup& sweep : GroupRows(learned, {"seed", "task", key, other})) {
    std::vector<RowGroup> points = GroupRows(sweep, {"seed"});
    if (points.size() > best.size()) best = std::move(points);
  }
  std::ranges::stable_sort(best, {},
                           [&](const RowGroup& group) { return group.front()->NumberOrZero(key); });
  return best.size() < 2 ? std::vector<RowGroup>() : best;
}

}  // namespace

Table LeversTable(const Results& results) {
  std::vector<RowGroup> groups =
      GroupRows(RowsOf(results.footprint->rows, [](const ResultRow& row) {
        return row.IsOk() && PeakBytes(row) > 0 &&
               (Strategy(row) == kLearned || Strategy(row) == kFixed);
      }));
  if (groups.empty()) return {};
  const auto layers = [](const RowGroup& group) {
    const ResultRow& row = *group.front();
    return std::tuple(
        row.NumberOrZero("hidden") * (row.NumberOrZero("inputs") + row.NumberOrZero("outputs")),
        row.NumberOrZero("inputs"));
  };
  const auto largest = std::ranges::max(groups, {}, layers);
  const auto most = layers(largest);
  std::erase_if(groups, [&](const RowGroup& group) { return layers(group) != most; });
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const RowGroup& group) { return PeakBytes(*group.front()); });
  std::map<std::string, double> textbooks;
  for (const RowGroup& group : groups) {
    const ResultRow& row = *group.front();
    if (Schedule(row) == "textbook") textbooks[Without(row, "schedule")] = PeakBytes(row);
  }
  const auto saved = [textbooks](const RowGroup& group) {
    const ResultRow& row = *group.front();
    const auto textbook = textbooks.find(Without(row, "schedule"));
    if (textbook == textbooks.end() || Schedule(row) == "textbook") return std::string();
    return Percent(1 - PeakBytes(row) / textbook->second);
  };
  std::map<std::string, RowGroup> speeds;
  if (results.throughput) {
    for (const ResultRow& row : results.throughput->rows) {
      speeds[row.where.Name({"seed"})].push_back(&row);
    }
  }
  const auto speed = [speeds](const RowGroup& group) {
    const auto found = speeds.find(group.front()->where.Name({"seed"}));
    return found == speeds.end() ? "" : Describe(Summarize(Speeds(found->second)));
  };
  return MakeTable(
      "Every way in which the largest shape was measured, from the largest peak to the smallest. "
      "Saved: of `textbook` with the same optimizer, formats, biases and batch.",
      Join({SettingFields(),
            {NumberField("peak, bytes", "tracked_peak_bytes", Integer),
             NumberField("peak, MiB", "tracked_peak_bytes", Mebibytes),
             NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
             {"saved", true, saved},
             {"samples / s", true, speed}}}),
      groups);
}

Table BiasPriceTable(const ResultFile& footprint) {
  std::map<std::string, const ResultRow*> fixed;
  for (const ResultRow& row : footprint.rows) {
    if (row.IsOk() && Strategy(row) == kFixed) fixed.emplace(Without(row, "strategy"), &row);
  }
  std::vector<RowGroup> groups = SortedGroups(footprint, [&](const ResultRow& row) {
    const bool is_priced = Strategy(row) == kLearned || Strategy(row) == "bias_unit";
    return row.IsOk() && is_priced && fixed.contains(Without(row, "strategy"));
  });
  const auto more = [fixed](const RowGroup& group, const auto& bytes_of) {
    const ResultRow& row = *group.front();
    return bytes_of(row) - bytes_of(*fixed.at(Without(row, "strategy")));
  };
  std::vector<Field> fields = SettingFields();
  for (const Part& part : kParts) {
    fields.push_back({std::string(part.title), true, [more, &part](const RowGroup& group) {
                        const double bytes =
                            more(group, [&](const ResultRow& row) { return BytesOf(row, part); });
                        return bytes == 0 ? "" : Integer(bytes);
                      }});
  }
  fields.push_back(
      {"all", true, [more](const RowGroup& group) { return Integer(more(group, PeakBytes)); }});
  fields.push_back({"share", true, [more](const RowGroup& group) {
                      return Percent(more(group, PeakBytes) / PeakBytes(*group.front()));
                    }});
  return MakeTable(
      "What biases take: bytes more than with `fixed=1` in the same setting, measured, by "
      "category. "
      "The parts add up to the whole difference; its share is of the peak.",
      fields, groups);
}

Table PhaseTable(const ResultFile& footprint) {
  RowGroup rows = RowsOf(footprint.rows, [](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && row.held_bytes.contains("build");
  });
  if (rows.empty()) return {};
  const ResultRow& largest = LargestShape(rows);
  std::erase_if(rows, [&](const ResultRow* row) { return !HasSameShape(*row, largest); });
  std::vector<RowGroup> groups = GroupRows(rows);
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const RowGroup& group) { return PeakBytes(*group.front()); });
  std::vector<Field> fields = SettingFields();
  for (const std::string_view phase : memory::kPhaseNames) {
    fields.push_back({fmt::format("after {}, MiB", phase), true, [phase](const RowGroup& group) {
                        const auto& held = group.front()->held_bytes;
                        const auto found = held.find(phase);
                        return found == held.end() ? "" : Mebibytes(found->second);
                      }});
  }
  const auto text = [](const char* title, const char* key) {
    return Field{title, false, [key](const RowGroup& group) {
                   std::string words = group.front()->Text(key);
                   std::ranges::replace(words, '_', ' ');
                   return words;
                 }};
  };
  fields.push_back(text("peak set in", "peak_phase"));
  fields.push_back(text("mostly by", "peak_category"));
  return MakeTable(
      "What training has come to hold by the end of each phase, the first time through; the phase "
      "that sets the peak, and what grew most in it.",
      fields, groups);
}

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
             NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
             NumberField("biases, bytes", "bias_bytes", Integer),
             NumberField("biases, share", "bias_share", Percent),
             StatusField()}}),
      SortedGroups(footprint, AnyRow));
}

Table ThroughputTable(const ResultFile& throughput) {
  // A sentence where any row has a number above 0.
  const auto where_any = [&](std::string_view key, std::string_view sentence) {
    const auto has = [&](const ResultRow& row) { return row.NumberOrZero(key) > 0; };
    return std::ranges::any_of(throughput.rows, has) ? sentence : "";
  };
  return MakeTable(
      fmt::format(
          "Training, over n repetitions. Roofline is the least possible time of a step, from "
          "measured peaks of arithmetic and bandwidth, over its real time: the same bound for "
          "every schedule.{}{}{}",
          where_any("peak_flops_fraction", " Of the FLOPs: its arithmetic alone over the peak."),
          where_any("bus_fraction", " Of the bus: the schedule's own bytes over the bandwidth."),
          where_any("unwritten_rows",
                    " Hidden weights' rows that a step leaves as they were, since ReLU was off for "
                    "all samples of a small batch (`unwritten_rows`), count as read, not as "
                    "written.")),
      Join({SettingFields(),
            {CountField(), MedianField("samples / s", "items_per_second"),
             MedianField("of the roofline", "roofline_fraction"),
             MedianField("of the FLOPs", "peak_flops_fraction"),
             MedianField("of the bus", "bus_fraction"),
             MedianField("rows unwritten", "unwritten_rows", Integer),
             NumberField("resident, MiB", "peak_rss_bytes", Mebibytes), StatusField()}}),
      SortedGroups(throughput, AnyRow));
}

Table FormatTable(const ResultFile& throughput) {
  const auto is_float32 = [](const ResultRow& row) { return row.where.IsUsual("weights_format"); };
  const auto counterpart = [](const RowGroup& group) {
    return group.front()->where.Name({"seed", "weights_format", "bfloat16_products"});
  };
  std::map<std::string, RowGroup> float32;
  for (RowGroup& group : GroupRows(RowsOf(throughput.rows, is_float32))) {
    if (!Speeds(group).empty()) float32.emplace(counterpart(group), std::move(group));
  }
  std::vector<RowGroup> groups = SortedGroups(throughput, std::not_fn(is_float32));
  std::erase_if(groups, [&](const RowGroup& group) {
    return Speeds(group).empty() || !float32.contains(counterpart(group));
  });
  const auto of_float32 = [float32, counterpart](const Field& field) {
    return Field{field.title + ", float32", field.is_number,
                 [float32, counterpart, cell = field.cell](const RowGroup& group) {
                   return cell(float32.at(counterpart(group)));
                 }};
  };
  const auto ratio = [float32, counterpart](const RowGroup& group) {
    return DescribeRatio(Speeds(group), Speeds(float32.at(counterpart(group))));
  };
  const Field products = {"products", false, [](const RowGroup& group) {
                            const std::string name = group.front()->where.Text("bfloat16_products");
                            return name.empty() ? "" : Code(name);
                          }};
  const Field speed = MedianField("samples / s", "items_per_second");
  const Field flops = MedianField("of the FLOPs", "peak_flops_fraction");
  return MakeTable(
      "Weights in bfloat16 against float32 in the same setting. Products: `processor`, its own of "
      "bfloat16 (then the FLOPs are of the peak of these), or `widened` to float32 first.",
      Join({{CodeField("strategy", Label), CodeField("schedule", Schedule), products},
            ShapeFields(),
            {speed, of_float32(speed), {"ratio", true, ratio}, flops, of_float32(flops)}}),
      groups);
}

Table SpeedTable(const ResultFile& throughput, std::string_view key, std::string_view noun) {
  const std::vector<RowGroup> sweep = FindSweep(throughput, key);
  if (sweep.empty()) return {};
  const std::vector<double> first = Speeds(sweep.front());
  return MakeTable(
      fmt::format("Speed by {}; the ratio is to the first row.", noun),
      Join({SettingFields(),
            {CountField(),
             MedianField("samples / s", "items_per_second"),
             {"ratio", true,
              [first](const RowGroup& group) { return DescribeRatio(Speeds(group), first); }}}}),
      sweep);
}

Table NodeTable(const ResultFile& throughput) {
  std::vector<record::Point> seconds;
  std::vector<record::Point> bytes;
  const std::vector<RowGroup> sweep = FindSweep(throughput, "hidden");
  for (const RowGroup& group : sweep) {
    const ResultRow& row = *group.front();
    if (PeakBytes(row) <= 0) return {};
    const double hidden = row.NumberOrZero("hidden");
    seconds.push_back({hidden, row.NumberOrZero("batch") / record::Median(Speeds(group))});
    bytes.push_back({hidden, PeakBytes(row)});
  }
  if (sweep.empty()) return {};
  const auto cells = [](const char* name, const record::LineFit& fit, auto of_node, auto besides) {
    std::string slope = of_node(fit.slope);
    if (fit.slope_interval) {
      slope += fmt::format(" [{}–{}]", of_node(fit.slope_interval->low),
                           of_node(fit.slope_interval->high));
    }
    const double deviation = fit.Deviation(fit.farthest);
    return std::vector<std::string>{
        name, slope, besides(fit.intercept),
        fmt::format("{} {}", Percent(std::abs(deviation)), deviation < 0 ? "below" : "above"),
        Integer(fit.farthest.x)};
  };
  return {
      fmt::format("What a hidden node costs: the slope of the line through the medians by hidden "
                  "nodes (least squares of relative deviations), what a step costs besides, and "
                  "the point farthest from the line. {}.",
                  DescribeSetting(*sweep.front().front(), {"seed", "hidden"})),
      {{"cost"}, {"a node", true}, {"besides", true}, {"farthest", true}, {"at hidden", true}},
      {cells("time of a step", record::FitLine(seconds), Duration, Duration),
       cells("peak memory", record::FitLine(bytes), BytesOfNode, Bytes)}};
}

Table PeersTable(const ResultFile& peers) {
  std::vector<RowGroup> groups;
  for (const RowGroup& shape : GroupRows(RowsOf(peers.rows, AnyRow))) {
    std::map<std::string, RowGroup> by_peer;
    for (const ResultRow* row : shape) by_peer[row->Text("peer")].push_back(row);
    for (auto& [peer, group] : by_peer) groups.push_back(std::move(group));
  }
  const auto median = [](const RowGroup& group) {
    const std::vector<double> speeds = Speeds(group);
    return speeds.empty() ? 0 : record::Median(speeds);
  };
  const auto shape_of = [](const RowGroup& group) {
    const ResultRow& row = *group.front();
    return std::tuple(row.NumberOrZero("inputs"), row.NumberOrZero("hidden"),
                      row.NumberOrZero("batch"));
  };
  std::ranges::stable_sort(groups, std::ranges::greater{}, [&](const RowGroup& group) {
    return std::tuple(shape_of(group), median(group));
  });
  std::map<std::tuple<double, double, double>, std::vector<double>> best;  // that is not ours
  for (const RowGroup& group : groups) {
    if (group.front()->NumberOrZero("is_ours") != 0 || median(group) == 0) continue;
    best.try_emplace(shape_of(group), Speeds(group));
  }
  const auto ratio = [best, shape_of](const RowGroup& group) {
    const auto found = best.find(shape_of(group));
    if (found == best.end() || Speeds(group).empty()) return std::string();
    return DescribeRatio(Speeds(group), found->second);
  };
  return MakeTable(
      "The same network, batch, loss and SGD step under `learned`, each in a process of its own, "
      "the repetitions taking turns. Every peer starts from our initial parameters and must show "
      "our loss after ten steps before its time counts. The ratio is to the fastest peer that is "
      "not ours.",
      Join({{{"with", false,
              [](const RowGroup& group) { return Code(group.front()->Text("peer")); }}},
            ShapeFields(),
            {CountField(),
             MedianField("samples / s", "items_per_second"),
             {"ratio", true, ratio},
             NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
             {"library", false,
              [](const RowGroup& group) { return Plain(group.front()->Text("library")); }},
             StatusField()}}),
      groups);
}

Table ConvergenceTable(const ResultFile& convergence, const std::string& task) {
  return MakeTable(
      "All trainings, over n seeds. A seed that diverged counts as infinitely bad, so that it "
      "shows "
      "instead of dropping out.",
      Join({SettingFields(),
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
      Join({{CodeField("task", Task)},
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
  Table table{fmt::format("{}, seed by seed: median difference [95 % interval of Wilcoxon's test]; "
                          "p after Holm's adjustment for {}, so many as the last number says.",
                          finding.study->quantity, finding.study->family),
              {{"task"},
               {"setting"},
               {"of"},
               {"against"},
               {"seeds", true},
               {"difference", true},
               {"p", true},
               {"finding"},
               {"of", true}},
              {}};
  table.caption[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(table.caption[0])));
  for (const Family& family : finding.families) {
    for (const Contrast& contrast : family) {
      const ResultRow& row = *contrast.rows.front();
      const bool is_strategy = contrast.axis == "strategy";
      const auto name = [&](const std::string& value) {
        if (is_strategy) return Code(value);
        return fmt::format("{} {}", Code(Strategy(row)),
                           Plain(fmt::format("{} {}{}", contrast.axis, value, ProductsOf(row))));
      };
      table.rows.push_back(
          {Code(Task(row)), DescribeTraining(is_strategy ? row : *contrast.baseline_rows.front()),
           name(contrast.value),
           is_strategy ? Code(contrast.baseline)
                       : Plain(fmt::format("{} {}", contrast.axis, contrast.baseline)),
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

Table StrategyTable(const Results& results) {
  Table table{"", {{"strategy"}, {"what it is"}}, {}};
  std::set<std::string> seen;
  for (const auto* file : {&results.footprint, &results.throughput, &results.convergence}) {
    if (!*file) continue;
    for (const ResultRow& row : (*file)->rows) {
      if (!seen.insert(Strategy(row)).second) continue;
      try {
        table.rows.push_back(
            {Code(Strategy(row)), Plain(bias::ParseSelection(Strategy(row)).strategy->answers)});
      } catch (const std::invalid_argument&) {  // one that a newer program measured
      }
    }
  }
  return table;
}

}  // namespace biasbench::report
