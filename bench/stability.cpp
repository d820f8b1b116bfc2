// stability: the largest stable learning rate of a bias strategy, and its final loss at its own
// best rate rather than at a common one, which would confuse stability with capacity.
//
// Bounds: a dozen whole trainings a row, each from the same initial values.
#include <fmt/format.h>

#include <limits>

#include "bench/program/program.h"
#include "bench/program/rate_search.h"

namespace biasbench::bench {
namespace {

Trial TrainAt(double rate, Row& row, Times& times) {
  const nlohmann::json result =
      row.Ask({{"train", true}, {"learning_rate", rate}}, fmt::format("rate {:.4g}, epochs", rate));
  times.seconds += result.at("seconds").get<double>();
  times.cpu_seconds += result.at("cpu_seconds").get<double>();
  const double loss = NumberOrNan(result.at("train").at("loss"));
  return {.rate = rate,
          .loss = loss,
          .is_stable =
              !result.at("diverged").get<bool>() && loss <= NumberOrNan(result.at("initial_loss"))};
}

Times Measure(Row& row) {
  Times times;
  const RateSearch search = SearchRates(row.configuration.training.value().learning_rate,
                                        [&](double rate) { return TrainAt(rate, row, times); });
  row.keys["trials"] = search.trials.size();
  const Trial& at_common_rate = search.trials.front();
  row.keys["train_loss"] =
      at_common_rate.is_stable ? at_common_rate.loss : std::numeric_limits<double>::quiet_NaN();
  if (search.largest_stable) row.keys["largest_stable_rate"] = *search.largest_stable;
  if (search.smallest_unstable) row.keys["smallest_unstable_rate"] = *search.smallest_unstable;
  if (search.best) {
    row.keys["best_rate"] = search.best->rate;
    row.keys["best_train_loss"] = search.best->loss;
  }
  return times;
}

constexpr std::string_view kColumns[] = {"largest_stable_rate", "best_rate", "train_loss",
                                         "best_train_loss", "trials"};

constexpr setting::Default kDefaults[] = {{"schedule", "recompute"}};

Program MakeProgram() {
  return {
      .description = {.name = "stability",
                      .summary = "Finds each bias strategy's largest stable learning rate (a "
                                 "training that does not diverge and ends no higher than it "
                                 "began), by doubling, halving and bisection from "
                                 "--learning_rate, and the best of the rates tried.",
                      .examples = "  stability --strategies=all --hidden=1000 --seeds=1,2,3\n"
                                  "  stability --task=digits --hidden=1e4 "
                                  "--benchmark_out=stability.json\n",
                      .defaults = kDefaults,
                      .trains_on_tasks = true},
      .measuring = {.measure = [](Row& row, std::int64_t /*iterations*/) { return Measure(row); },
                    .columns = kColumns},
      .iterations = 1};
}

}  // namespace
}  // namespace biasbench::bench

int main(int argc, char** argv) {
  return biasbench::bench::RunProgram(biasbench::bench::MakeProgram(), argc, argv);
}
