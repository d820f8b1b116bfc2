#include "bench/program/rank_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>
#include <string>

#include "bench/program/axis_flags.h"
#include "ranks/mpi_exchange.h"

namespace biasbench::bench {

void AddRankFlags(RankLauncher& launcher, CLI::App& app) {
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)
        ->type_name(kind)
        ->group(kWhatToRun)
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  };
  add("--hostfile", launcher.hostfile, "FILE",
      "hosts of the ranks, as the launcher reads them (default: all on this machine)");
  add("--mpi_launcher", launcher.program, "PROGRAM",
      "program that starts ranks: mpirun, mpiexec, srun (default: mpirun)");
}

void CheckRanks(CommandLine& line) {
  const RankLauncher usual;
  const auto has_ranks = [](const setting::Setting& row) { return row.network.place.ranks > 1; };
  if (std::ranges::none_of(line.configurations, has_ranks)) {
    if (!line.launcher.hostfile.empty()) {
      throw std::invalid_argument("--hostfile: only for --ranks above 1");
    }
    return;
  }
  if (!ranks::HasMpi()) {
    throw std::invalid_argument(
        "--ranks: this program was built without MPI; expected 1, or build with tools/setup --mpi "
        "and cmake -DBIASBENCH_MPI=ON");
  }
  CheckLauncher(line.launcher);
  const auto keep = [&](const char* flag, const std::string& value, const std::string& by_default) {
    if (value != by_default) line.launcher_flags.push_back(fmt::format("{}={}", flag, value));
  };
  keep("--hostfile", line.launcher.hostfile, usual.hostfile);
  keep("--mpi_launcher", line.launcher.program, usual.program);
}

}  // namespace biasbench::bench
