#include "bench/instance/rank_launch.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "text/excerpt.h"

namespace biasbench::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSlurms = "srun";

bool IsProgram(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

bool IsOnPath(const std::string& program) {
  if (program.find('/') != std::string::npos) return IsProgram(program);
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (IsProgram(fs::path(folder) / program)) return true;
  }
  return false;
}

bool IsOpenMps(std::string_view variable) {
  return variable.starts_with("OMP_") || variable.starts_with("GOMP_");
}

void AddUnlessSet(std::vector<std::string>& environment, std::string_view variable) {
  const std::string_view name = variable.substr(0, variable.find('=') + 1);
  const auto is_set = [&](const std::string& other) { return other.starts_with(name); };
  if (std::ranges::none_of(environment, is_set)) environment.emplace_back(variable);
}

// The line's text; empty for rules and the names of programs that frame messages.
std::string_view Trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r-");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r-") + 1 - begin);
}

}  // namespace

std::string RankLauncher::Name() const { return fs::path(program).filename(); }

bool RankLauncher::IsLocal() const { return hostfile.empty() && Name() != kSlurms; }

void CheckLauncher(const RankLauncher& launcher) {
  if (!IsOnPath(launcher.program)) {
    throw std::invalid_argument(
        fmt::format("--mpi_launcher: there is no program '{}'; expected mpirun, mpiexec, srun or "
                    "another that starts MPI's processes",
                    text::Excerpt(launcher.program)));
  }
  if (launcher.hostfile.empty()) return;
  if (launcher.Name() == kSlurms) {
    throw std::invalid_argument("--hostfile: not with srun, which takes its hosts from Slurm");
  }
  std::error_code error;
  if (!fs::is_regular_file(launcher.hostfile, error) || !std::ifstream(launcher.hostfile)) {
    throw std::invalid_argument(
        fmt::format("--hostfile: cannot read '{}'; expected a file of hosts, one a line",
                    text::Excerpt(launcher.hostfile)));
  }
}

std::vector<std::string> LaunchCommand(const RankLauncher& launcher, int ranks,
                                       const std::vector<std::string>& environment,
                                       const std::vector<std::string>& command) {
  std::vector<std::string> all = {launcher.program, "-n", std::to_string(ranks)};
  if (launcher.Name() == kSlurms) {
    // It would give its input to all ranks, and let them go on without one that was killed.
    all.insert(all.end(), {"--input=0", "--kill-on-bad-exit=1"});
  }
  if (!launcher.hostfile.empty()) all.insert(all.end(), {"--hostfile", launcher.hostfile});
  all.emplace_back("env");
  std::ranges::copy_if(environment, std::back_inserter(all), IsOpenMps);
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

std::vector<std::string> LaunchEnvironment(const RankLauncher& launcher,
                                           std::vector<std::string> environment) {
  // Open MPI 4's names and, since 5, PRRTE's.
  AddUnlessSet(environment, "OMPI_MCA_hwloc_base_binding_policy=none");
  AddUnlessSet(environment, "PRTE_MCA_hwloc_default_binding_policy=none");
  if (launcher.IsLocal()) {
    AddUnlessSet(environment, "OMPI_MCA_rmaps_base_oversubscribe=1");
    AddUnlessSet(environment, "PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe");
  }
  if (geteuid() == 0) {
    for (const char* const prefix : {"OMPI", "PRTE"}) {
      AddUnlessSet(environment, fmt::format("{}_ALLOW_RUN_AS_ROOT=1", prefix));
      AddUnlessSet(environment, fmt::format("{}_ALLOW_RUN_AS_ROOT_CONFIRM=1", prefix));
    }
  }
  return environment;
}

std::string ReasonIn(std::string_view errors) {
  constexpr std::size_t kLongest = 300;
  std::istringstream lines{std::string(errors)};
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view text = Trimmed(line);
    // A rank's own line says more than the launcher's about it.
    if (text.starts_with("rank ") && text.find(" of ") < text.find(": ")) return std::string(text);
    if (text.empty() || all.size() > kLongest) continue;
    all += (all.empty() ? "" : " ") + std::string(text);
  }
  return all.size() > kLongest ? all.substr(0, kLongest) + "…" : all;
}

std::string BecomeLauncher(std::vector<std::string> command) {
  // Launchers end their ranks at this signal, here and on other hosts, and survive exec with it.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  return fmt::format("cannot start {}: {}", command.front(), std::strerror(errno));
}

}  // namespace biasbench::bench
