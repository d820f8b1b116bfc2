#include "report_peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "record/statistics.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

using record::ResultRow;

// The repetitions of one peer at one shape. Never empty.
struct PeerGroup {
  const ResultRow* first = nullptr;
  std::vector<double> samples_per_second = {};
  double peak_bytes = 0;

  bool is_ours() const { return first->NumberOrZero("is_ours") != 0; }
  double median() const {
    return samples_per_second.empty() ? 0 : record::Median(samples_per_second);
  }
  auto shape() const {
    return std::tuple(first->NumberOrZero("inputs"), first->NumberOrZero("hidden"),
                      first->NumberOrZero("batch"));
  }
};

std::vector<PeerGroup> GroupPeers(const std::vector<ResultRow>& peers) {
  const auto repeated = [](const ResultRow& row) {
    return std::pair(row.Text("peer"), row.where.Name({"seed"}));
  };
  std::vector<PeerGroup> groups;
  for (const ResultRow& row : peers) {
    auto group = std::ranges::find_if(
        groups, [&](const PeerGroup& any) { return repeated(*any.first) == repeated(row); });
    if (group == groups.end()) group = groups.insert(groups.end(), {.first = &row});
    if (!row.IsOk()) continue;
    group->samples_per_second.push_back(row.NumberOrZero("items_per_second"));
    group->peak_bytes = std::max(group->peak_bytes, row.NumberOrZero("peak_rss_bytes"));
  }
  std::ranges::stable_sort(groups, std::ranges::greater{}, [](const PeerGroup& group) {
    return std::tuple(group.shape(), group.median());
  });
  return groups;
}

std::vector<std::string> Cells(const PeerGroup& group, double best_of_others) {
  const ResultRow& row = *group.first;
  std::vector<std::string> cells;
  for (const char* key : {"inputs", "hidden", "batch"}) {
    cells.push_back(Integer(row.NumberOrZero(key)));
  }
  cells.push_back(Code(row.Text("peer")));
  if (group.samples_per_second.empty()) {
    cells.insert(cells.end(),
                 {"", Plain(fmt::format("{}: {}", row.status, row.Text("reason"))), "", "", ""});
    return cells;
  }
  const auto [least, most] = std::ranges::minmax(group.samples_per_second);
  const double ratio = best_of_others > 0 ? group.median() / best_of_others : 0;
  cells.insert(cells.end(), {fmt::format("{}", group.samples_per_second.size()),
                             fmt::format("{} [{}–{}]", ThreeDigits(group.median()),
                                         ThreeDigits(least), ThreeDigits(most)),
                             ratio > 0 ? fmt::format("{:.2f}", ratio) : "",
                             group.peak_bytes > 0 ? Mebibytes(group.peak_bytes) : "",
                             Plain(row.Text("library"))});
  return cells;
}

}  // namespace

Table PeersTable(const record::ResultFile& peers) {
  Table table{
      "The same network, batch, loss and SGD step under `learned`, each in a process of its own, "
      "the repetitions taking turns. Every peer starts from our initial parameters and must show "
      "our loss after ten steps before its time counts. Median [min–max] over n repetitions; the "
      "ratio is to the fastest peer that is not ours.",
      {{"inputs", true},
       {"hidden", true},
       {"batch", true},
       {"with"},
       {"n", true},
       {"samples / s", true},
       {"ratio", true},
       {"resident, MiB", true},
       {"library"}},
      {}};
  const std::vector<PeerGroup> groups = GroupPeers(peers.rows);
  std::map<decltype(groups.front().shape()), double> best_of_others;
  for (const PeerGroup& group : groups) {
    if (group.is_ours()) continue;
    double& best = best_of_others[group.shape()];
    best = std::max(best, group.median());
  }
  for (const PeerGroup& group : groups) {
    table.rows.push_back(Cells(group, best_of_others[group.shape()]));
  }
  return table;
}

}  // namespace biasbench::report
