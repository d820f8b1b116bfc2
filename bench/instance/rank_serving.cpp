#include "bench/instance/rank_serving.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>

#include "bench/instance/memory_check.h"
#include "bench/instance/openmp_environment.h"
#include "bench/instance/rank_messages.h"
#include "kernel/denormals.h"
#include "machine/digest.h"
#include "machine/memory_limits.h"
#include "setting/description.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// The first key on which the arguments differ, with both values.
std::string Difference(const json& own, const json& other) {
  for (const auto& [key, value] : other.items()) {
    const json mine = own.value(key, json());
    if (mine != value) return fmt::format("{} {}, not {}", key, mine.dump(), value.dump());
  }
  return "further keys";
}

// Throws unless all ranks are of the same program and have the same argument.
void CheckSameWork(const json& argument, ranks::Exchange& exchange) {
  const int expected = argument.at("ranks");
  if (exchange.ranks() != expected) {
    throw std::runtime_error(
        fmt::format("MPI knows of {} rank{}, not {}: is the launcher of the MPI that this program "
                    "was built with?",
                    exchange.ranks(), exchange.ranks() == 1 ? "" : "s", expected));
  }
  const json own = {{"program", machine::Sha256OfFile("/proc/self/exe")}, {"argument", argument}};
  const json first = ShareJson(own, exchange);
  if (own.at("program") != first.at("program")) {
    throw std::runtime_error("its program is of another build than rank 0's");
  }
  if (own != first) {
    throw std::runtime_error(fmt::format("its argument differs from rank 0's: {}",
                                         Difference(own.at("argument"), first.at("argument"))));
  }
}

void SendOutputNowhere() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  close(nowhere);
}

// Sleeping ranks leave their processor to those that they wait for.
void ChooseWaiting(const ranks::Neighbours& neighbours, int threads, ranks::MpiExchange& exchange) {
  const bool share = std::int64_t{neighbours.ranks} * threads > neighbours.processors;
  if (share || ThreadsSleep()) exchange.SleepWhileWaiting();
}

// Throws if this machine lacks memory for the parts of its ranks. (The program that starts ranks
// knows of its own machine alone.)
void CheckRoom(const setting::Setting& configuration, const ranks::Neighbours& neighbours,
               std::int64_t available_bytes) {
  const std::int64_t bytes = PredictedFootprint(configuration).peak_bytes();
  if (bytes <= available_bytes / neighbours.ranks) return;
  constexpr double kGibibyte = 1 << 30;
  std::array<char, HOST_NAME_MAX + 1> host{};
  gethostname(host.data(), host.size() - 1);
  throw std::runtime_error(
      fmt::format("{} needs {:.2f} GiB for {} ranks, {:.2f} GiB available", host.data(),
                  static_cast<double>(bytes) * neighbours.ranks / kGibibyte, neighbours.ranks,
                  static_cast<double>(available_bytes) / kGibibyte));
}

void PrepareRank(const json& argument, ranks::MpiExchange& exchange) {
  CheckSameWork(argument, exchange);
  setting::Setting configuration = setting::FromJson(argument);
  configuration.network.place.rank = exchange.rank();
  // Before the ranks are counted, since none has passed that before all have looked.
  const std::int64_t available_bytes = machine::AvailableMemory().bytes;
  const ranks::Neighbours neighbours = exchange.CountNeighbours();
  CheckRoom(configuration, neighbours, available_bytes);
  ChooseWaiting(neighbours, configuration.network.threads, exchange);
}

}  // namespace

int ServeRank(std::string_view argument, const std::function<void(const json&, Requests&)>& serve) {
  // Rank processes end with what the launcher started them by.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  const kernel::FlushDenormals flush;
  ranks::MpiExchange exchange;
  std::optional<LineChannel> channel;
  if (exchange.rank() == 0) {
    channel.emplace(STDIN_FILENO, STDOUT_FILENO);
  } else {
    SendOutputNowhere();
  }
  try {
    const json parsed = json::parse(argument);
    PrepareRank(parsed, exchange);
    Requests requests(channel ? &*channel : nullptr, &exchange);
    serve(parsed, requests);
    return 0;
  } catch (const std::exception& error) {
    if (channel) {
      // The answer goes through the launcher, which drops what it has not passed on when ranks are
      // aborted.
      channel->Send({{"error", error.what()}});
      channel->AwaitEnd(std::chrono::seconds(2));
    }
    exchange.Abort(error.what());
  }
}

}  // namespace biasbench::bench
