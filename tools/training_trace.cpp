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
#include <vector>

#include "bench/flag_values.h"
#include "data/task.h"
#include "kernel/denormals.h"
#include "kernel/reference.h"
#include "network/network.h"
#include "random/philox.h"
#include "record/result_file.h"
#include "setting/axis.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDescription =
    R"(Trains a network for some steps under a strategy whose rule is a constant, and writes to a folder
what another library needs to repeat them, as little-endian numbers without a header:
  hidden_weights.f32 (hidden, inputs)   output_weights.f32 (hidden, outputs)
  hidden_bias.f32 (hidden)              output_bias.f32 (outputs)      before the first step
  inputs.f32 (steps, batch, inputs)     targets.f32 (steps, batch, outputs) or labels.i32
and trace.json: the settings, m, and the loss before each step. check_against_pytorch uses it.)";

struct Arguments {
  std::string strategy = "learned";
  std::string task = "digits";
  std::string schedule = "recompute";
  std::string optimizer = "sgd";
  std::string parametrization = "mean_field";
  std::string activation = "relu";
  std::string hidden = "300";
  std::string batch = "32";
  std::string steps = "100";
  std::string learning_rate = "0.1";
  std::string weight_decay;
  std::string out;
};

// What the flags come to.
struct Settings {
  explicit Settings(const Arguments& from)
      : task(bench::ParseFlag(
            "--task", from.task,
            [this](const std::string& name) { return data::LoadTask(name, ledger); })),
        steps(Count("--steps", from.steps)) {
    using bench::ParseFlag;
    setting::Setting setting;
    setting::SetFromFlag("strategy", "--strategy", from.strategy, setting);
    setting::SetFromFlag("schedule", "--schedule", from.schedule, setting);
    setting::SetFromFlag("optimizer", "--optimizer", from.optimizer, setting);
    setting::SetFromFlag("parametrization", "--parametrization", from.parametrization, setting);
    setting::SetFromFlag("activation", "--activation", from.activation, setting);
    network = setting.network;
    network.shape = {.inputs = task.train.inputs,
                     .hidden = Count("--hidden", from.hidden),
                     .outputs = task.train.outputs,
                     .batch = Count("--batch", from.batch)};
    learning_rate = ParseFlag("--learning_rate", from.learning_rate, bench::ParsePositive);
    if (!from.weight_decay.empty()) {
      weight_decay = ParseFlag("--weight_decay", from.weight_decay, bench::ParsePositive);
    }
    if (network.shape.batch > task.train.samples) {
      throw std::invalid_argument(fmt::format("--batch: {} is more than the {} samples of {}",
                                              from.batch, task.train.samples, from.task));
    }
  }

  static std::int64_t Count(const char* flag, const std::string& text) {
    return bench::ParseCountFlag(flag, text, {1, 100'000});
  }

  double Multiplier() const {
    if (!network.strategy.trains_bias()) return 0;
    return network.strategy.strategy->multiplier(bias::Signals{}, network.strategy.value);
  }

  memory::Ledger ledger;
  data::Task task;
  network::Configuration network;
  std::int64_t steps;
  double learning_rate = 0;
  double weight_decay = 0;
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

void WriteParameters(const kernel::ReferenceNetwork& network, const fs::path& folder) {
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
std::vector<double> TrainAndWrite(Settings& settings, const fs::path& folder) {
  network::Network network(settings.network, settings.ledger);
  WriteParameters(ToReference(network.parameters()), folder);
  const data::Dataset& dataset = settings.task.train;
  const auto batch = static_cast<std::size_t>(settings.network.shape.batch);
  std::vector<double> losses;
  std::vector<std::int32_t> order;
  for (std::int64_t step = 1; step <= settings.steps; ++step) {
    if (order.size() < batch) {
      order = random::Permutation(settings.network.seed, random::Stream::kShuffle,
                                  static_cast<std::int32_t>(dataset.samples),
                                  static_cast<std::uint32_t>(step));
    }
    const std::vector<std::int32_t> samples(order.end() - static_cast<std::ptrdiff_t>(batch),
                                            order.end());
    order.resize(order.size() - batch);
    WriteBatch(dataset, samples, folder);
    kernel::StepSettings step_settings(step, settings.learning_rate);
    step_settings.weight_decay = static_cast<float>(settings.weight_decay);
    step_settings.SetBiasMultipliers(static_cast<float>(settings.Multiplier()),
                                     bias::BiasSign::kRight);
    losses.push_back(network.Step(dataset, samples, step_settings).loss /
                     static_cast<double>(batch));
  }
  return losses;
}

void Write(const Arguments& arguments, Settings& settings, const fs::path& folder) {
  const network::Configuration& network = settings.network;
  const kernel::Shape& shape = network.shape;
  const nlohmann::json trace = {
      {"strategy", arguments.strategy},
      {"optimizer", arguments.optimizer},
      {"activation", NameOf(network.activation)},
      {"inputs", shape.inputs},
      {"hidden", shape.hidden},
      {"outputs", shape.outputs},
      {"batch", shape.batch},
      {"learning_rate", settings.learning_rate},
      {"weight_decay", settings.weight_decay},
      {"multiplier", settings.Multiplier()},
      {"output_divisor", kernel::OutputDivisor(network.parametrization, shape.hidden)},
      {"group", network.strategy.strategy->storage == bias::Storage::kShared
                    ? shape.hidden
                    : network.strategy.group()},
      {"has_bias_unit", network.strategy.strategy->has_bias_unit},
      {"has_plain_updates", network.strategy.strategy->has_plain_updates},
      {"trains_weights", network.strategy.strategy->weights == bias::Weights::kTrained},
      {"losses", TrainAndWrite(settings, folder)}};
  record::WriteJson(folder / "trace.json", trace);
}

void Run(const Arguments& arguments) {
  Settings settings(arguments);
  const fs::path folder = arguments.out;
  std::error_code error;
  if (!fs::create_directories(folder, error)) {
    throw std::invalid_argument(fmt::format("--out: cannot make the folder {}: {}",
                                            text::PathExcerpt(folder.string()),
                                            error ? error.message() : "it is there already"));
  }
  try {
    Write(arguments, settings, folder);
  } catch (...) {
    fs::remove_all(folder, error);
    throw;
  }
}

int Main(int argc, char** argv) {
  const kernel::FlushDenormals flush;
  Arguments arguments;
  CLI::App app(kDescription, "training_trace");
  const auto add = [&](const char* name, std::string& value, const char* what) {
    return app.add_option(name, value, what)->capture_default_str();
  };
  add("--strategy", arguments.strategy, "a bias strategy");
  add("--task", arguments.task, "harmonic3, sine, digits or fashion_mnist");
  add("--schedule", arguments.schedule, "see convergence --list");
  add("--optimizer", arguments.optimizer, "sgd, momentum or adam");
  add("--parametrization", arguments.parametrization, "mean_field or standard");
  add("--activation", arguments.activation, "relu or tanh");
  add("--hidden", arguments.hidden, "hidden nodes, 1 to 100000");
  add("--batch", arguments.batch, "samples of a step, up to the task's");
  add("--steps", arguments.steps, "1 to 100000");
  add("--learning_rate", arguments.learning_rate, "above 0");
  add("--weight_decay", arguments.weight_decay, "decoupled, of weights, above 0 (default: none)");
  add("--out", arguments.out, "the folder to make")->required();
  return bench::RunWithFlags(app, argc, argv, [&] {
    Run(arguments);
    return 0;
  });
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) { return biasbench::tools::Main(argc, argv); }
