// The schedule `blocked`, step by step, against steps one after another in double precision, and
// against `in_place` over many steps.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/task.h"
#include "network/network.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"

namespace biasbench::network {
namespace {

using reference::ReferenceNetwork;
using reference::ToReference;
using reference::Values;

constexpr double kRate = 0.25;

struct Training {
  std::string strategy = "learned";
  schedule::Shape shape = {.inputs = 7, .hidden = 130, .outputs = 3, .batch = 1};
  std::int64_t block = 17;
  kernel::ActivationKind activation = kernel::ActivationKind::kRelu;
  schedule::Parametrization parametrization = schedule::Parametrization::kMeanField;
  double weight_decay = 0;
  std::int64_t frozen_from = 1'000'000;  // the step from which biases are frozen
  std::int64_t samples = 40;             // of the training; blocks and batches may end short

  schedule::Configuration Configuration(schedule::ScheduleKind kind, int threads = 2) const {
    return {.shape = shape,
            .strategy = bias::ParseSelection(strategy),
            .schedule = kind,
            .parametrization = parametrization,
            .activation = activation,
            .block = block,
            .seed = 3,
            .threads = threads};
  }
};

std::vector<std::int32_t> Order(std::int64_t samples) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(samples));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

// Trains on all samples once; step(samples, their settings, what follows) takes each step.
template <class Step>
void ForEachBatch(const Training& run, std::span<const std::int32_t> order, const Step& step) {
  const bias::Selection strategy = bias::ParseSelection(run.strategy);
  std::int64_t number = 0;
  while (!order.empty()) {
    const auto batch =
        order.first(std::min(static_cast<std::size_t>(run.shape.batch), order.size()));
    order = order.subspan(batch.size());
    schedule::StepSettings settings(++number, kRate);
    settings.weight_decay = static_cast<float>(run.weight_decay);
    settings.updates_biases = number < run.frozen_from;
    if (strategy.trains_bias()) settings.SetBiasMultipliers(strategy.Multipliers({}));
    step(batch, settings, order);
  }
}

// gradient (entries of so many nodes each) becomes the mean over each entry's nodes.
void AverageOverEntries(std::int64_t nodes_per_entry, Values& gradient) {
  const auto hidden = static_cast<std::int64_t>(gradient.size());
  for (std::int64_t begin = 0; begin < hidden; begin += nodes_per_entry) {
    const std::int64_t end = std::min(begin + nodes_per_entry, hidden);
    const double sum = std::accumulate(gradient.begin() + begin, gradient.begin() + end, 0.0);
    std::fill(gradient.begin() + begin, gradient.begin() + end,
              sum / static_cast<double>(end - begin));
  }
}

// The sequential training in double precision.
class Reference {
 public:
  Reference(const Training& run, const Network& network)
      : run_(run),
        strategy_(network.configuration().strategy),
        network_(ToReference(network.parameters())),
        near_kink_(static_cast<std::size_t>(run.shape.hidden)) {}

  // Returns the loss before the step, summed over samples.
  double Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
              const schedule::StepSettings& settings) {
    std::vector<float> rows(order.size() * static_cast<std::size_t>(dataset.inputs));
    dataset.CopyInputs(order, rows.data(), dataset.inputs);
    const Values x(rows.begin(), rows.end());
    std::vector<std::int32_t> labels;
    for (const std::int32_t i : order) labels.push_back(dataset.labels[i]);
    const reference::LossInDouble loss =
        reference::CrossEntropyInDouble(labels, static_cast<std::size_t>(dataset.outputs));
    NoteKinks(x);
    const Values outputs = ReferenceOutputs(network_, x);
    reference::ReferenceGradients gradients =
        ReferenceBackward(network_, x, loss.gradient(outputs));
    AverageOverEntries(strategy_.NodesPerEntry(run_.shape.hidden), gradients.hidden_bias);
    const bool has_bias_unit = strategy_->has_bias_unit;
    const bool trains_weights = strategy_->weights == bias::Weights::kTrained;
    const double weights = trains_weights ? 1 : 0;
    const double biases = strategy_.trains_bias() && settings.updates_biases ? 1 : 0;
    const double decay = run_.weight_decay;
    Take(network_.hidden_weights, gradients.hidden_weights, weights, weights * decay);
    Take(network_.output_weights, gradients.output_weights, weights, weights * decay);
    // A bias unit's biases are weights.
    Take(network_.hidden_bias, gradients.hidden_bias,
         has_bias_unit ? 1 : biases * settings.hidden_bias_multiplier, has_bias_unit ? decay : 0);
    Take(network_.output_bias, gradients.output_bias, biases * settings.output_bias_multiplier, 0);
    return loss.loss(outputs) * static_cast<double>(order.size());
  }

  const ReferenceNetwork& network() const { return network_; }
  // True if a sample came so near to ReLU's kink that rounding may decide on which side it is.
  bool IsNearKink(std::size_t node) const { return near_kink_[node]; }

 private:
  static void Take(Values& values, const Values& gradient, double multiplier, double decay) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = (1 - kRate * decay) * values[i] - kRate * multiplier * gradient[i];
    }
  }
  void NoteKinks(const Values& x) {
    const Values z = ReferencePreActivations(network_, x);
    for (std::size_t i = 0; i < z.size(); ++i) {
      if (std::abs(z[i]) < 1e-4) near_kink_[i % near_kink_.size()] = true;
    }
  }

  const Training& run_;
  bias::Selection strategy_;
  ReferenceNetwork network_;
  std::vector<bool> near_kink_;
};

// Some dozens of steps of numbers around 1: their roundings add up to less than 1e-5, while what
// one step does is 1e-3 and more.
constexpr double kMaxError = 3e-5;

void CheckNodes(const char* what, const Reference& reference, const Values& expected,
                const Values& found) {
  const std::size_t per_node = expected.size() / reference.network().hidden_bias.size();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (reference.IsNearKink(i / per_node)) continue;
    ASSERT_NEAR(found[i], expected[i], kMaxError * (1 + std::abs(expected[i]))) << what << " " << i;
  }
}

void CheckAgainstReference(const Training& run) {
  SCOPED_TRACE(testing::Message() << run.strategy << " inputs " << run.shape.inputs << " hidden "
                                  << run.shape.hidden << " outputs " << run.shape.outputs
                                  << " batch " << run.shape.batch << " block " << run.block
                                  << " decay " << run.weight_decay);
  memory::Ledger ledger;
  const data::Task task =
      data::NoiseTask(run.shape.inputs, run.shape.outputs, run.samples, 5, ledger);
  Network network(run.Configuration(schedule::ScheduleKind::kBlocked), ledger);
  ASSERT_TRUE(network.configuration().takes_blocks());
  Reference reference(run, network);
  const std::vector<std::int32_t> order = Order(run.samples);
  ForEachBatch(run, order, [&](auto batch, const auto& settings, auto following) {
    const double expected = reference.Step(task.train, batch, settings);
    if (settings.number == run.frozen_from) network.FreezeBiases();
    const double found = network.Step(task.train, batch, settings, following).loss;
    ASSERT_NEAR(found, expected, kMaxError * (1 + expected)) << "step " << settings.number;
  });
  const ReferenceNetwork found = ToReference(network.parameters());
  const ReferenceNetwork& expected = reference.network();
  CheckNodes("hidden weight", reference, expected.hidden_weights, found.hidden_weights);
  CheckNodes("output weight", reference, expected.output_weights, found.output_weights);
  CheckNodes("hidden bias", reference, expected.hidden_bias, found.hidden_bias);
  for (std::size_t o = 0; o < expected.output_bias.size(); ++o) {
    ASSERT_NEAR(found.output_bias[o], expected.output_bias[o], kMaxError) << o;
  }
}

TEST(Blocked, EveryStrategyIsTheSequentialTraining) {
  for (const bias::Selection& strategy : bias::AllSelections()) {
    if (strategy.entry_bytes() == 2) continue;  // rounded at random
    for (const std::int64_t batch : {1, 3}) {
      Training run{.strategy = strategy.Name()};
      run.shape.batch = batch;
      CheckAgainstReference(run);
    }
  }
}

TEST(Blocked, EveryBatchAndBlockIsTheSequentialTraining) {
  for (const std::int64_t batch : {1, 2, 3, 8, 16}) {
    for (const std::int64_t block : {batch, std::int64_t{8}, std::int64_t{17}, std::int64_t{64}}) {
      if (block < batch) continue;
      for (const double decay : {0.0, 0.1}) {
        Training run{.block = block, .weight_decay = decay, .samples = 150};
        run.shape.batch = batch;
        CheckAgainstReference(run);
      }
    }
  }
}

TEST(Blocked, OddShapesAreTheSequentialTraining) {
  for (const std::int64_t inputs : {1, 5, 33, 70}) {
    for (const std::int64_t hidden : {1, 63, 300}) {
      for (const std::int64_t outputs : {2, 10, 17}) {
        Training run{.block = 20, .samples = 33};
        run.shape = {.inputs = inputs, .hidden = hidden, .outputs = outputs, .batch = 2};
        CheckAgainstReference(run);
      }
    }
  }
}

TEST(Blocked, BiasesMayFreezeWithinABlock) {
  for (const char* strategy : {"learned", "shared", "grouped=64"}) {
    CheckAgainstReference({.strategy = strategy, .frozen_from = 22});
  }
}

// Decay that leaves less of the weights than the least number there is.
TEST(Blocked, ALongBlockMayForgetWhereItBegan) {
  CheckAgainstReference({.block = 1200, .weight_decay = 2, .samples = 1150});
}

TEST(Blocked, RefusesWhatWouldTearABlock) {
  memory::Ledger ledger;
  const Training run{.samples = 9};
  const data::Task task =
      data::NoiseTask(run.shape.inputs, run.shape.outputs, run.samples, 5, ledger);
  Training pairs = run;
  pairs.shape.batch = 2;
  Network network(pairs.Configuration(schedule::ScheduleKind::kBlocked), ledger);
  const std::vector<std::int32_t> order = Order(run.samples);
  const std::span all(order);
  const schedule::StepSettings settings(1, kRate);
  EXPECT_THROW(network.Step(task.train, all.first(1), settings, all.subspan(1)), std::logic_error);
  network.Step(task.train, all.first(2), settings, all.subspan(2));
  EXPECT_THROW(network.Evaluate(task.test, order), std::logic_error);
}

TEST(Blocked, TanhAndTheStandardParametrizationAreTheSequentialTraining) {
  CheckAgainstReference({.activation = kernel::ActivationKind::kTanh, .weight_decay = 0.1});
  CheckAgainstReference({.parametrization = schedule::Parametrization::kStandard});
}

std::vector<double> Losses(const Training& run, schedule::ScheduleKind kind, int threads) {
  memory::Ledger ledger;
  const data::Task task =
      data::NoiseTask(run.shape.inputs, run.shape.outputs, run.samples, 5, ledger);
  Network network(run.Configuration(kind, threads), ledger);
  const std::vector<std::int32_t> order = Order(run.samples);
  std::vector<double> losses;
  ForEachBatch(run, order, [&](auto batch, const auto& settings, auto following) {
    losses.push_back(network.Step(task.train, batch, settings, following).loss);
  });
  losses.push_back(network.Evaluate(task.test, Order(task.test.samples)).loss);
  return losses;
}

TEST(Blocked, FollowsInPlaceForHundredsOfSteps) {
  for (const char* strategy : {"learned", "none", "shared", "grouped=64", "bias_unit"}) {
    Training run{.strategy = strategy, .block = 64, .samples = 400};
    run.shape = {.inputs = 20, .hidden = 500, .outputs = 10, .batch = 2};
    const auto in_place = Losses(run, schedule::ScheduleKind::kInPlace, 2);
    const auto blocked = Losses(run, schedule::ScheduleKind::kBlocked, 2);
    ASSERT_EQ(in_place.size(), 201U);
    // Roundings grow where one of them decides on which side of ReLU's kink a sample is.
    for (std::size_t i = 0; i < in_place.size(); ++i) {
      ASSERT_NEAR(blocked[i], in_place[i], 1e-3 * in_place[i]) << strategy << " " << i;
    }
  }
}

TEST(Blocked, LossesAreBitIdenticalForAnyNumberOfThreads) {
  for (const char* strategy : {"learned", "shared", "hashed_random", "bfloat16_bias"}) {
    Training run{.strategy = strategy, .block = 24, .samples = 70};
    run.shape = {.inputs = 9, .hidden = 2500, .outputs = 4, .batch = 3};
    const auto one = Losses(run, schedule::ScheduleKind::kBlocked, 1);
    EXPECT_EQ(one, Losses(run, schedule::ScheduleKind::kBlocked, 2)) << strategy;
    EXPECT_EQ(one, Losses(run, schedule::ScheduleKind::kBlocked, 5)) << strategy;
  }
}

}  // namespace
}  // namespace biasbench::network
