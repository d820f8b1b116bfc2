// tools/rank_scaling: the cost of dividing a network among ranks, on one machine, with a network
// whose every message takes a given time.
//
// The ranks are threads of this process, so that the delay is all that their messages cost; with
// more ranks than processors they are time-sliced, and only processor time says what a rank does.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/program/flag_values.h"
#include "data/task.h"
#include "estimate/rank_estimate.h"
#include "network/network.h"
#include "network/step_exchange.h"
#include "ranks/threads_fixture.h"

namespace biasbench::tools {
namespace {

constexpr const char* kDescription =
    R"(Measures what dividing a network among ranks costs: each rank has the same number of hidden nodes
and one thread, takes training steps under `streaming`, and every message is delayed by a fixed time.

  build/release/tools/rank_scaling
  build/release/tools/rank_scaling --ranks=1,2,4 --delays=0,0.001 --hidden=2.5e5 --batch=16

Columns: processor time a step of the busiest rank; elapsed time a step; that time as estimate predicts it
from the processor time and the delay, and how far it is off; the share of the elapsed time that the mean
rank spends in exchange (waiting for the others included); messages and bytes that all ranks send in a
step, and the same by formula. Ranks beyond the processors take turns on them: elapsed time then grows
with their number, processor time and prediction do not.

Exit status: 0 messages and bytes are those of the formula; 1 they are not; 2 bad flags.)";

struct Arguments {
  std::string ranks = "1,2,4";
  std::string delays = "0,0.0001,0.001,0.01";
  std::string hidden = "250000";
  std::string batch = "64";
  std::string steps = "5";
};

struct Study {
  std::vector<std::int64_t> ranks;
  std::vector<double> delays_seconds;
  std::int64_t hidden;  // a rank's
  std::int64_t batch;
  std::int64_t steps;
};

Study Parse(const Arguments& arguments) {
  using bench::ParseCountFlag;
  Study study{.ranks = bench::ParseFlag("--ranks", arguments.ranks,
                                        [](std::string_view text) {
                                          return bench::ParseCounts(text, {1, 64});
                                        }),
              .delays_seconds = {},
              .hidden = ParseCountFlag("--hidden", arguments.hidden, {1, 100'000'000}),
              .batch = ParseCountFlag("--batch", arguments.batch, {1, 4096}),
              .steps = ParseCountFlag("--steps", arguments.steps, {1, 10'000})};
  for (const std::string& delay : bench::SplitList(arguments.delays)) {
    study.delays_seconds.push_back(
        delay == "0" ? 0 : bench::ParseFlag("--delays", delay, bench::ParseSeconds));
  }
  return study;
}

double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

schedule::Configuration Whole(const Study& study, int ranks) {
  return {
      .shape = {.inputs = 784, .hidden = study.hidden * ranks, .outputs = 10, .batch = study.batch},
      .strategy = bias::ParseSelection("learned"),
      .schedule = schedule::ScheduleKind::kStreaming,
      .place = {0, ranks}};
}

// Of all ranks: sums, but for the busiest one's processor time and the elapsed time.
struct Measured {
  double cpu_seconds = 0;
  double seconds = 0;
  double exchange_seconds = 0;
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

class Rank {
 public:
  Rank(const Study& study, ranks::Exchange& exchange)
      : study_(study), exchange_(exchange), order_(static_cast<std::size_t>(3 * study.batch)) {
    schedule::Configuration part = Whole(study, exchange.ranks());
    part.place.rank = exchange.rank();
    task_ = data::NoiseTask(784, 10, study.batch, 1, ledger_);
    for (std::size_t i = 0; i < order_.size(); ++i) {
      order_[i] = static_cast<std::int32_t>(static_cast<std::int64_t>(i) % study.batch);
    }
    network_.emplace(part, ledger_, &exchange);
  }

  Measured Run() {
    Step();  // makes the buffers
    const ranks::Traffic before = exchange_.traffic();
    const double cpu_start = ThreadSeconds();
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < study_.steps; ++i) Step();
    return {
        .cpu_seconds = ThreadSeconds() - cpu_start,
        .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
        .exchange_seconds = exchange_.traffic().seconds - before.seconds,
        .messages = exchange_.traffic().messages - before.messages,
        .bytes = exchange_.traffic().bytes - before.bytes};
  }

 private:
  void Step() {
    const std::span<const std::int32_t> order(order_);
    const auto batch = static_cast<std::size_t>(study_.batch);
    network_->Step(task_.train, order.first(batch), schedule::StepSettings(++step_, 1e-3),
                   order.subspan(batch));
  }

  const Study& study_;
  ranks::Exchange& exchange_;
  memory::Ledger ledger_;
  std::vector<std::int32_t> order_;
  data::Task task_;
  std::optional<network::Network> network_;
  std::int64_t step_ = 0;
};

Measured Measure(const Study& study, int ranks, double delay_seconds) {
  Measured all;
  std::mutex mutex;
  ranks::RunRanks(
      ranks,
      [&](ranks::Exchange& exchange) {
        const Measured one = Rank(study, exchange).Run();
        const std::lock_guard lock(mutex);
        all.cpu_seconds = std::max(all.cpu_seconds, one.cpu_seconds);
        all.seconds = std::max(all.seconds, one.seconds);
        all.exchange_seconds += one.exchange_seconds;
        all.messages += one.messages;
        all.bytes += one.bytes;
      },
      std::chrono::microseconds(static_cast<std::int64_t>(1e6 * delay_seconds)));
  return all;
}

schedule::Messages ByFormula(const Study& study, int ranks) {
  schedule::Messages sent;
  schedule::Configuration part = Whole(study, ranks);
  for (part.place.rank = 0; part.place.rank < ranks; ++part.place.rank) {
    sent = sent + network::SentInStep(part);
  }
  return sent;
}

double PredictedSeconds(const Study& study, int ranks, double delay_seconds,
                        double rank_step_seconds) {
  return RankEstimate(Whole(study, ranks),
                      {.message_seconds = delay_seconds,
                       .bytes_per_second = std::numeric_limits<double>::infinity(),
                       .rank_step_seconds = rank_step_seconds})
      .at("step_seconds");
}

int Run(const Study& study) {
  fmt::print("784 inputs, {} hidden nodes a rank, 10 outputs, batch {}, streaming; {} steps\n\n",
             study.hidden, study.batch, study.steps);
  fmt::print("{:>5} {:>8} {:>8} {:>8} {:>9} {:>8} {:>9} {:>8} {:>8} {:>9} {:>9}\n", "ranks",
             "delay ms", "cpu ms", "step ms", "predicted", "off by", "exchange", "messages",
             "formula", "bytes", "formula");
  bool is_as_predicted = true;
  for (const std::int64_t count : study.ranks) {
    const int ranks = static_cast<int>(count);
    const schedule::Messages formula = ByFormula(study, ranks);
    for (const double delay : study.delays_seconds) {
      const Measured measured = Measure(study, ranks, delay);
      const auto steps = static_cast<double>(study.steps);
      const double step_seconds = measured.seconds / steps;
      const double predicted = PredictedSeconds(study, ranks, delay, measured.cpu_seconds / steps);
      fmt::print(
          "{:>5} {:>8.1f} {:>8.2f} {:>8.2f} {:>9.2f} {:>+6.1f} % {:>7.1f} % {:>8} {:>8} {:>9} "
          "{:>9}\n",
          ranks, 1e3 * delay, 1e3 * measured.cpu_seconds / steps, 1e3 * step_seconds,
          1e3 * predicted, 100 * (predicted / step_seconds - 1),
          100 * measured.exchange_seconds / measured.seconds / ranks,
          measured.messages / study.steps, formula.count, measured.bytes / study.steps,
          formula.bytes);
      std::fflush(stdout);
      is_as_predicted = is_as_predicted && measured.messages == study.steps * formula.count &&
                        measured.bytes == study.steps * formula.bytes;
    }
  }
  return is_as_predicted ? 0 : 1;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(kDescription, "rank_scaling");
  app.add_option("--ranks", arguments.ranks, "numbers of ranks, 1 to 64 (1,2,4)");
  app.add_option("--delays", arguments.delays,
                 "seconds that each message takes (0,0.0001,0.001,0.01)");
  app.add_option("--hidden", arguments.hidden, "hidden nodes of each rank (250000)");
  app.add_option("--batch", arguments.batch, "samples of a step (64)");
  app.add_option("--steps", arguments.steps, "steps to time, after one (5)");
  return bench::RunWithFlags(app, argc, argv, [&] { return Run(Parse(arguments)); });
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) { return biasbench::tools::Main(argc, argv); }
