// Runs programs as users do. BENCH_FOLDER, a macro, is where they are.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "record/temporary_folder.h"

namespace biasbench::bench {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

inline std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// /proc's file `name` of a process; empty where the process is gone, or goes while it is read.
inline std::string ProcessFile(pid_t process, const std::string& name) {
  try {
    return ReadFile("/proc/" + std::to_string(process) + "/" + name);
  } catch (const std::ios_base::failure&) {  // the C++ library's word for ESRCH
    return {};
  }
}

// The processes of the program that serve a row with 1,000 hidden nodes.
inline std::vector<pid_t> RowProcesses(pid_t program) {
  std::istringstream children(
      ProcessFile(program, "task/" + std::to_string(program) + "/children"));
  std::vector<pid_t> processes;
  for (pid_t child = 0; children >> child;) {
    const std::string command = ProcessFile(child, "cmdline");
    if (command.find("\"hidden\":1000,") != std::string::npos) processes.push_back(child);
  }
  return processes;
}

inline std::size_t LinesOf(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// The number of processors that programs started here may run on.
inline int ProcessorsInMask() {
  cpu_set_t mask;
  return sched_getaffinity(0, sizeof(mask), &mask) == 0 ? CPU_COUNT(&mask) : 1;
}

class Programs : public testing::Test {
 protected:
  std::string File(const std::string& name) const { return folder_.path() / name; }
  nlohmann::json Results() const { return nlohmann::json::parse(ReadFile(File("out.json"))); }

  // Starts a program with what it prints going to these files: in a folder of the test, or by a
  // whole path.
  pid_t Start(const std::string& program, Arguments arguments,
              const std::string& stdout_name = "stdout",
              const std::string& stderr_name = "stderr") const {
    arguments.insert(arguments.begin(), (fs::path(BENCH_FOLDER) / program).string());
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string out = File(stdout_name);
    const std::string err = File(stderr_name);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kFlags, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), kFlags, 0600);
    pid_t process = -1;
    const int error =
        posix_spawn(&process, pointers[0], &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    // An exception, since −1 is every process to kill().
    if (error != 0) throw std::system_error(error, std::generic_category(), pointers[0]);
    return process;
  }

  static int Wait(pid_t process) {
    int status = 0;
    waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  int Run(const std::string& program, const Arguments& arguments) const {
    return Wait(Start(program, arguments));
  }
  // Runs a program with its rows going to "out.json".
  int Record(const std::string& program, Arguments arguments) const {
    arguments.push_back("--benchmark_out=" + File("out.json"));
    return Run(program, arguments);
  }
  std::string Output() const { return ReadFile(File("stdout")); }
  std::string Errors() const { return ReadFile(File("stderr")); }

 private:
  const record::TemporaryFolder folder_{"biasbench-programs"};
};

}  // namespace biasbench::bench
