#include "bench/program/rank_figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/instance/memory_check.h"
#include "bench/instance/team_facts.h"
#include "ranks/mpi_exchange.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

setting::Setting OfRank(setting::Setting configuration, std::size_t rank) {
  configuration.network.place.rank = static_cast<int>(rank);
  return configuration;
}

// The memory of a rank beyond its part of the network, what processes share with files left out: 12
// MiB by Open MPI 4.1 for 2 ranks, 8 of them to exchange messages in.
constexpr double kRankBytes = 16 << 20;

}  // namespace

std::vector<json> ReportsOf(const json& report) {
  if (report.contains("ranks")) return report.at("ranks");
  return {report};
}

MemoryFigures CheckAllMemory(const setting::Setting& configuration, const json& report,
                             const std::optional<std::vector<std::int64_t>>& floor_bytes) {
  const std::vector<json> reports = ReportsOf(report);
  MemoryFigures figures;
  json peaks = json::array();
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    std::optional<std::int64_t> floor;
    if (floor_bytes) floor = floor_bytes->at(rank);
    MemoryFigures of_rank = CheckMemory(OfRank(configuration, rank), reports[rank], floor);
    if (of_rank.disagreement && !figures.disagreement) {
      figures.disagreement = of_rank.disagreement;
      if (reports.size() > 1) {
        figures.disagreement =
            ranks::RankPrefix(static_cast<int>(rank), static_cast<int>(reports.size())) +
            *of_rank.disagreement;
      }
    }
    peaks.push_back(of_rank.keys.at("tracked_peak_bytes"));
    if (!figures.keys.empty() && peaks.back() <= figures.keys["tracked_peak_bytes"]) continue;
    figures.keys = std::move(of_rank.keys);
    if (floor && reports.size() > 1) figures.keys["rank_floor_bytes"] = *floor;
  }
  if (reports.size() > 1) figures.keys["rank_peak_bytes"] = peaks;
  return figures;
}

bool ShareProcessors(const setting::Setting& configuration, const json& report) {
  const std::vector<json> reports = ReportsOf(report);
  return reports.size() > 1 && std::ranges::any_of(reports, [&](const json& of_rank) {
           const json& neighbours = of_rank.at("neighbours");
           const std::int64_t ranks = neighbours.at("ranks");
           return ranks * configuration.network.threads > neighbours.at("processors");
         });
}

std::optional<std::string> FindAnyTeamFault(const setting::Setting& configuration,
                                            const json& report, bool side_by_side) {
  const bool is_alone = !ShareProcessors(configuration, report);
  for (const json& of_rank : ReportsOf(report)) {
    const auto fault =
        FindTeamFault(of_rank.at("team"), configuration.network.threads, side_by_side && is_alone);
    if (fault) return fault;
  }
  return std::nullopt;
}

json JoinRanks(json& answer, std::int64_t count) {
  if (!answer.contains("ranks")) return json::object();
  json cpu_seconds = json::array();
  double all_cpu_seconds = 0;
  std::int64_t unwritten_rows = 0;
  json most = {{"messages", 0}, {"bytes", 0}, {"seconds", 0.0}};
  for (const json& of_rank : answer["ranks"]) {
    const double own = of_rank.at("cpu_seconds");
    cpu_seconds.push_back(own / static_cast<double>(count));
    all_cpu_seconds += own;
    unwritten_rows += of_rank.value("unwritten_rows", std::int64_t{0});
    const json traffic = of_rank.value("exchange", json::object());
    for (const auto& [key, value] : traffic.items()) most[key] = std::max(most[key], value);
  }
  answer["cpu_seconds"] = all_cpu_seconds;
  json keys = {{"rank_cpu_seconds", cpu_seconds}};
  if (!answer.contains("exchange")) return keys;
  answer["unwritten_rows"] = unwritten_rows;
  for (const auto& [key, value] : most.items()) {
    keys[fmt::format("exchange_{}_per_step", key)] =
        value.get<double>() / static_cast<double>(count);
  }
  return keys;
}

double NeededBytes(const setting::Setting& configuration, std::int64_t dataset_bytes,
                   int ranks_here) {
  double needed = 0;
  for (int rank = 0; rank < ranks_here; ++rank) {
    const setting::Setting of_rank = OfRank(configuration, static_cast<std::size_t>(rank));
    needed += static_cast<double>(dataset_bytes) +
              static_cast<double>(PredictedFootprint(of_rank).peak_bytes());
  }
  if (configuration.network.place.ranks > 1) needed += kRankBytes * ranks_here;
  return needed;
}

}  // namespace biasbench::bench
