// Runs programs whose rows have ranks, and finds the processes that serve them.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "bench/program/programs_fixture.h"

namespace biasbench::bench {

class RankPrograms : public Programs {
 protected:
  // A seed of this test alone, by which its processes are known among others.
  std::string Seed() const { return std::to_string(getpid()); }

  // Every process that works for rows with this seed: launchers and ranks.
  std::vector<pid_t> Workers() const {
    const std::string mark = "\"seed\":" + Seed() + ",";
    std::vector<pid_t> workers;
    for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const pid_t process = std::stoi(name);
      if (ProcessFile(process, "cmdline").find(mark) != std::string::npos) {
        workers.push_back(process);
      }
    }
    return workers;
  }

  // Those of the workers that are ranks, in the order in which they were started.
  std::vector<pid_t> Ranks(const std::string& program) const {
    std::vector<pid_t> ranks;
    for (const pid_t process : Workers()) {
      const std::string command = ProcessFile(process, "cmdline");
      const bool is_rank = fs::path(command.c_str()).filename() == program;  // its first word
      const bool is_launcher = command.find("\"command\"") != std::string::npos;
      if (is_rank && !is_launcher) ranks.push_back(process);
    }
    std::ranges::sort(ranks);
    return ranks;
  }

  // True once `is_true` is; false after a time that only what hangs takes.
  static bool Await(const std::function<bool()>& is_true) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!is_true()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  bool AwaitNoWorkers() const {
    return Await([&] { return Workers().empty(); });
  }

  // Writes a launcher that starts rank 1 in another way; `change` is bash that changes its words,
  // `other`, whose last three are the program, a flag and the instance's argument.
  std::string WriteLauncher(const std::string& change) const {
    const std::string path = File("launcher");
    std::ofstream(path) << "#!/bin/bash\nshift 2\nother=(\"$@\")\n"
                        << change << "\nexec mpirun -n 1 \"$@\" : -n 1 \"${other[@]}\"\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
};

}  // namespace biasbench::bench
