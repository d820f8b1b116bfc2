#include "report_peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "record/statistics.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

// The repetitions of one peer at one shape. Never empty.
struct PeerGroup {
  const PeerRow* first = nullptr;
  std::vector<double> samples_per_second = {};
  double peak_bytes = 0;

  double median() const {
    return samples_per_second.empty() ? 0 : record::Median(samples_per_second);
  }
  auto shape() const { return std::tuple(first->inputs, first->hidden, first->batch); }
};

std::vector<PeerGroup> GroupPeers(const std::vector<PeerRow>& peers) {
  std::vector<PeerGroup> groups;
  for (const PeerRow& row : peers) {
    auto group = std::ranges::find_if(
        groups, [&](const PeerGroup& any) { return any.first->name == row.name; });
    if (group == groups.end()) group = groups.insert(groups.end(), {.first = &row});
    if (row.status != "ok") continue;
    group->samples_per_second.push_back(row.items_per_second);
    group->peak_bytes = std::max(group->peak_bytes, row.peak_rss_bytes);
  }
  std::ranges::stable_sort(groups, std::ranges::greater{}, [](const PeerGroup& group) {
    return std::tuple(group.shape(), group.median());
  });
  return groups;
}

std::vector<std::string> Cells(const PeerGroup& group, double best_of_others) {
  const PeerRow& row = *group.first;
  std::vector<std::string> cells = {Integer(row.inputs), Integer(row.hidden), Integer(row.batch),
                                    Code(row.peer)};
  if (group.samples_per_second.empty()) {
    cells.insert(cells.end(),
                 {"", Plain(fmt::format("{}: {}", row.status, row.reason)), "", "", ""});
    return cells;
  }
  const auto [least, most] = std::ranges::minmax(group.samples_per_second);
  const double ratio = best_of_others > 0 ? group.median() / best_of_others : 0;
  cells.insert(cells.end(),
               {fmt::format("{}", group.samples_per_second.size()),
                fmt::format("{} [{}–{}]", ThreeDigits(group.median()), ThreeDigits(least),
                            ThreeDigits(most)),
                ratio > 0 ? fmt::format("{:.2f}", ratio) : "",
                group.peak_bytes > 0 ? Mebibytes(group.peak_bytes) : "", Plain(row.library)});
  return cells;
}

}  // namespace

Table PeersTable(const std::vector<PeerRow>& peers) {
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
  const std::vector<PeerGroup> groups = GroupPeers(peers);
  std::map<decltype(groups.front().shape()), double> best_of_others;
  for (const PeerGroup& group : groups) {
    if (group.first->is_ours) continue;
    double& best = best_of_others[group.shape()];
    best = std::max(best, group.median());
  }
  for (const PeerGroup& group : groups) {
    table.rows.push_back(Cells(group, best_of_others[group.shape()]));
  }
  return table;
}

}  // namespace biasbench::report
