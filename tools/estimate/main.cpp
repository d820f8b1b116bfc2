// tools/estimate: the footprint of any shape by formula, or the biases of a model from a file, in
// milliseconds, without running it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bench/program/axis_flags.h"
#include "bench/program/flag_values.h"
#include "estimate/estimate_model.h"
#include "estimate/estimate_table.h"
#include "estimate/rank_estimate.h"
#include "machine/memory_limits.h"
#include "memory/ledger.h"
#include "model/rule.h"
#include "network/footprint.h"
#include "setting/combination.h"

namespace biasbench::tools {
namespace {

using memory::Category;
using schedule::Configuration;
using schedule::Footprint;

constexpr const char* kDescription =
    R"(Predicts the memory of training by formula, equal to the byte to what footprint tracks.

  build/release/tools/estimate --inputs=784 --hidden=1e6 --outputs=10 --batch=64
  build/release/tools/estimate --strategies=learned,fixed=1 --optimizers=adam --hidden=1e9 --json

The peak leaves the dataset out. "saving" is relative to learned under textbook and adam, a
framework's defaults. "fits" compares the peak with the memory that this machine has available now.

  build/release/tools/estimate --hidden=1e9 --ranks=1000 --schedules=streaming --optimizers=sgd

With --ranks bytes are those of one rank, and the messages of a step are added, with their time.

  build/release/tools/estimate --model=model.safetensors
  build/release/tools/estimate --model=model.onnx --optimizers=adam '--rule=*.gain=norm_scale'

--model describes a model of your own: parameters by kind, the biases' share, the layers with the
most biases, and the savings of leaving biases out in training. It reads the headers of a safetensors
file or an index of several, of GGUF or of ONNX, never its values or code. Kinds are weight, bias
(of linear layers and convolutions), norm_scale, norm_bias, embedding, buffer (masks, running
statistics: no parameters) and other (unknown). ONNX tells them by the operator that a
tensor feeds; elsewhere names, shapes and neighbours do.)";

constexpr setting::Default kDefaults[] = {{"schedule", "all"}, {"optimizer", "sgd,adam"}};
constexpr std::string_view kKeys[] = {
    "strategy",    "schedule",       "optimizer",     "inputs",     "hidden", "outputs", "batch",
    "omp_threads", "weights_format", "states_format", "activation", "block",  "ranks"};
constexpr setting::Program kProgram{.name = "estimate",
                                    .summary = kDescription,
                                    .defaults = kDefaults,
                                    .keys = kKeys,
                                    .skips_nonexistent = true};

// The program under --model, where the file gives the shape.
constexpr std::string_view kModelKeys[] = {"optimizer", "weights_format", "states_format"};
constexpr setting::Default kModelDefaults[] = {{"strategy", "learned"},
                                               {"schedule", "recompute"},
                                               {"optimizer", "all"},
                                               {"weights_format", "all"},
                                               {"states_format", "all"}};
constexpr setting::Program kModelProgram{.name = "estimate",
                                         .summary = kDescription,
                                         .defaults = kModelDefaults,
                                         .keys = kModelKeys,
                                         .skips_nonexistent = true};

Footprint Predict(const Configuration& configuration) {
  try {
    return network::PredictFootprint(configuration);
  } catch (const std::overflow_error& error) {
    throw std::invalid_argument(
        fmt::format("{}; smaller --inputs, --hidden, --outputs or --batch fit", error.what()));
  }
}

Footprint FrameworkDefault(Configuration configuration) {
  configuration.strategy = bias::ParseSelection("learned");
  configuration.schedule = schedule::ScheduleKind::kTextbook;
  configuration.optimizer = schedule::Optimizer::kAdam;
  configuration.formats = {};
  return Predict(configuration);
}

nlohmann::json ToJson(const setting::Setting& setting, const Footprint& footprint,
                      std::int64_t available_bytes, const RankNetwork& network) {
  nlohmann::json row = {
      {"predicted_peak_bytes", footprint.peak_bytes()},
      {"peak_phase", memory::kPhaseNames[static_cast<std::size_t>(footprint.peak_phase)]},
      {"bias_bytes", footprint.at_peak.BiasBytes()},
      {"fits", footprint.peak_bytes() <= available_bytes}};
  for (const std::string_view key : kKeys) {
    nlohmann::json value = setting::AxisOf(key).get(setting);
    if (!value.is_null()) row[key] = std::move(value);  // only blocked has a block
  }
  if (setting.network.place.ranks > 1) row.update(RankEstimate(setting.network, network));
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    if (category == Category::kDataset) continue;
    row[fmt::format("{}_bytes", memory::kCategoryNames[i])] = footprint.at_peak[category];
  }
  return row;
}

// True if a table holds both: they differ only by what its columns tell.
bool AreOfOneTable(const Configuration& a, const Configuration& b) {
  const auto key = [](const Configuration& one) {
    const auto& [inputs, hidden, outputs, batch] = one.shape;
    return std::tuple(inputs, hidden, outputs, batch, one.threads, one.activation, one.place.ranks);
  };
  return key(a) == key(b);
}

void PrintTables(const std::vector<setting::Setting>& settings,
                 const std::vector<Footprint>& footprints, const machine::AvailableBytes& available,
                 const RankNetwork& rank_network) {
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < settings.size();) {
    std::vector<Estimate> rows;
    const Configuration& first = settings[i].network;
    for (; i < settings.size() && AreOfOneTable(settings[i].network, first); ++i) {
      const Configuration& network = settings[i].network;
      rows.push_back({network, footprints[i], FrameworkDefault(network).peak_bytes()});
      largest = std::max(largest, footprints[i].peak_bytes());
    }
    fmt::print("{}\n", EstimateTable(rows, available.bytes));
    if (first.place.ranks > 1) fmt::print("{}\n", RankSentences(first, rank_network));
  }
  const std::int64_t machines = (largest + available.bytes - 1) / available.bytes;
  fmt::print(
      "batch: activations and deltas. biases: value, gradient and state. rest: workspace, "
      "padding.\n"
      "Available: {:.1f} GiB ({}){}.\n",
      static_cast<double>(available.bytes) / 0x1p30, available.limited_by,
      machines > 1 ? fmt::format("; the largest needs {} times as much", machines) : "");
}

void Print(const setting::Typed& typed, const RankNetwork& network, bool is_json) {
  const machine::AvailableBytes available = machine::AvailableMemory();
  const std::vector<setting::Setting> settings = setting::Combine(kProgram, typed);
  nlohmann::json rows = nlohmann::json::array();
  std::vector<Footprint> footprints;
  for (const setting::Setting& setting : settings) {
    footprints.push_back(Predict(setting.network));
    rows.push_back(ToJson(setting, footprints.back(), available.bytes, network));
  }
  if (!is_json) return PrintTables(settings, footprints, available, network);
  fmt::print("{}\n", nlohmann::json{{"available_bytes", available.bytes}, {"rows", rows}}.dump(1));
}

// The flags of the network between ranks.
struct NetworkFlags {
  std::string message_seconds;
  std::string bytes_per_second;
  std::string rank_step_seconds;
};

void AddNetworkFlags(NetworkFlags& flags, CLI::App& app) {
  constexpr const char* kGroup = "Beside --ranks";
  const RankNetwork network;
  const auto add = [&](const char* flag, std::string& value, const std::string& text) {
    app.add_option(flag, value, text)->type_name("NUMBER")->group(kGroup);
  };
  add("--message_seconds", flags.message_seconds,
      fmt::format("the time of a message between ranks (default {})", network.message_seconds));
  add("--network_bytes_per_second", flags.bytes_per_second,
      fmt::format("of one message (default {})", network.bytes_per_second));
  add("--rank_step_seconds", flags.rank_step_seconds,
      "a rank's own work in a step, as throughput measures it for as many\nhidden nodes; for the "
      "time of a whole step");
}

RankNetwork ParseNetwork(const NetworkFlags& flags) {
  RankNetwork network;
  const auto parse = [](const char* flag, const std::string& value, double& number) {
    if (!value.empty()) number = bench::ParseFlag(flag, value, bench::ParsePositive);
  };
  parse("--message_seconds", flags.message_seconds, network.message_seconds);
  parse("--network_bytes_per_second", flags.bytes_per_second, network.bytes_per_second);
  if (!flags.rank_step_seconds.empty()) {
    parse("--rank_step_seconds", flags.rank_step_seconds, network.rank_step_seconds.emplace());
  }
  return network;
}

// The flags of --model.
struct ModelFlags {
  std::string path;
  std::vector<std::string> rules;
};

void AddModelFlags(ModelFlags& flags, CLI::App& app) {
  constexpr const char* kGroup = "A model of your own";
  app.add_option("--model", flags.path,
                 "a safetensors, GGUF or ONNX file, or the .index.json of several\nsafetensors "
                 "files; beside it only --optimizers, --weights and\n--states, of which each is "
                 "then all by default")
      ->type_name("FILE")
      ->group(kGroup)
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  app.add_option(
         "--rule", flags.rules,
         "tensors whose names match are of that kind, whatever else is\nknown; * stands for "
         "any letters, ? for any one. May be given\nagain; the first match counts")
      ->type_name("PATTERN=KIND")
      ->group(kGroup)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void PrintModel(const ModelFlags& flags, const setting::Typed& typed, bool is_json) {
  for (const setting::Axis& axis : setting::Axes()) {
    if (!typed.Has(axis.key) || kModelProgram.HasFlag(axis)) continue;
    throw std::invalid_argument(
        fmt::format("{}: not together with --model, whose file brings the shape; expected "
                    "--optimizers, --weights and --states",
                    setting::FlagOf(axis)));
  }
  std::vector<model::Rule> rules;
  for (const std::string& rule : flags.rules) {
    rules.push_back(bench::ParseFlag("--rule", rule, model::ParseRule));
  }
  std::vector<TrainingLevers> levers;
  for (const bool keeps_gradients : {true, false}) {
    for (const setting::Setting& setting : setting::Combine(kModelProgram, typed)) {
      levers.push_back({setting.network.optimizer, setting.network.formats, keeps_gradients});
    }
  }
  PrintModelEstimate(flags.path, rules, levers, is_json);
}

int Main(int argc, char** argv) {
  setting::Typed typed;
  ModelFlags model_flags;
  NetworkFlags network_flags;
  bool is_json = false;
  CLI::App app(kDescription, "estimate");
  bench::AddAxisFlags(kProgram, typed, app);
  app.add_flag("--json", is_json, "exact bytes of every category as JSON");
  AddNetworkFlags(network_flags, app);
  AddModelFlags(model_flags, app);
  return bench::RunWithFlags(app, argc, argv, [&] {
    if (model_flags.path.empty() && !model_flags.rules.empty()) {
      throw std::invalid_argument("--rule: needs --model");
    }
    if (model_flags.path.empty()) {
      Print(typed, ParseNetwork(network_flags), is_json);
    } else {
      PrintModel(model_flags, typed, is_json);
    }
    return 0;
  });
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) { return biasbench::tools::Main(argc, argv); }
