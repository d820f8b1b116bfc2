#include "bench/peers/peers_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/peers/peer_list.h"
#include "record/statistics.h"

namespace biasbench::bench::peers {
namespace {

using nlohmann::json;

// Inputs and batch.
using Setting = std::pair<std::int64_t, std::int64_t>;

// The repetitions of one peer at one setting.
struct Line {
  std::string peer;
  Setting setting = {};
  std::vector<double> samples_per_second = {};
  std::int64_t peak_bytes = 0;  // 0: the kernel did not say
  std::string refusal = {};     // of one that was not measured

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
    const Setting setting = {row.at("inputs"), row.at("batch")};
    auto line = std::ranges::find_if(
        lines, [&](const Line& any) { return any.peer == peer && any.setting == setting; });
    if (line == lines.end()) {
      line = lines.insert(lines.end(), {.peer = peer, .setting = setting});
    }
    if (row.at("status") != "ok") {
      line->refusal = row.at("error_message");
      continue;
    }
    line->samples_per_second.push_back(row.at("items_per_second"));
    const json& peak_bytes = row.at("peak_rss_bytes");
    if (peak_bytes.is_null()) continue;
    line->peak_bytes = std::max<std::int64_t>(line->peak_bytes, peak_bytes);
  }
  std::ranges::stable_sort(lines, std::ranges::greater(), &Line::setting);
  return lines;
}

// The best median of each setting among the peers that are not ours.
std::map<Setting, double> BestOfOthers(const std::vector<Line>& lines) {
  std::map<Setting, double> best;
  for (const Line& line : lines) {
    if (!line.is_measured() || IsOurs(line.peer)) continue;
    double& most = best[line.setting];
    most = std::max(most, line.median());
  }
  return best;
}

}  // namespace

std::string TableOf(const json& rows) {
  const std::vector<Line> lines = Lines(rows);
  const std::map<Setting, double> best = BestOfOthers(lines);
  std::string table =
      fmt::format("{:<21} {:>6} {:>6} {:>11}  {:^19} {:>9} {:>8}\n", "peer", "inputs", "batch",
                  "samples/s", "least - most", "peak MiB", "to best");
  for (const Line& line : lines) {
    const auto& [inputs, batch] = line.setting;
    table += fmt::format("{:<21} {:>6} {:>6} ", line.peer, inputs, batch);
    if (!line.is_measured()) {
      table += line.refusal + "\n";
      continue;
    }
    const auto [least, most] = std::ranges::minmax(line.samples_per_second);
    const std::string ratio = best.contains(line.setting)
                                  ? fmt::format("{:.2f}", line.median() / best.at(line.setting))
                                  : "-";
    const double mebibytes = static_cast<double>(line.peak_bytes) / (1 << 20);
    table += fmt::format("{:>11.4g}  {:>8.4g} - {:<8.4g} {:>9} {:>8}\n", line.median(), least, most,
                         mebibytes > 0 ? fmt::format("{:.1f}", mebibytes) : "-", ratio);
  }
  return table +
         "(to best: relative to the best peer of these inputs and batch that is not ours)\n";
}

}  // namespace biasbench::bench::peers
