// tools/gradcheck: a check of the training step of every strategy, schedule and loss against
// central differences of the loss in double precision.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program/axis_flags.h"
#include "bench/program/flag_values.h"
#include "checks/gradcheck_problem.h"
#include "checks/gradcheck_step.h"
#include "checks/gradcheck_table.h"
#include "kernel/denormals.h"
#include "memory/ledger.h"
#include "reference/faults.h"
#include "reference/reference.h"
#include "schedule/parameters.h"
#include "setting/combination.h"

namespace biasbench::tools {
namespace {

using reference::ReferenceGradients;
using reference::ReferenceNetwork;

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
  PrintHeadings();
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
