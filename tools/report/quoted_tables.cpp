#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "model/known_models.h"
#include "record/contrast.h"
#include "report/facts.h"
#include "report/figure_source.h"
#include "report/sentences.h"

namespace biasbench::report {
namespace {

// "4,000,004 bytes, 24.9 %": of biases, in the peak of a training.
std::string BiasesOf(const ResultRow& row) {
  const double bytes = row.NumberOrZero("bias_bytes");
  if (bytes == 0) return "0";
  return fmt::format("{} bytes, {}", Integer(bytes), Percent(bytes / PeakBytes(row)));
}

// "`textbook_blis`, BLIS 0.9.0", "`fann`, FANN 2.2.0 (one thread)": without the rest of what a
// library says of itself.
std::string NameOf(const ResultRow& peer) {
  std::string name = Code(peer.Text("peer"));
  if (peer.NumberOrZero("is_ours") != 0) return name + " (ours)";
  const std::string library = peer.Text("library");
  if (library.empty()) return name;
  const std::size_t second = library.find(' ', library.find(' ') + 1);
  const bool has_one_thread = library.find("(one thread)") != std::string::npos;
  return fmt::format("{}, {}{}", name, Plain(library.substr(0, second)),
                     has_one_thread ? " (one thread)" : "");
}

}  // namespace

Table QuotedTasks(const Results& results, const std::vector<Finding>& findings) {
  Table table{"", {{"biases"}}, {}};
  const std::vector<std::string_view> strategies = {kLearned, kFixed, kNone};
  for (const std::string_view strategy : strategies) {
    table.rows.push_back({Code(std::string(strategy))});
  }
  Texts settings;
  for (const std::string task : {"harmonic3", "digits"}) {
    const auto groups = HeadlineGroups({results, findings}, task);
    const bool has_all = std::ranges::all_of(strategies, [&](std::string_view strategy) {
      return groups.contains(std::string(strategy));
    });
    if (!has_all) return {};
    const ResultRow& row = *groups.at(std::string(kLearned)).front();
    settings.push_back(
        fmt::format("{}: {}, {}, batch {}, {}, {}, {}", Code(task), Inputs(row),
                    Counted(static_cast<std::int64_t>(row.NumberOrZero("outputs")), "output"),
                    Integer(row.NumberOrZero("batch")), Way(row), DescribeTraining(row),
                    Counted(std::ssize(groups.at(std::string(kLearned))), "seed")));
    const bool has_classes = row.Number("test_accuracy").has_value();
    table.columns.push_back({fmt::format("{}: biases at the peak", Code(task))});
    table.columns.push_back({"training loss", true});
    if (has_classes) table.columns.push_back({"test accuracy", true});
    for (std::size_t i = 0; i < strategies.size(); ++i) {
      const RowGroup& group = groups.at(std::string(strategies[i]));
      table.rows[i].push_back(BiasesOf(*group.front()));
      table.rows[i].push_back(Describe(Summarize(group, record::QuantityOf("train_loss"))));
      if (!has_classes) continue;
      table.rows[i].push_back(
          Describe(Summarize(group, record::QuantityOf("test_accuracy", 0)), "diverged", Percent));
    }
  }
  table.caption = fmt::format("Medians [95 % interval]. {}.", fmt::join(settings, "; "));
  return table;
}

Table QuotedPeaks(const Results& results) {
  if (!results.footprint) return {};
  RowGroup rows = RowsOf(results.footprint->rows, [](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && PeakBytes(row) > 0;
  });
  if (rows.empty()) return {};
  const ResultRow& largest = LargestShape(rows);
  std::erase_if(rows, [&](const ResultRow* row) { return !HasSameShape(*row, largest); });
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const ResultRow* row) { return PeakBytes(*row); });
  Table table{fmt::format("`learned` at {}.", DescribeShape(largest)),
              {{"peak", true}, {"schedule, optimizer"}, {"samples / s", true}},
              {}};
  for (const ResultRow* row : rows) {
    table.rows.push_back({Bytes(PeakBytes(*row)), Way(*row), Describe(SpeedOf(results, *row))});
  }
  return table;
}

Table QuotedPeers(const Results& results) {
  if (!results.peers) return {};
  std::map<std::string, std::map<std::string, RowGroup>> groups;  // by peer and shape
  std::vector<std::pair<std::string, const ResultRow*>> shapes;
  for (const ResultRow& row : results.peers->rows) {
    if (!row.IsOk()) continue;
    std::string shape = fmt::format("{} inputs, batch {}", Integer(row.NumberOrZero("inputs")),
                                    Integer(row.NumberOrZero("batch")));
    groups[row.Text("peer")][shape].push_back(&row);
    if (std::ranges::count(shapes, shape, &std::pair<std::string, const ResultRow*>::first) == 0) {
      shapes.emplace_back(std::move(shape), &row);
    }
  }
  if (shapes.empty()) return {};
  std::ranges::stable_sort(shapes, std::ranges::greater{}, [](const auto& shape) {
    return std::pair(shape.second->NumberOrZero("inputs"), shape.second->NumberOrZero("batch"));
  });
  const ResultRow& any = *shapes.front().second;
  Table table{
      fmt::format("Samples a second, medians [95 % interval]: {} hidden nodes, {}, {}.",
                  Integer(any.NumberOrZero("hidden")),
                  Counted(static_cast<std::int64_t>(any.NumberOrZero("outputs")), "output"),
                  Counted(static_cast<std::int64_t>(any.NumberOrZero("omp_threads")), "thread")),
      {{"with"}},
      {}};
  for (const auto& [shape, row] : shapes) table.columns.push_back({shape, true});
  const auto speed = [](const RowGroup& group) {
    return Summarize(ValuesOf(group, "items_per_second"));
  };
  std::vector<std::tuple<double, double, std::vector<std::string>>> rows;  // ours first, then fast
  for (const auto& [peer, by_shape] : groups) {
    const ResultRow& row = *by_shape.begin()->second.front();
    const bool is_ours = row.NumberOrZero("is_ours") != 0;
    std::vector<std::string> cells = {NameOf(row)};
    double most = 0;
    for (const auto& [shape, first] : shapes) {
      const auto group = by_shape.find(shape);
      cells.push_back(group == by_shape.end() ? "" : Describe(speed(group->second)));
      if (group != by_shape.end()) most = std::max(most, speed(group->second).median);
    }
    rows.emplace_back(is_ours ? 0 : 1, -most, std::move(cells));
  }
  std::ranges::sort(rows);
  for (auto& [is_other, less, cells] : rows) table.rows.push_back(std::move(cells));
  return table;
}

Table QuotedModels() {
  Table table{"", {{""}, {"parameters", true}, {"biases", true}, {"with the norms'", true}}, {}};
  for (const model::KnownModel& known : model::KnownModels()) {
    table.rows.push_back({Plain(known.name), Integer(static_cast<double>(known.parameters)),
                          Percent(known.bias_share()), Percent(known.bias_share_with_norms())});
  }
  return table;
}

}  // namespace biasbench::report
