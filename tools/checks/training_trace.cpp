// tools/training_trace: the first steps of a training, in files that another library can repeat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/program/axis_flags.h"
#include "bench/program/flag_values.h"
#include "data/task.h"
#include "kernel/denormals.h"
#include "network/network.h"
#include "random/philox.h"
#include "record/result_file.h"
#include "reference/reference.h"
#include "setting/combination.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDescription =
    R"(Trains a network for some steps under a strategy whose rule is a constant, and writes to a folder
the data with which another library can repeat them, as little-endian numbers without a header:
  hidden_weights.f32 (hidden, inputs)   output_weights.f32 (hidden, outputs)
  hidden_bias.f32 (hidden)              output_bias.f32 (outputs)      before the first step
  inputs.f32 (steps, batch, inputs)     targets.f32 (steps, batch, outputs) or labels.i32
and trace.json: the settings, m, and the loss before each step. check_against_pytorch uses it.)";

constexpr setting::Default kDefaults[] = {{"strategy", "learned"},   {"task", "digits"},
                                          {"schedule", "recompute"}, {"hidden", "300"},
                                          {"batch", "32"},           {"learning_rate", "0.1"}};
constexpr std::string_view kKeys[] = {
    "task",          "strategy",     "schedule",        "optimizer",
    "hidden",        "batch",        "parametrization", "activation",
    "learning_rate", "weight_decay", "omp_threads",     "seed"};
constexpr setting::Program kProgram{.name = "training_trace",
                                    .summary = kDescription,
                                    .defaults = kDefaults,
                                    .keys = kKeys,
                                    .trains_on_tasks = true};

struct Arguments {
  setting::Typed typed;
  std::string steps = "100";
  std::string out;
};

// The one setting that the flags come to.
setting::Setting OneSetting(const setting::Typed& typed) {
  std::vector<setting::Setting> settings = setting::Combine(kProgram, typed);
  if (settings.size() > 1) {
    throw std::invalid_argument(
        fmt::format("the lists combine to {} trainings, expected one", settings.size()));
  }
  return std::move(settings.front());
}

// The settings that the flags give.
struct Trace {
  explicit Trace(const Arguments& from)
      : setting(OneSetting(from.typed)),
        task(data::LoadTask(setting.task, ledger)),
        steps(bench::ParseCountFlag("--steps", from.steps, {1, 100'000})) {
    const std::int64_t batch = setting.network.shape.batch;
    if (batch > task.train.samples) {
      throw std::invalid_argument(fmt::format("--batch: {} is more than the {} samples of {}",
                                              batch, task.train.samples, setting.task));
    }
  }

  memory::Ledger ledger;
  setting::Setting setting;
  data::Task task;
  std::int64_t steps;
};

template <class Number>
void Append(const fs::path& path, std::span<const Number> numbers) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(reinterpret_cast<const char*>(numbers.data()),
             static_cast<std::streamsize>(numbers.size_bytes()));
  if (!file.flush()) throw record::FileError(path.string() + ": cannot be written");
}

void AppendFloats(const fs::path& path, const std::vector<double>& values) {
  const std::vector<float> floats(values.begin(), values.end());
  Append<float>(path, floats);
}

void WriteParameters(const reference::ReferenceNetwork& network, const fs::path& folder) {
  AppendFloats(folder / "hidden_weights.f32", network.hidden_weights);
  AppendFloats(folder / "output_weights.f32", network.output_weights);
  AppendFloats(folder / "hidden_bias.f32", network.hidden_bias);
  AppendFloats(folder / "output_bias.f32", network.output_bias);
}

void WriteBatch(const data::Dataset& dataset, std::span<const std::int32_t> order,
                const fs::path& folder) {
  std::vector<float> rows(order.size() * static_cast<std::size_t>(dataset.inputs));
  dataset.CopyInputs(order, rows.data(), dataset.inputs);
  Append<float>(folder / "inputs.f32", rows);
  for (const std::int32_t sample : order) {
    if (dataset.is_classification()) {
      Append<std::int32_t>(folder / "labels.i32", {&dataset.labels[sample], 1});
    } else {
      Append<float>(folder / "targets.f32", {&dataset.targets[sample * dataset.outputs],
                                             static_cast<std::size_t>(dataset.outputs)});
    }
  }
}

// Batches are whole ones of shuffled epochs. Returns the loss before each step.
std::vector<double> TrainAndWrite(Trace& trace, const fs::path& folder) {
  const schedule::Configuration& configuration = trace.setting.network;
  const network::TrainingOptions& options = trace.setting.training.value();
  network::Network network(configuration, trace.ledger);
  WriteParameters(reference::ToReference(network.parameters()), folder);
  const data::Dataset& dataset = trace.task.train;
  const auto batch = static_cast<std::size_t>(configuration.shape.batch);
  std::vector<double> losses;
  std::vector<std::int32_t> order;
  for (std::int64_t step = 1; step <= trace.steps; ++step) {
    if (order.size() < batch) {
      order = random::Permutation(configuration.seed, random::Stream::kShuffle,
                                  static_cast<std::int32_t>(dataset.samples),
                                  static_cast<std::uint32_t>(step));
    }
    const std::vector<std::int32_t> samples(order.end() - static_cast<std::ptrdiff_t>(batch),
                                            order.end());
    order.resize(order.size() - batch);
    WriteBatch(dataset, samples, folder);
    schedule::StepSettings settings(step, options.learning_rate);
    settings.weight_decay = static_cast<float>(options.weight_decay);
    settings.SetBiasMultipliers(configuration.strategy.Multipliers({}));
    losses.push_back(network.Step(dataset, samples, settings).loss / static_cast<double>(batch));
  }
  return losses;
}

void Write(Trace& trace, const fs::path& folder) {
  const schedule::Configuration& network = trace.setting.network;
  const network::TrainingOptions& options = trace.setting.training.value();
  const schedule::Shape& shape = network.shape;
  const nlohmann::json json = {
      {"strategy", network.strategy.Name()},
      {"optimizer", Describe(network.optimizer).name},
      {"activation", NameOf(network.activation)},
      {"inputs", shape.inputs},
      {"hidden", shape.hidden},
      {"outputs", shape.outputs},
      {"batch", shape.batch},
      {"learning_rate", options.learning_rate},
      {"weight_decay", options.weight_decay},
      {"multiplier", network.strategy.Multipliers({}).hidden},
      {"output_divisor", network.output_divisor()},
      {"group", network.strategy.NodesPerEntry(shape.hidden)},
      {"has_bias_unit", network.strategy->has_bias_unit},
      {"has_plain_updates", network.strategy->has_plain_updates},
      {"trains_weights", network.strategy->weights == bias::Weights::kTrained},
      {"losses", TrainAndWrite(trace, folder)}};
  record::WriteJson(folder / "trace.json", json);
}

void Run(const Arguments& arguments) {
  Trace trace(arguments);
  const fs::path folder = arguments.out;
  std::error_code error;
  if (!fs::create_directories(folder, error)) {
    throw std::invalid_argument(fmt::format("--out: cannot make the folder {}: {}",
                                            text::PathExcerpt(folder.string()),
                                            error ? error.message() : "it is there already"));
  }
  try {
    Write(trace, folder);
  } catch (...) {
    fs::remove_all(folder, error);
    throw;
  }
}

int Main(int argc, char** argv) {
  const kernel::FlushDenormals flush;
  Arguments arguments;
  CLI::App app(kDescription, "training_trace");
  bench::AddAxisFlags(kProgram, arguments.typed, app);
  app.add_option("--steps", arguments.steps, "1 to 100000")->capture_default_str();
  app.add_option("--out", arguments.out, "the folder to make")->required();
  return bench::RunWithFlags(app, argc, argv, [&] {
    Run(arguments);
    return 0;
  });
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) { return biasbench::tools::Main(argc, argv); }
