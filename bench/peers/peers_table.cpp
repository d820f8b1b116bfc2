#include "bench/peers/peers_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "bench/peers/peer_list.h"
#include "record/statistics.h"

namespace biasbench::bench::peers {
namespace {

using nlohmann::json;

// The repetitions of one peer at one batch.
struct Line {
  std::string peer;
  std::int64_t batch = 0;
  std::vector<double> samples_per_second = {};
  std::int64_t peak_bytes = 0;
  std::string refusal = {};  // of one that was not measured

  bool is_measured() const { return refusal.empty(); }
  double median() const { return record::Median(samples_per_second); }
};

bool IsOurs(const std::string& peer) {
  const auto found = std::ranges::find(Peers(), peer, &PeerDescription::name);
  return found != Peers().end() && found->is_ours;
}

std::vector<Line> Lines(const json& rows) {
  std::vector<Line> lines;
  for (const json& row : rows) {
    const std::string peer = row.at("peer");
    const std::int64_t batch = row.at("batch");
    auto line = std::ranges::find_if(
        lines, [&](const Line& any) { return any.peer == peer && any.batch == batch; });
    if (line == lines.end()) {
      line = lines.insert(lines.end(), {.peer = peer, .batch = batch});
    }
    if (row.at("status") != "ok") {
      line->refusal = row.at("error_message");
      continue;
    }
    line->samples_per_second.push_back(row.at("items_per_second"));
    line->peak_bytes = std::max(line->peak_bytes, row.at("peak_rss_bytes").get<std::int64_t>());
  }
  std::ranges::stable_sort(lines, std::ranges::greater(), &Line::batch);
  return lines;
}

// The best median by batch among the peers that are not ours.
std::map<std::int64_t, double> BestOfOthers(const std::vector<Line>& lines) {
  std::map<std::int64_t, double> best;
  for (const Line& line : lines) {
    if (!line.is_measured() || IsOurs(line.peer)) continue;
    best[line.batch] = std::max(best[line.batch], line.median());
  }
  return best;
}

}  // namespace

std::string TableOf(const json& rows) {
  const std::vector<Line> lines = Lines(rows);
  const std::map<std::int64_t, double> best = BestOfOthers(lines);
  std::string table = fmt::format("{:<21} {:>6} {:>11}  {:^19} {:>9} {:>8}\n", "peer", "batch",
                                  "samples/s", "least - most", "peak MiB", "to best");
  for (const Line& line : lines) {
    table += fmt::format("{:<21} {:>6} ", line.peer, line.batch);
    if (!line.is_measured()) {
      table += line.refusal + "\n";
      continue;
    }
    const auto [least, most] = std::ranges::minmax(line.samples_per_second);
    const std::string ratio = best.contains(line.batch)
                                  ? fmt::format("{:.2f}", line.median() / best.at(line.batch))
                                  : "-";
    table += fmt::format("{:>11.4g}  {:>8.4g} - {:<8.4g} {:>9.1f} {:>8}\n", line.median(), least,
                         most, static_cast<double>(line.peak_bytes) / (1 << 20), ratio);
  }
  return table + "(to best: relative to the best peer of the batch that is not ours)\n";
}

}  // namespace biasbench::bench::peers
