#include "bench/instance/team_facts.h"

#include <fmt/format.h>

#include "bench/instance/openmp_environment.h"
#include "machine/processors.h"

namespace biasbench::bench {

nlohmann::json TeamFacts(int threads) {
  const machine::Team team = machine::CountTeam(threads);
  return {{"threads_ran", team.threads},
          {"processors_allowed", team.processors},
          {"thread_wait", ThreadsSleep() ? "sleep" : "spin"}};
}

std::optional<std::string> FindTeamFault(const nlohmann::json& facts, int threads,
                                         bool side_by_side) {
  if (facts.at("threads_ran") != threads) {
    return fmt::format("threads: {} ran, {} were asked for", facts.at("threads_ran").dump(),
                       threads);
  }
  const double processors = facts.at("processors_allowed");
  if (!side_by_side || processors >= threads) return std::nullopt;
  return fmt::format(
      "threads: {} cannot run side by side on {} processor{} (affinity mask or CPU "
      "quota); choose fewer by --threads",
      threads, processors, processors == 1 ? "" : "s");
}

}  // namespace biasbench::bench
