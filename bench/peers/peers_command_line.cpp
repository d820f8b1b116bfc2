#include "bench/peers/peers_command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bench/program/flag_values.h"

namespace biasbench::bench::peers {
namespace {

constexpr CountRange kExtents{1, INT32_MAX};  // BLAS counts in 32 bits
constexpr CountRange kRepetitions{1, 1000};

// The values of the flags as they were typed.
struct Typed {
  std::string peers = "all";
  std::string inputs = "784";
  std::string hidden = "1e6";
  std::string outputs = "10";
  std::string batch = "64,16,1";
  std::string threads;
  std::string seed = "1";
  std::string repetitions = "8";
  std::string min_time = "1";
  std::string check_hidden = "1e4";
  bool list = false;
};

constexpr std::string_view kFooter =
    "Build and run, in the project's folder:\n"
    "  tools/setup --peers\n"
    "  cmake --preset release -DBIASBENCH_PEERS=ON && cmake --build --preset release\n"
    "  build/release/bench/peers/peers --out=peers.json\n"
    "  build/release/bench/peers/peers --inputs=64 --batch=64 --out=peers.json --resume\n"
    "Every peer starts from the same parameters and must show our loss after ten steps before its\n"
    "time counts. Each measurement is a process of its own: build, one step to warm up, then "
    "timed\n"
    "steps; repetitions take turns over all peers. OPENBLAS_CORETYPE and BLIS_ARCH_TYPE are set "
    "to\n"
    "this processor's instruction set unless they are set already. Nothing else should run\n"
    "meanwhile: threads of these libraries spin while they wait, and starve on shared cores.\n"
    "Exit status: 0 all rows measured; 1 a row failed; 2 wrong flags, or nothing fits.";

void AddFlags(Typed& typed, PeersCommandLine& line, CLI::App& app) {
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)
        ->type_name(kind)
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  };
  add("--peers", typed.peers, "LIST", "peers, or all that are built (default: all)");
  add("--inputs", typed.inputs, "N", "inputs (default: 784)");
  add("--hidden", typed.hidden, "N", "hidden nodes (default: 1e6)");
  add("--outputs", typed.outputs, "N", "outputs (default: 10)");
  add("--batch", typed.batch, "LIST", "samples of a step (default: 64,16,1)");
  add("--threads", typed.threads, "N", "default: the processors available");
  add("--seed", typed.seed, "N", "seed of initial values and noise (default: 1)");
  add("--repetitions", typed.repetitions, "N", "measurements of each row (default: 8)");
  add("--min-time", typed.min_time, "SECONDS",
      "the least duration of the timed steps (default: 1)");
  add("--check-hidden", typed.check_hidden, "N",
      "hidden nodes at which losses are compared (default: 1e4)");
  add("--out", line.out, "FILE", "write the rows as JSON, after each row, never half a file");
  app.add_flag("--resume", line.resume,
               "keep the rows that the --out file holds, measure the rest");
  app.add_flag("--list", typed.list, "list the peers");
}

// Each batch once, in the order given.
std::vector<std::int64_t> Batches(const std::string& list) {
  std::vector<std::int64_t> batches;
  for (const std::int64_t batch : ParseCounts(list, kExtents)) {
    if (std::ranges::find(batches, batch) == batches.end()) batches.push_back(batch);
  }
  return batches;
}

void Interpret(const Typed& typed, PeersCommandLine& line) {
  line.peers = ParseFlag("--peers", typed.peers, ParsePeers);
  line.batches = ParseFlag("--batch", typed.batch, Batches);
  line.setting.shape = {.inputs = ParseCountFlag("--inputs", typed.inputs, kExtents),
                        .hidden = ParseCountFlag("--hidden", typed.hidden, kExtents),
                        .outputs = ParseCountFlag("--outputs", typed.outputs, kExtents)};
  line.setting.threads =
      typed.threads.empty()
          ? AvailableProcessors()
          : static_cast<int>(ParseCountFlag("--threads", typed.threads, kThreads));
  line.setting.seed = static_cast<random::Seed>(ParseCountFlag("--seed", typed.seed, kSeeds));
  line.repetitions = ParseCountFlag("--repetitions", typed.repetitions, kRepetitions);
  line.min_seconds = ParseFlag("--min-time", typed.min_time, ParsePositive);
  line.check_hidden = ParseCountFlag("--check-hidden", typed.check_hidden, kExtents);
  if (line.resume && line.out.empty()) {
    throw std::invalid_argument("--resume: needs --out, the file to resume");
  }
}

}  // namespace

std::string PeersCommandLine::RepeatFlags(const PeerSetting& row) const {
  const schedule::Shape& shape = row.shape;
  return fmt::format(
      "--peers={} --inputs={} --hidden={} --outputs={} --batch={} --threads={} --seed={} "
      "--repetitions={} --min-time={} --check-hidden={}",
      row.peer, shape.inputs, shape.hidden, shape.outputs, shape.batch, row.threads, row.seed,
      repetitions, min_seconds, check_hidden);
}

PeersCommandLine ParsePeersCommandLine(std::vector<std::string> arguments) {
  PeersCommandLine line;
  Typed typed;
  CLI::App app{"Measures the same training step with other libraries and with our schedules.",
               "peers"};
  app.set_help_flag("--help,-h", "this text");
  app.footer(std::string(kFooter));
  AddFlags(typed, line, app);
  line.answer = ParseOrAnswer(app, std::move(arguments));
  if (!line.answer.empty()) return line;
  if (typed.list) {
    line.answer = ListOfPeers();
  } else {
    Interpret(typed, line);
  }
  return line;
}

}  // namespace biasbench::bench::peers
