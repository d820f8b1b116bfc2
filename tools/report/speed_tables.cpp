#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "record/line_fit.h"
#include "record/statistics.h"
#include "report/table_fields.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

using record::ResultFile;

std::string Duration(double seconds) {
  const double size = std::abs(seconds);
  if (size < 1e-6) return ThreeDigits(1e9 * seconds) + " ns";
  if (size < 1e-3) return ThreeDigits(1e6 * seconds) + " µs";
  if (size < 1) return ThreeDigits(1e3 * seconds) + " ms";
  return ThreeDigits(seconds) + " s";
}

std::string BytesOfNode(double bytes) { return fmt::format("{:.1f} bytes", bytes); }

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
      JoinFields({SettingFields(),
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
      JoinFields({{CodeField("strategy", LabelOf), CodeField("schedule", Schedule), products},
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
      JoinFields(
          {SettingFields(),
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
      JoinFields({{{"with", false,
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

}  // namespace biasbench::report
