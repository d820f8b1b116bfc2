#include "bench/instance/instance_process.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "bench/instance/instance.h"
#include "bench/instance/instance_serving.h"
#include "bench/instance/openmp_environment.h"
#include "machine/processors.h"

namespace biasbench::bench {
namespace {

void Check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// Starts `program` with its standard input and output on `socket` and, unless that is -1, its
// standard error on `errors`.
pid_t Spawn(std::string program, std::string argument, std::vector<std::string> environment,
            int socket, int errors) {
  posix_spawn_file_actions_t actions;
  Check(posix_spawn_file_actions_init(&actions), "posix_spawn");
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  if (errors >= 0) posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
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
  Start(program, argument, InstanceEnvironment(argument.value("omp_threads", 1)));
}

InstanceProcess::InstanceProcess(const nlohmann::json& argument, const RankLauncher& launcher) {
  const std::string program = "/proc/self/exe";
  const int ranks = argument.value("ranks", 1);
  const int threads = argument.value("omp_threads", 1);
  if (ranks == 1) {
    Start(program, argument, InstanceEnvironment(threads));
    return;
  }
  launcher_ = launcher.Name();
  errors_ = memfd_create("errors", MFD_CLOEXEC);
  if (errors_ < 0) Check(errno, "memfd_create");
  const std::int64_t threads_here = threads * (launcher.IsLocal() ? std::int64_t{ranks} : 1);
  const std::vector<std::string> environment =
      InstanceEnvironment(static_cast<int>(std::min<std::int64_t>(threads_here, INT_MAX)));
  const std::vector<std::string> command = LaunchCommand(
      launcher, ranks, environment,
      {std::filesystem::read_symlink(program), std::string(kInstanceArgument), argument.dump()});
  Start(program, {{kRoleKey, kLaunchRole}, {"command", command}},
        LaunchEnvironment(launcher, environment));
}

void InstanceProcess::Start(const std::string& program, const nlohmann::json& argument,
                            const std::vector<std::string>& environment) {
  std::array<int, 2> sockets{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    Check(errno, "socketpair");
  }
  channel_ = std::make_unique<LineChannel>(sockets[0]);
  const LineChannel childs_end(sockets[1]);  // closed here once the child has it
  machine::RestoreStartMask();
  process_ = Spawn(program, argument.dump(), environment, sockets[1], errors_);
}

InstanceProcess::~InstanceProcess() {
  channel_.reset();  // the end of its input
  if (process_ > 0) Wait();
  if (errors_ >= 0) close(errors_);
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
  if (!launcher_.empty()) ThrowRanksEnd(status);
  if (WIFSIGNALED(status)) {
    throw InstanceKilled(
        fmt::format("the instance was killed by SIG{}", sigabbrev_np(WTERMSIG(status))));
  }
  throw InstanceError(fmt::format("the instance ended with status {}", WEXITSTATUS(status)));
}

// Launchers report a rank's signal as shells do, by an exit status above 128.
void InstanceProcess::ThrowRanksEnd(int status) const {
  constexpr int kSignalled = 128;
  if (WIFSIGNALED(status)) {
    throw InstanceKilled(
        fmt::format("{} was killed by SIG{}", launcher_, sigabbrev_np(WTERMSIG(status))));
  }
  const int code = WEXITSTATUS(status);
  const char* const signal = code > kSignalled ? sigabbrev_np(code - kSignalled) : nullptr;
  if (signal != nullptr) throw InstanceKilled(fmt::format("a rank was killed by SIG{}", signal));
  std::string errors(1 << 16, '\0');
  const ssize_t size = pread(errors_, errors.data(), errors.size(), 0);
  errors.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const std::string reason = ReasonIn(errors);
  if (!reason.empty()) throw InstanceError(fmt::format("{}: {}", launcher_, reason));
  throw InstanceError(fmt::format("{} ended with status {}", launcher_, code));
}

nlohmann::json InstanceProcess::Ask(const nlohmann::json& request, const OnProgress& on_progress) {
  channel_->Send(request);  // if nobody listens any more, Receive finds out why
  return Receive(on_progress);
}

}  // namespace biasbench::bench
