#include "report_scaling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "record/statistics.h"
#include "report_groups.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

// Farther from its line than this, a cost is said not to follow it.
constexpr double kStraight = 0.1;

// "123 ns", "12.3 µs", "1.23 ms", "1.23 s"
std::string Duration(double seconds) {
  const double size = std::abs(seconds);
  if (size < 1e-6) return ThreeDigits(1e9 * seconds) + " ns";
  if (size < 1e-3) return ThreeDigits(1e6 * seconds) + " µs";
  if (size < 1) return ThreeDigits(1e3 * seconds) + " ms";
  return ThreeDigits(seconds) + " s";
}

// What a node costs: every byte counts.
std::string BytesOfNode(double bytes) { return fmt::format("{:.1f} bytes", bytes); }

// "123 ns [120 ns–126 ns]"
std::string DescribeSlope(const record::LineFit& fit, std::string (*format)(double)) {
  if (!fit.slope_interval) return format(fit.slope);
  return fmt::format("{} [{}–{}]", format(fit.slope), format(fit.slope_interval->low),
                     format(fit.slope_interval->high));
}

// "4.10 % below"
std::string DescribeDeviation(double deviation) {
  return fmt::format("{} {}", Percent(std::abs(deviation)), deviation < 0 ? "below" : "above");
}

// Whether a cost follows its line, and what a node costs by it.
std::string DescribeGrowth(std::string_view cost, const record::LineFit& fit,
                           std::string (*format)(double)) {
  const std::string slope = DescribeSlope(fit, format);
  if (!fit.slope_interval) return fmt::format("{} grows by {} a node", cost, slope);
  const double deviation = fit.Deviation(fit.farthest);
  const std::string side = DescribeDeviation(deviation);
  const std::string nodes = Integer(fit.farthest.x);
  if (std::abs(deviation) > kStraight) {
    return fmt::format("{} does not follow a straight line: at {} it is {} the best, {} a node",
                       cost, nodes, side, slope);
  }
  return fmt::format("{} grows along a straight line of {} a node (farthest from it: {}, at {})",
                     cost, slope, side, nodes);
}

std::string DescribeNodes(const CostOfNodes& cost) {
  const Row& row = cost.sweep.front().front();
  const auto number = [&](const char* key) { return Integer(row.NumberOrZero(key)); };
  std::string sentence = fmt::format(
      "From {} to {} hidden nodes ({}, {}, {} inputs, {} outputs, batch {}, {}) {}, and {}.",
      Integer(cost.sweep.front().value), Integer(cost.sweep.back().value), Code(row.schedule),
      Code(row.OptimizerAndFormat()), number("inputs"), number("outputs"), number("batch"),
      Counted(static_cast<std::int64_t>(row.NumberOrZero("omp_threads")), "thread"),
      DescribeGrowth("a step's time", cost.seconds, Duration),
      DescribeGrowth("the peak memory", cost.bytes, BytesOfNode));
  if (cost.sweep.size() == 2) sentence += " Two sizes cannot tell whether along a line.";
  return sentence;
}

// How many times as many samples a second as the sweep's first point does.
struct Ratio {
  double value;
  record::Interval interval;
};

Ratio RatioToFirst(const Sweep& sweep, const SweepPoint& point) {
  const std::vector<double> rates = point.samples_per_second();
  const std::vector<double> first = sweep.front().samples_per_second();
  return {record::Median(rates) / record::Median(first), record::MedianRatioInterval(rates, first)};
}

std::string DescribeRatio(const Ratio& ratio) {
  return fmt::format("{:.2f} [{:.2f}–{:.2f}]", ratio.value, ratio.interval.low,
                     ratio.interval.high);
}

std::string DescribeThreads(const Sweep& threads) {
  if (threads.empty()) return "";
  const Ratio ratio = RatioToFirst(threads, threads.back());
  std::string_view judgement = "are neither faster nor slower than";
  if (ratio.interval.low > 1) judgement = "are faster than";
  if (ratio.interval.high < 1) judgement = "are slower than";
  if (std::min(threads.front().rows.size(), threads.back().rows.size()) < 2) {
    judgement = "are not to be judged by one repetition beside";
  }
  return fmt::format(" {} threads {} {}: {} times as fast.", Integer(threads.back().value),
                     judgement, Integer(threads.front().value), DescribeRatio(ratio));
}

double MedianOf(const SweepPoint& point, std::string_view key) {
  return SpreadOf(point.rows, key).median;
}

// "" where no row has it: a network that the caches hold has no bus.
std::string DescribeMedian(const SweepPoint& point, std::string_view key) {
  const bool is_there =
      std::ranges::any_of(point.rows, [&](const Row* row) { return row->Number(key).has_value(); });
  return is_there ? ThreeDigits(MedianOf(point, key)) : "";
}

// " By batch a step reaches 0.366 (at 16) to 0.732 (at 1) of the roofline."
std::string DescribeRoofline(const Sweep& sweep, std::string_view noun) {
  if (sweep.empty()) return "";
  const auto fraction = [](const SweepPoint& point) {
    return MedianOf(point, "roofline_fraction");
  };
  const auto [least, most] = std::ranges::minmax_element(sweep, {}, fraction);
  return fmt::format(" By {} a step reaches {} (at {}) to {} (at {}) of the roofline.", noun,
                     ThreeDigits(fraction(*least)), Integer(least->value),
                     ThreeDigits(fraction(*most)), Integer(most->value));
}

Table FitTable(const CostOfNodes& cost) {
  const auto cells = [](const char* name, const record::LineFit& fit, auto of_node, auto besides) {
    return std::vector<std::string>{name, DescribeSlope(fit, of_node), besides(fit.intercept),
                                    DescribeDeviation(fit.Deviation(fit.farthest)),
                                    Integer(fit.farthest.x)};
  };
  return {
      "What a hidden node costs: the slope of the line through the medians, by least squares "
      "of relative deviations, with its 95 % interval; what a step costs besides; and the "
      "point that lies farthest from the line.",
      {{"cost"}, {"a node", true}, {"besides", true}, {"farthest", true}, {"at hidden", true}},
      {cells("time of a step", cost.seconds, Duration, Duration),
       cells("peak memory", cost.bytes, BytesOfNode, Bytes)}};
}

Table PointsTable(const CostOfNodes& cost) {
  Table table{
      "Time of a training step, median [min–max] over n repetitions, and bytes at its "
      "peak, each beside its line. Resident: the kernel's high-water mark above that of an "
      "empty process.",
      {{"hidden", true},
       {"n", true},
       {"step, ms", true},
       {"line, ms", true},
       {"off", true},
       {"peak, bytes", true},
       {"line, bytes", true},
       {"off", true},
       {"resident, bytes", true}},
      {}};
  const auto percent = [](double deviation) { return fmt::format("{:+.1f} %", 100 * deviation); };
  for (const SweepPoint& point : cost.sweep) {
    std::vector<double> milliseconds = point.step_seconds();
    for (double& value : milliseconds) value *= 1e3;
    const Spread spread = SpreadOfValues(milliseconds);
    const double bytes = point.front().PeakBytes();
    table.rows.push_back({Integer(point.value), fmt::format("{}", spread.count), Describe(spread),
                          ThreeDigits(1e3 * cost.seconds.At(point.value)),
                          percent(cost.seconds.Deviation({point.value, spread.median / 1e3})),
                          Integer(bytes), Integer(cost.bytes.At(point.value)),
                          percent(cost.bytes.Deviation({point.value, bytes})),
                          Integer(MedianOf(point, "peak_rss_bytes"))});
  }
  return table;
}

// Speed by one number, in rows beside the first.
Table SpeedTable(const Sweep& sweep, const char* title) {
  Table table;
  if (sweep.empty()) return table;
  table.caption = fmt::format(
      "Speed by {}, {} with {}: median [min–max] over n repetitions; the ratio to the first row "
      "with its 95 % interval, by resampling the repetitions; fractions as in the table above.",
      title, Code(sweep.front().front().schedule),
      Code(sweep.front().front().OptimizerAndFormat()));
  table.columns = {{"inputs", true},       {"hidden", true},         {"outputs", true},
                   {"batch", true},        {"threads", true},        {"n", true},
                   {"samples / s", true},  {"ratio to first", true}, {"roofline, fraction", true},
                   {"bus, fraction", true}};
  for (const SweepPoint& point : sweep) {
    std::vector<std::string> cells;
    for (const char* key : {"inputs", "hidden", "outputs", "batch", "omp_threads"}) {
      cells.push_back(Integer(point.front().NumberOrZero(key)));
    }
    const Spread speed = SpreadOfValues(point.samples_per_second());
    cells.insert(
        cells.end(),
        {fmt::format("{}", speed.count), Describe(speed),
         &point == &sweep.front() ? "" : DescribeRatio(RatioToFirst(sweep, point)),
         ThreeDigits(MedianOf(point, "roofline_fraction")), DescribeMedian(point, "bus_fraction")});
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace

std::optional<CostOfNodes> FindCostOfNodes(const ResultFile& throughput) {
  Sweep sweep = FindSweep(throughput, "hidden");
  std::erase_if(sweep, [](const SweepPoint& point) { return point.front().PeakBytes() <= 0; });
  if (sweep.size() < 2) return std::nullopt;
  std::vector<record::Point> seconds;
  std::vector<record::Point> bytes;
  for (const SweepPoint& point : sweep) {
    seconds.push_back({point.value, record::Median(point.step_seconds())});
    bytes.push_back({point.value, point.front().PeakBytes()});
  }
  return CostOfNodes{std::move(sweep), record::FitLine(seconds), record::FitLine(bytes)};
}

std::string ScalingVerdict(const ResultFile& throughput) {
  const std::optional<CostOfNodes> cost = FindCostOfNodes(throughput);
  return (cost ? DescribeNodes(*cost)
               : "Not measured: `learned` at two numbers of hidden nodes with all else alike.") +
         DescribeThreads(FindSweep(throughput, "omp_threads")) +
         DescribeRoofline(FindSweep(throughput, "batch"), "batch") +
         DescribeRoofline(FindSweep(throughput, "inputs"), "inputs");
}

std::vector<Table> ScalingTables(const ResultFile& throughput) {
  std::vector<Table> tables;
  if (const std::optional<CostOfNodes> cost = FindCostOfNodes(throughput)) {
    tables = {FitTable(*cost), PointsTable(*cost)};
  }
  tables.push_back(SpeedTable(FindSweep(throughput, "omp_threads"), "threads"));
  tables.push_back(SpeedTable(FindSweep(throughput, "batch"), "batch"));
  tables.push_back(SpeedTable(FindSweep(throughput, "inputs"), "inputs"));
  std::erase_if(tables, [](const Table& table) { return table.rows.empty(); });
  return tables;
}

}  // namespace biasbench::report
