// tools/gradcheck: a check of the training step of every strategy, schedule and loss against
// central differences of the loss in double precision.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program/axis_flags.h"
#include "bench/program/flag_values.h"
#include "data/dataset.h"
#include "kernel/denormals.h"
#include "memory/ledger.h"
#include "network/network.h"
#include "random/philox.h"
#include "reference/faults.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"
#include "setting/combination.h"

namespace biasbench::tools {
namespace {

using reference::GradientGroup;
using reference::ReferenceGradients;
using reference::ReferenceNetwork;
using reference::Values;

enum ExitStatus { kNoFault = 0, kFault = 1 };

constexpr const char* kDescription =
    R"(Checks the gradients, the biases' sign included. A network of every strategy takes one SGD step
under every schedule and loss; the step of each group of parameters is compared with central
differences, (L(p + h) - L(p - h)) / 2h with h = 1e-6, of a loss computed in double precision by the
textbook formula, which shares no code with the kernels.

  build/release/tools/gradcheck
  build/release/tools/gradcheck --strategies=learned --bias_sign=wrong_hidden   # a fault, for example
  build/release/tools/gradcheck --schedules=textbook --inputs=8 --hidden=100 --outputs=4

m is the factor of the strategy's rule on a bias's step at half the initial loss; 0 where biases are
fixed. The relative error is the Euclidean distance of a group's step from -rate * m *
gradient, divided by that vector's length: some 1e-6 come of single precision, 2 of a wrong sign, 1
of a step left out; inf is a step where there should be none. Bfloat16 biases may be off by 1/128.

--fault=NAME checks, instead of the kernels, a step by the textbook formulas with a common mistake
planted (none, bias_sign, bias_axis, transfer_input, bias_rate; see fault_curves --help). Biases that
start at 0 hide transfer_input, and m = 1 hides bias_rate: check other strategies too.

sign_flipped steps uphill by its own rule, so it passes with m = -1; --bias_sign=wrong flips a step
against its rule. (bias_unit's hidden biases are weights, which no --bias_sign turns.)

At most 16 inputs, 256 hidden nodes, 2 to 8 outputs, a batch of 16.

Exit status: 0 no fault; 1 a fault; 2 bad flags.)";

constexpr setting::Default kDefaults[] = {{"strategy", "all"}, {"schedule", "all"}, {"inputs", "3"},
                                          {"hidden", "17"},    {"outputs", "2"},    {"batch", "5"}};
constexpr std::string_view kKeys[] = {"strategy",   "schedule", "inputs",    "hidden",
                                      "outputs",    "batch",    "bias_sign", "parametrization",
                                      "activation", "seed"};
constexpr setting::Program kProgram{
    .name = "gradcheck", .summary = kDescription, .defaults = kDefaults, .keys = kKeys};

struct Arguments {
  setting::Typed typed;
  std::string tolerance = "1e-4";
  std::string fault;
};

// Sets one axis from what was typed; of counts none above `most`.
void Set(std::string_view key, const setting::Typed& typed, setting::Setting& setting,
         std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
  const setting::Value value = bench::ValueOf(kProgram, typed, key);
  if (value.is_number() && value > most) {
    throw std::invalid_argument(fmt::format("{}: {} is too many, expected at most {}",
                                            FlagOf(setting::AxisOf(key)), setting::TextOf(value),
                                            most));
  }
  setting::AxisOf(key).set(setting, value);
}

// The checks to make. Differences cost the square of the parameters: shapes stay small.
struct Checks {
  explicit Checks(const Arguments& arguments)
      : tolerance(bench::ParseFlag("--tolerance", arguments.tolerance, bench::ParsePositive)) {
    const setting::Typed& typed = arguments.typed;
    setting::Setting setting;
    setting.training.emplace();
    for (const setting::Value& name : bench::ValuesOf(kProgram, typed, "strategy")) {
      strategies.push_back(bias::ParseSelection(name.get<std::string>()));
    }
    for (const setting::Value& name : bench::ValuesOf(kProgram, typed, "schedule")) {
      setting::AxisOf("schedule").set(setting, name);
      schedules.push_back(setting.network.schedule);
    }
    Set("inputs", typed, setting, 16);
    Set("hidden", typed, setting, 256);
    Set("outputs", typed, setting, 8);
    Set("batch", typed, setting, 16);
    for (const char* key : {"bias_sign", "parametrization", "activation", "seed"}) {
      Set(key, typed, setting);
    }
    network = setting.network;
    bias_sign = setting.training->bias_sign;
    if (network.shape.outputs < 2) {
      throw std::invalid_argument("--outputs: expected 2 to 8; cross-entropy needs two classes");
    }
    if (arguments.fault.empty()) return;
    fault = bench::ParseFlag("--fault", arguments.fault, reference::ParseFault);
    if (typed.Has("schedule") || bias_sign != bias::BiasSign::kRight) {
      throw std::invalid_argument(
          "--fault: not together with --schedules or --bias_sign, which it does without");
    }
  }

  schedule::Configuration network;  // but for strategy and schedule
  std::vector<bias::Selection> strategies;
  std::vector<schedule::ScheduleKind> schedules;
  double tolerance;
  bias::BiasSign bias_sign{};
  std::optional<reference::Fault> fault;  // checked instead of the schedules
};

// Samples for a network, and the same in double precision.
struct Problem {
  std::string_view loss_name;
  data::Dataset dataset;
  Values x;  // (batch, inputs)
  reference::LossInDouble loss;
};

// Noise that keeps every pre-activation away from ReLU's kink, across which differences mean
// nothing.
void DrawInputs(const ReferenceNetwork& network, random::Seed seed, Problem& problem) {
  constexpr double kNearest = 1e-5;
  const std::int64_t inputs = network.shape.inputs;
  std::uint64_t draw = 0;
  for (std::int64_t n = 0; n < problem.dataset.samples; ++n) {
    const std::span<float> row = problem.dataset.values.span().subspan(
        static_cast<std::size_t>(n * inputs), static_cast<std::size_t>(inputs));
    Values x;
    do {
      FillUniform(seed, random::Stream::kNoise, draw, 1, row);
      draw += static_cast<std::uint64_t>(inputs);
      x.assign(row.begin(), row.end());
    } while (std::ranges::any_of(ReferencePreActivations(network, x),
                                 [](double z) { return std::abs(z) < kNearest; }));
    problem.x.insert(problem.x.end(), x.begin(), x.end());
  }
}

Problem MakeProblem(const ReferenceNetwork& network, bool is_classification, random::Seed seed,
                    memory::Ledger& ledger) {
  constexpr auto kCategory = memory::Category::kDataset;
  const auto [inputs, hidden, outputs, batch] = network.shape;
  Problem problem;
  problem.dataset.samples = batch;
  problem.dataset.inputs = inputs;
  problem.dataset.outputs = outputs;
  problem.dataset.values = {ledger, kCategory, batch * inputs};
  DrawInputs(network, seed, problem);
  if (is_classification) {
    problem.loss_name = "cross_entropy";
    problem.dataset.labels = {ledger, kCategory, batch};
    const std::span<std::int32_t> labels = problem.dataset.labels.span();
    for (std::size_t n = 0; n < labels.size(); ++n) {
      labels[n] = static_cast<std::int32_t>(n) % static_cast<std::int32_t>(outputs);
    }
    problem.loss = reference::CrossEntropyInDouble({labels.begin(), labels.end()},
                                                   static_cast<std::size_t>(outputs));
  } else {
    problem.loss_name = "squared_error";
    problem.dataset.targets = {ledger, kCategory, batch * outputs};
    const std::span<float> targets = problem.dataset.targets.span();
    FillUniform(seed + 1, random::Stream::kNoise, 0, 1, targets);
    problem.loss = reference::SquaredErrorInDouble({targets.begin(), targets.end()});
  }
  return problem;
}

// The strategy's multiplier m at half the initial loss, where no rule gives zero.
constexpr bias::Signals kHalfway{.train_loss = 0.5, .initial_loss = 1, .validation_loss = 1};
double MultiplierOf(const bias::Selection& strategy) {
  return strategy.Multipliers(kHalfway).hidden;
}

// Biases that share a value take the mean of their nodes' gradients.
void AverageOverGroups(const bias::Selection& strategy, Values& gradient) {
  const auto group =
      static_cast<std::size_t>(strategy.NodesPerEntry(static_cast<std::int64_t>(gradient.size())));
  for (std::size_t begin = 0; begin < gradient.size(); begin += group) {
    const std::span<double> nodes =
        std::span(gradient).subspan(begin, std::min(group, gradient.size() - begin));
    const double mean =
        std::accumulate(nodes.begin(), nodes.end(), 0.0) / static_cast<double>(nodes.size());
    std::ranges::fill(nodes, mean);
  }
}

// The step at a rate of 1 on gradients of single parameters.
ReferenceGradients StepOn(ReferenceGradients gradients, const bias::Selection& strategy,
                          double multiplier) {
  AverageOverGroups(strategy, gradients.hidden_bias);
  const bool trains_weights = strategy->weights == bias::Weights::kTrained;
  for (const GradientGroup& group : reference::kGradientGroups) {
    const double rate = group.is_bias ? multiplier : (trains_weights ? 1 : 0);
    for (double& value : gradients.*group.gradients) value *= -rate;
  }
  return gradients;
}

ReferenceGradients ExpectedStep(const ReferenceNetwork& network, const bias::Selection& strategy,
                                const Problem& problem) {
  return StepOn(CentralDifferences(network, problem.x, problem.loss), strategy,
                MultiplierOf(strategy));
}

ReferenceGradients FaultyStep(reference::Fault fault, const ReferenceNetwork& network,
                              const bias::Selection& strategy, const Problem& problem) {
  const Values delta = problem.loss.gradient(ReferenceOutputs(network, problem.x));
  const double multiplier = FaultyMultiplier(fault, MultiplierOf(strategy));
  return StepOn(FaultyBackward(fault, network, problem.x, delta), strategy, multiplier);
}

schedule::StepSettings Settings(const bias::Selection& strategy, bias::BiasSign sign) {
  schedule::StepSettings settings(1, 1);
  settings.SetBiasMultipliers(strategy.Multipliers(kHalfway, sign));
  return settings;
}

// The step that the network takes: what it adds to every parameter.
ReferenceGradients StepTaken(const schedule::Configuration& configuration, const Problem& problem,
                             bias::BiasSign sign) {
  memory::Ledger ledger;
  network::Network network(configuration, ledger);
  const ReferenceNetwork before = reference::ToReference(network.parameters());
  std::vector<std::int32_t> order(static_cast<std::size_t>(problem.dataset.samples));
  std::iota(order.begin(), order.end(), 0);
  // The step has a next batch, so that streaming schedules stream. But parameters are read after
  // it, so nothing may follow where steps share a pass.
  const bool goes_on = !configuration.takes_blocks();
  network.Step(problem.dataset, order, Settings(configuration.strategy, sign),
               goes_on ? order : std::vector<std::int32_t>{});
  const ReferenceNetwork after = reference::ToReference(network.parameters());
  ReferenceGradients step;
  for (const GradientGroup& group : reference::kGradientGroups) {
    const Values& from = before.*group.values;
    std::ranges::transform(after.*group.values, from, std::back_inserter(step.*group.gradients),
                           std::minus());
  }
  return step;
}

// A rounding to bfloat16 may be off by a unit in the last of 8 bits.
double ToleranceOf(const GradientGroup& group, const bias::Selection& strategy, double tolerance) {
  const bool is_rounded = strategy.entry_bytes() < schedule::kFloatBytes &&
                          group.values == &ReferenceNetwork::hidden_bias;
  return is_rounded ? std::max(tolerance, 0x1p-7) : tolerance;
}

// Prints a row; true if nothing is at fault.
bool Report(const bias::Selection& strategy, std::string_view schedule, const Problem& problem,
            const ReferenceGradients& expected, const ReferenceGradients& taken, double tolerance) {
  double worst = 0;
  std::vector<std::string_view> at_fault;
  for (const GradientGroup& group : reference::kGradientGroups) {
    const double error =
        reference::RelativeError(expected.*group.gradients, taken.*group.gradients);
    worst = std::max(worst, std::isnan(error) ? std::numeric_limits<double>::infinity() : error);
    if (!(error <= ToleranceOf(group, strategy, tolerance))) at_fault.push_back(group.name);
  }
  fmt::print("{:<20} {:<20} {:<14} {:>5.2g} {:>14.1e}  {}\n", strategy.Name(), schedule,
             problem.loss_name, MultiplierOf(strategy), worst,
             at_fault.empty() ? "ok" : fmt::format("FAULT  {}", fmt::join(at_fault, ",")));
  return at_fault.empty();
}

struct Tally {
  std::int64_t steps = 0;
  std::int64_t faults = 0;

  void Add(bool is_right) {
    ++steps;
    if (!is_right) ++faults;
  }
};

// Checks one strategy and loss under every schedule, or the fault.
void Check(const Checks& checks, const bias::Selection& strategy, bool is_classification,
           Tally& tally) {
  memory::Ledger ledger;
  const schedule::Configuration& chosen = checks.network;
  const schedule::Parameters parameters(ledger, {.shape = chosen.shape,
                                                 .strategy = strategy,
                                                 .parametrization = chosen.parametrization,
                                                 .activation = chosen.activation,
                                                 .seed = chosen.seed});
  const ReferenceNetwork network = reference::ToReference(parameters);
  const Problem problem = MakeProblem(network, is_classification, chosen.seed, ledger);
  const ReferenceGradients expected = ExpectedStep(network, strategy, problem);
  if (checks.fault) {
    const ReferenceGradients taken = FaultyStep(*checks.fault, network, strategy, problem);
    tally.Add(Report(strategy, "(textbook formulas)", problem, expected, taken, checks.tolerance));
    return;
  }
  for (const schedule::ScheduleKind schedule : checks.schedules) {
    schedule::Configuration configuration = chosen;
    configuration.strategy = strategy;
    configuration.schedule = schedule;
    const ReferenceGradients taken = StepTaken(configuration, problem, checks.bias_sign);
    tally.Add(
        Report(strategy, Describe(schedule).name, problem, expected, taken, checks.tolerance));
  }
}

int Run(const Checks& checks) {
  fmt::print("{:<20} {:<20} {:<14} {:>5} {:>14}  {}\n", "strategy", "schedule", "loss", "m",
             "relative error", "groups at fault");
  Tally tally;
  for (const bias::Selection& strategy : checks.strategies) {
    for (const bool is_classification : {false, true}) {
      Check(checks, strategy, is_classification, tally);
    }
  }
  const schedule::Shape& shape = checks.network.shape;
  fmt::print(
      "\n{} of {} steps at fault; {} inputs, {} hidden nodes, {} outputs, batch {}, seed {}, "
      "tolerance {}\n",
      tally.faults, tally.steps, shape.inputs, shape.hidden, shape.outputs, shape.batch,
      checks.network.seed, checks.tolerance);
  return tally.faults == 0 ? kNoFault : kFault;
}

int Main(int argc, char** argv) {
  const kernel::FlushDenormals flush;
  Arguments arguments;
  CLI::App app(kDescription, "gradcheck");
  bench::AddAxisFlags(kProgram, arguments.typed, app);
  app.add_option("--tolerance", arguments.tolerance, "the largest relative error that is none")
      ->capture_default_str();
  app.add_option("--fault", arguments.fault, "check a planted mistake instead of the kernels");
  return bench::RunWithFlags(app, argc, argv, [&] { return Run(Checks(arguments)); });
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) { return biasbench::tools::Main(argc, argv); }
