#include "bench/instance/instance_process.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <vector>

#include "bench/instance/instance_serving.h"
#include "bench/instance/openmp_environment.h"
#include "machine/processors.h"

namespace biasbench::bench {
namespace {

void Check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// Starts `program` with its standard input and output on `socket`.
pid_t Spawn(std::string program, std::string argument, std::vector<std::string> environment,
            int socket) {
  posix_spawn_file_actions_t actions;
  Check(posix_spawn_file_actions_init(&actions), "posix_spawn");
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  std::string flag(kInstanceArgument);
  std::array<char*, 4> arguments = {program.data(), flag.data(), argument.data(), nullptr};
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  pid_t process = -1;
  const int error =
      posix_spawn(&process, program.c_str(), &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  Check(error, "cannot start the instance's process");
  return process;
}

}  // namespace

InstanceProcess::InstanceProcess(const nlohmann::json& argument, const std::string& program) {
  std::array<int, 2> sockets{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    Check(errno, "socketpair");
  }
  channel_ = std::make_unique<LineChannel>(sockets[0]);
  const LineChannel childs_end(sockets[1]);  // closed here once the child has it
  machine::RestoreStartMask();
  const int threads = argument.value("omp_threads", 1);
  process_ = Spawn(program, argument.dump(), InstanceEnvironment(threads), sockets[1]);
}

InstanceProcess::~InstanceProcess() {
  channel_.reset();  // the end of its input
  if (process_ > 0) Wait();
}

int InstanceProcess::Wait() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status;
}

nlohmann::json InstanceProcess::Receive(const OnProgress& on_progress) {
  while (auto answer = channel_->Receive([&] { on_progress(nullptr); })) {
    if (answer->contains("error")) throw InstanceError((*answer)["error"].get<std::string>());
    if (!answer->contains("progress")) return *answer;
    on_progress((*answer)["progress"]);
  }
  if (process_ < 0) throw InstanceError("the instance's process has ended");
  const int status = Wait();
  if (WIFSIGNALED(status)) {
    throw InstanceKilled(
        fmt::format("the instance was killed by SIG{}", sigabbrev_np(WTERMSIG(status))));
  }
  throw InstanceError(fmt::format("the instance ended with status {}", WEXITSTATUS(status)));
}

nlohmann::json InstanceProcess::Ask(const nlohmann::json& request, const OnProgress& on_progress) {
  channel_->Send(request);  // if nobody listens any more, Receive finds out why
  return Receive(on_progress);
}

}  // namespace biasbench::bench
