// The measured process, as the program that starts it sees it.
//
// Every instance runs in a process of its own, so that no measurement inherits another's memory.
// The program itself never starts OpenMP nor makes a network. Instances have the mask of processors
// that the program was started with; see openmp_environment.h for the rest of what decides how
// their threads run.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/instance/line_channel.h"
#include "bench/instance/rank_launch.h"

namespace biasbench::bench {

// The instance's own error, in one line.
class InstanceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A signal ended the process, or a rank; what() names it.
class InstanceKilled : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class InstanceProcess {
 public:
  // Starts `program`, by default this one again; `argument` is described in instance.h. Throws
  // std::system_error if nothing can be started.
  explicit InstanceProcess(const nlohmann::json& argument,
                           const std::string& program = "/proc/self/exe");
  // Starts the argument's `ranks` of this program; one without a launcher.
  InstanceProcess(const nlohmann::json& argument, const RankLauncher& launcher);
  InstanceProcess(const InstanceProcess&) = delete;
  InstanceProcess& operator=(const InstanceProcess&) = delete;
  // Kills the process and waits until it is gone, so that its memory is free again.
  ~InstanceProcess();

  // Called with each report of progress, and with null about ten times a second.
  using OnProgress = std::function<void(const nlohmann::json&)>;
  // The next answer. Throws InstanceError, InstanceKilled.
  nlohmann::json Receive(const OnProgress& on_progress = [](const nlohmann::json&) {});
  nlohmann::json Ask(
      const nlohmann::json& request, const OnProgress& on_progress = [](const nlohmann::json&) {});

 private:
  void Start(const std::string& program, const nlohmann::json& argument,
             const std::vector<std::string>& environment);
  int Wait();  // the status of waitpid
  [[noreturn]] void ThrowRanksEnd(int status) const;

  std::unique_ptr<LineChannel> channel_;
  std::string launcher_;  // its name; empty: a process alone
  // Of launcher and ranks, which write pages; a file in memory, since nobody reads while they run.
  int errors_ = -1;
  pid_t process_ = -1;
};

}  // namespace biasbench::bench
