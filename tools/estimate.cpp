// tools/estimate: the footprint of any shape by formula, in milliseconds, without running it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/flag_values.h"
#include "machine/memory_limits.h"
#include "memory/ledger.h"
#include "network/footprint.h"
#include "setting/axis.h"

namespace biasbench::tools {
namespace {

using memory::Category;
using network::Configuration;
using network::Footprint;

constexpr const char* kDescription =
    R"(The memory that training needs, by formula: what the footprint program tracks, to the byte.

  build/release/tools/estimate --inputs=784 --hidden=1e6 --outputs=10 --batch=64
  build/release/tools/estimate --strategies=learned,fixed=1 --optimizers=adam --hidden=1e9 --json

The peak leaves the dataset out. "saving" is against learned under textbook and adam, what a
framework's defaults come to. "fits" compares the peak with what this machine has to give now.)";

struct Arguments {
  std::string strategies = "learned,fixed=1,none";
  std::string schedules = "all";
  std::string optimizers = "sgd,adam";
  std::string weights_formats = "float32";
  std::string states_formats = "float32";
  std::string activation = "relu";
  std::string inputs = "784";
  std::string hidden = "1e6";
  std::string outputs = "10";
  std::string batch = "64";
  std::string threads = std::to_string(bench::AvailableProcessors());
  bool is_json = false;
};

std::vector<Configuration> Configurations(const Arguments& arguments) {
  const kernel::Shape shape{
      .inputs = bench::ParseCountFlag("--inputs", arguments.inputs, bench::kSizes),
      .hidden = bench::ParseCountFlag("--hidden", arguments.hidden, bench::kSizes),
      .outputs = bench::ParseCountFlag("--outputs", arguments.outputs, bench::kSizes),
      .batch = bench::ParseCountFlag("--batch", arguments.batch, bench::kSizes)};
  const auto threads =
      static_cast<int>(bench::ParseCountFlag("--threads", arguments.threads, bench::kThreads));
  setting::Setting setting;
  setting.network.shape = shape;
  setting.network.threads = threads;
  setting::SetFromFlag("activation", "--activation", arguments.activation, setting);
  std::vector<Configuration> configurations;
  const auto for_each = [&](std::string_view key, const char* flag, const std::string& list,
                            const std::function<void()>& inner) {
    for (const setting::Value& value : setting::ParseListFlag(key, flag, list)) {
      setting::AxisOf(key).set(setting, value);
      inner();
    }
  };
  const auto add = [&] {
    if (setting.network.Exists()) configurations.push_back(setting.network);
  };
  for_each("strategy", "--strategies", arguments.strategies, [&] {
    for_each("schedule", "--schedules", arguments.schedules, [&] {
      for_each("optimizer", "--optimizers", arguments.optimizers, [&] {
        for_each("weights_format", "--weights", arguments.weights_formats,
                 [&] { for_each("states_format", "--states", arguments.states_formats, add); });
      });
    });
  });
  if (configurations.empty()) {
    throw std::invalid_argument("--weights, --states: no such schedule and optimizer");
  }
  return configurations;
}

Footprint Predict(const Configuration& configuration) {
  try {
    return PredictFootprint(configuration);
  } catch (const std::overflow_error& error) {
    throw std::invalid_argument(
        fmt::format("{}; smaller --inputs, --hidden, --outputs or --batch fit", error.what()));
  }
}

Footprint FrameworkDefault(Configuration configuration) {
  configuration.strategy = bias::ParseSelection("learned");
  configuration.schedule = kernel::ScheduleKind::kTextbook;
  configuration.optimizer = kernel::Optimizer::kAdam;
  configuration.formats = {};
  return Predict(configuration);
}

nlohmann::json ToJson(const Configuration& configuration, const Footprint& footprint,
                      std::int64_t available_bytes) {
  nlohmann::json row = {
      {"predicted_peak_bytes", footprint.peak_bytes()},
      {"peak_phase", memory::kPhaseNames[static_cast<std::size_t>(footprint.peak_phase)]},
      {"bias_bytes", footprint.at_peak.BiasBytes()},
      {"fits", footprint.peak_bytes() <= available_bytes}};
  setting::Setting setting;
  setting.network = configuration;
  for (const char* key : {"strategy", "schedule", "optimizer", "weights_format", "states_format",
                          "activation", "inputs", "hidden", "outputs", "batch", "omp_threads"}) {
    row[key] = setting::AxisOf(key).get(setting);
  }
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    if (category == Category::kDataset) continue;
    row[fmt::format("{}_bytes", memory::kCategoryNames[i])] = footprint.at_peak[category];
  }
  return row;
}

void PrintRow(const Configuration& configuration, const Footprint& footprint,
              std::int64_t available_bytes) {
  const auto mib = [](std::int64_t bytes) { return static_cast<double>(bytes) / 0x1p20; };
  const memory::CategoryBytes& bytes = footprint.at_peak;
  const std::int64_t weights = bytes[Category::kHiddenWeights] + bytes[Category::kOutputWeights];
  const std::int64_t batch_arrays = bytes[Category::kActivations] + bytes[Category::kDeltas];
  const std::int64_t rest = bytes[Category::kWorkspace] + bytes[Category::kPadding];
  const double saving = 1 - static_cast<double>(footprint.peak_bytes()) /
                                static_cast<double>(FrameworkDefault(configuration).peak_bytes());
  const std::int64_t machines = (footprint.peak_bytes() + available_bytes - 1) / available_bytes;
  fmt::print(
      "{:<20} {:<20} {:<9} {:<10} {:>10.1f} {:>10.1f} {:>10.1f} {:>11.1f} {:>9.3f} {:>8.1f} "
      "{:>11.1f} {:<8} {:>6.1f}%  {}\n",
      configuration.strategy.Name(), Describe(configuration.schedule).name,
      Describe(configuration.optimizer).name, NameOf(configuration.formats.weights), mib(weights),
      mib(bytes[Category::kWeightGradient]), mib(bytes[Category::kWeightOptimizerState]),
      mib(batch_arrays), mib(bytes.BiasBytes()), mib(rest), mib(footprint.peak_bytes()),
      memory::kPhaseNames[static_cast<std::size_t>(footprint.peak_phase)], 100 * saving,
      machines == 1 ? "yes" : fmt::format("no: needs {} of this machine", machines));
}

void Print(const Arguments& arguments) {
  const machine::AvailableBytes available = machine::AvailableMemory();
  const std::vector<Configuration> configurations = Configurations(arguments);
  nlohmann::json rows = nlohmann::json::array();
  std::vector<Footprint> footprints;
  for (const Configuration& configuration : configurations) {
    footprints.push_back(Predict(configuration));
    rows.push_back(ToJson(configuration, footprints.back(), available.bytes));
  }
  if (arguments.is_json) {
    fmt::print("{}\n",
               nlohmann::json{{"available_bytes", available.bytes}, {"rows", rows}}.dump(1));
    return;
  }
  const kernel::Shape& shape = configurations.front().shape;
  fmt::print("{} inputs, {} hidden nodes, {} outputs, batch {}, {} threads; MiB\n\n", shape.inputs,
             shape.hidden, shape.outputs, shape.batch, configurations.front().threads);
  fmt::print(
      "{:<20} {:<20} {:<9} {:<10} {:>10} {:>10} {:>10} {:>11} {:>9} {:>8} {:>11} {:<8} {:>7}  {}\n",
      "strategy", "schedule", "optimizer", "format", "weights", "gradients", "states",
      "activations", "biases", "rest", "peak", "phase", "saving", "fits");
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    PrintRow(configurations[i], footprints[i], available.bytes);
  }
  fmt::print(
      "\nactivations: with deltas. biases: value, gradient and state. rest: workspace, padding.\n"
      "Available: {:.1f} GiB ({}).\n",
      static_cast<double>(available.bytes) / 0x1p30, available.limited_by);
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(kDescription, "estimate");
  app.add_option("--strategies", arguments.strategies, "bias strategies by comma, or all")
      ->capture_default_str();
  app.add_option("--schedules", arguments.schedules, "schedules by comma, or all")
      ->capture_default_str();
  app.add_option("--optimizers", arguments.optimizers, "optimizers by comma, or all")
      ->capture_default_str();
  app.add_option("--weights", arguments.weights_formats,
                 "weights in float32, bfloat16 (not under textbook), or all")
      ->capture_default_str();
  app.add_option("--states", arguments.states_formats, "their optimizer's states, likewise")
      ->capture_default_str();
  app.add_option(
         "--activation", arguments.activation,
         "relu, or tanh, whose gradient takes whole activations where relu's takes a bit each")
      ->capture_default_str();
  app.add_option("--inputs", arguments.inputs, "inputs of the network")->capture_default_str();
  app.add_option("--hidden", arguments.hidden, "hidden nodes")->capture_default_str();
  app.add_option("--outputs", arguments.outputs, "outputs")->capture_default_str();
  app.add_option("--batch", arguments.batch, "samples of a step")->capture_default_str();
  app.add_option("--threads", arguments.threads, "threads")->capture_default_str();
  app.add_flag("--json", arguments.is_json, "exact bytes of every category as JSON");
  return bench::RunWithFlags(app, argc, argv, [&] {
    Print(arguments);
    return 0;
  });
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) { return biasbench::tools::Main(argc, argv); }
