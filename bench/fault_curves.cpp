// bench/fault_curves: the training curve that each planted fault produces, in double
// precision on the textbook formulas, with harmonic3.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "bench/program/flag_values.h"
#include "bias/strategies.h"
#include "data/task.h"
#include "memory/ledger.h"
#include "random/philox.h"
#include "record/result_file.h"
#include "reference/faults.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"
#include "schedule/parameters.h"

namespace biasbench::faults {
namespace {

using reference::Fault;
using reference::kFaults;
using reference::ReferenceNetwork;
using reference::Values;

constexpr const char* kDescription =
    R"(Shows the effect of mistakes in backpropagation: trains harmonic3 by the textbook formulas in
double precision, once correctly and once with each mistake planted. Writes CSV, the loss over
the whole training set after each epoch: fault,strategy,epoch,train_loss. A curve ends if its loss
is not finite or above ten times the first. bias_rate is run under scaled=0.1, where it makes a
difference, the others under learned.

A curve alone does not reveal a mistake: bias_axis learns as well as none. gradcheck finds all of them.

  build/release/bench/fault_curves --out=fault_curves.csv
  build/release/tools/gradcheck --fault=transfer_input)";

struct Settings {
  std::int64_t hidden = 1000;
  std::int64_t epochs = 60;
  double learning_rate = 0.1;
  random::Seed seed = 1;
};

constexpr std::int64_t kBatch = 32;

// Inputs and targets of some samples of harmonic3.
struct Samples {
  Values x;
  Values targets;
};

Samples Gather(const data::Dataset& dataset, std::span<const std::int32_t> order) {
  Samples samples;
  for (const std::int32_t n : order) {
    for (std::int64_t d = 0; d < dataset.inputs; ++d) {
      samples.x.push_back(dataset.values[n * dataset.inputs + d]);
    }
    samples.targets.push_back(dataset.targets[n]);
  }
  return samples;
}

void Step(Fault fault, const Samples& samples, double rate, double multiplier,
          ReferenceNetwork& network) {
  const reference::LossInDouble loss = reference::SquaredErrorInDouble(samples.targets);
  const reference::ReferenceGradients gradients = FaultyBackward(
      fault, network, samples.x, loss.gradient(ReferenceOutputs(network, samples.x)));
  for (const reference::GradientGroup& group : reference::kGradientGroups) {
    const double step = group.is_bias ? rate * FaultyMultiplier(fault, multiplier) : rate;
    Values& values = network.*group.values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] -= step * (gradients.*group.gradients)[i];
    }
  }
}

// The lines of one curve.
std::string Curve(Fault fault, const bias::Selection& strategy, const Settings& settings) {
  memory::Ledger ledger;
  const data::Task task = data::LoadTask("harmonic3", ledger);
  const schedule::Shape shape{.inputs = task.train.inputs,
                              .hidden = settings.hidden,
                              .outputs = task.train.outputs,
                              .batch = kBatch};
  ReferenceNetwork network = reference::ToReference(
      schedule::Parameters(ledger, {.shape = shape, .strategy = strategy, .seed = settings.seed}));
  const auto count = static_cast<std::int32_t>(task.train.samples);
  const double multiplier = strategy.Multipliers({}).hidden;
  std::string lines;
  double first_loss = 0;
  for (std::int64_t epoch = 0; epoch <= settings.epochs; ++epoch) {
    const std::vector<std::int32_t> order = random::Permutation(
        settings.seed, random::Stream::kShuffle, count, static_cast<std::uint32_t>(epoch));
    for (std::size_t begin = 0; epoch > 0 && begin < order.size(); begin += kBatch) {
      const auto batch =
          std::span(order).subspan(begin, std::min<std::size_t>(kBatch, order.size() - begin));
      Step(fault, Gather(task.train, batch), settings.learning_rate, multiplier, network);
    }
    const Samples all = Gather(task.train, order);
    const double loss =
        reference::SquaredErrorInDouble(all.targets).loss(ReferenceOutputs(network, all.x));
    if (epoch == 0) first_loss = loss;
    lines += fmt::format("{},{},{},{}\n", Describe(fault).name, strategy.Name(), epoch,
                         std::isfinite(loss) ? fmt::format("{}", loss) : "");
    if (!(loss <= 10 * first_loss)) break;
  }
  return lines;
}

std::string Curves(const Settings& settings) {
  const bias::Selection learned = bias::ParseSelection("learned");
  const bias::Selection scaled = bias::ParseSelection("scaled=0.1");
  std::string text = "fault,strategy,epoch,train_loss\n";
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    const auto fault = static_cast<Fault>(i);
    if (fault != Fault::kBiasRate) text += Curve(fault, learned, settings);
    if (fault == Fault::kNone || fault == Fault::kBiasRate) {
      text += Curve(fault, scaled, settings);
    }
  }
  return text;
}

int Main(int argc, char** argv) {
  std::string hidden = "1000";
  std::string epochs = "60";
  std::string learning_rate = "0.1";
  std::string seed = "1";
  std::string out;
  CLI::App app(kDescription, "fault_curves");
  app.add_option("--hidden", hidden, "hidden nodes, 1 to 100000")->capture_default_str();
  app.add_option("--epochs", epochs, "1 to 1000")->capture_default_str();
  app.add_option("--learning_rate", learning_rate, "above 0")->capture_default_str();
  app.add_option("--seed", seed, "of initial values and shuffles")->capture_default_str();
  app.add_option("--out", out, "the file to write (default: standard output)");
  return bench::RunWithFlags(app, argc, argv, [&] {
    const Settings settings{
        .hidden = bench::ParseCountFlag("--hidden", hidden, {1, 100'000}),
        .epochs = bench::ParseCountFlag("--epochs", epochs, {1, 1000}),
        .learning_rate = bench::ParseFlag("--learning_rate", learning_rate, bench::ParsePositive),
        .seed = static_cast<random::Seed>(bench::ParseCountFlag("--seed", seed, bench::kSeeds))};
    if (!out.empty()) record::CheckWritable(out);
    const std::string text = Curves(settings);
    if (out.empty()) {
      fmt::print("{}", text);
    } else {
      record::WriteText(out, text);
    }
    return 0;
  });
}

}  // namespace
}  // namespace biasbench::faults

int main(int argc, char** argv) { return biasbench::faults::Main(argc, argv); }
