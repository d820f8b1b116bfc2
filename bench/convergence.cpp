// convergence: the outcome of training under a bias strategy.
//
// Bounds: a whole training of a fixed number of epochs, with the same bits for any number of
// threads. Its time is that of the training steps, without evaluations.
#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "bench/program/curves.h"
#include "bench/program/program.h"

namespace biasbench::bench {
namespace {

class Convergence {
 public:
  void Prepare(const Run& run, nlohmann::json& /*context*/) {
    if (!run.command_line.curves.empty()) curves_.emplace(run.command_line.curves, run.kept_names);
  }

  Times Measure(const Row& row) {
    const std::string activity =
        fmt::format("{} epochs", row.configuration.training.value().epochs);
    const nlohmann::json result = row.Ask({{"train", true}}, activity, /*is_whole_row=*/true);
    const nlohmann::json& train = result.at("train");
    const nlohmann::json& test = result.at("test");
    const bool diverged = result.at("diverged");
    row.keys.update({{"train_seconds", result.at("seconds")},
                     {"initial_loss", NumberOrNan(result.at("initial_loss"))},
                     {"train_loss", NumberOrNan(train.at("loss"))},
                     {"test_loss", NumberOrNan(test.at("loss"))},
                     {"diverged", diverged ? 1 : 0}});
    const nlohmann::json& movement = result.at("movement");
    row.keys["hidden_weight_movement"] = NumberOrNan(movement.at("hidden_weights"));
    if (movement.contains("hidden_bias")) {
      row.keys["hidden_bias_movement"] = NumberOrNan(movement["hidden_bias"]);
    }
    if (train.contains("accuracy")) {
      row.keys["train_accuracy"] = train["accuracy"];
      row.keys["test_accuracy"] = test.at("accuracy");
    }
    const std::vector<double>& scales = row.configuration.test_scales;
    for (std::size_t i = 0; i < scales.size(); ++i) {
      row.keys[fmt::format("test_accuracy_at_scale_{}", scales[i])] =
          result.at("test_at_scales").at(i).at("accuracy");
    }
    for (const char* key : {"epochs_to_target", "initial_imitation_ratio", "imitation_ratio"}) {
      if (result.contains(key)) row.keys[key] = result[key];
    }
    if (diverged) {
      row.keys["status"] = "diverged";
      row.keys["reason"] = fmt::format("in epoch {}", result.at("epochs").size());
    }
    if (curves_) curves_->Add(row.name, result);
    return {.seconds = result.at("seconds"), .cpu_seconds = result.at("cpu_seconds")};
  }

 private:
  std::optional<Curves> curves_;
};

constexpr std::string_view kColumns[] = {"train_loss",       "test_loss", "test_accuracy",
                                         "epochs_to_target", "diverged",  "tracked_peak_bytes"};

Program MakeProgram(Convergence& convergence) {
  return {
      .description = {.name = "convergence",
                      .summary = "Measures what training under bias strategies ends in.",
                      .examples = "  convergence --strategies=all --task=harmonic3 --hidden=1e4\n"
                                  "  convergence --task=digits --seeds=1,2,3 --curves=curves.csv\n"
                                  "  convergence --bias_sign=wrong_hidden --benchmark_out=c.json\n",
                      .trains_on_tasks = true,
                      .follows_epochs = true},
      .measuring = {.measure =
                        [&convergence](Row& row, std::int64_t /*iterations*/) {
                          return convergence.Measure(row);
                        },
                    .columns = kColumns},
      .iterations = 1,
      .prepare = [&convergence](const Run& run, nlohmann::json& context) {
        convergence.Prepare(run, context);
      }};
}

}  // namespace
}  // namespace biasbench::bench

int main(int argc, char** argv) {
  biasbench::bench::Convergence convergence;
  return biasbench::bench::RunProgram(biasbench::bench::MakeProgram(convergence), argc, argv);
}
