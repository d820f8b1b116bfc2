// Evaluations of networks that train on few samples at a time take more of them.
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "network/footprint.h"
#include "network/network.h"
#include "network/trainer.h"

namespace biasbench::network {
namespace {

using schedule::ScheduleKind;

constexpr std::int64_t kSamples = 150;

schedule::Configuration Small(const bias::Selection& strategy, ScheduleKind kind,
                              std::int64_t batch) {
  return {.shape = {.inputs = 16, .hidden = 700, .outputs = 3, .batch = batch},
          .strategy = strategy,
          .schedule = kind,
          .seed = 2,
          .threads = 2};
}

std::string NameOf(const schedule::Configuration& configuration) {
  return configuration.strategy.Name() + " " + std::string(Describe(configuration.schedule).name) +
         " batch " + std::to_string(configuration.shape.batch);
}

std::vector<std::int32_t> Order() {
  std::vector<std::int32_t> order(kSamples);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

data::Task Task(memory::Ledger& ledger) { return data::NoiseTask(16, 3, kSamples, 5, ledger); }

// The loss of the outputs that the schedule's own forward pass computes, a batch at a time.
double LossByBatches(Network& network, const data::Dataset& dataset) {
  const std::vector<std::int32_t> order = Order();
  LossSum sum;
  std::span<const std::int32_t> rest(order);
  while (!rest.empty()) {
    const auto samples = rest.first(std::min<std::size_t>(
        static_cast<std::size_t>(network.configuration().shape.batch), rest.size()));
    rest = rest.subspan(samples.size());
    sum += ComputeLoss(dataset, samples, network.Outputs(dataset, samples).data(), nullptr);
  }
  return sum.loss;
}

TEST(Evaluation, IsTheLossOfTheNetworkWhateverItsBatch) {
  for (const bias::Selection& strategy : bias::AllSelections()) {
    for (const ScheduleKind kind : schedule::kScheduleKinds) {
      for (const std::int64_t batch : {1, 8, 9}) {
        memory::Ledger ledger;
        const data::Task task = Task(ledger);
        Network network(Small(strategy, kind, batch), ledger);
        const double expected = LossByBatches(network, task.train);
        EXPECT_NEAR(network.Evaluate(task.train, Order()).loss, expected, 1e-5 * expected)
            << NameOf(network.configuration());
      }
    }
  }
}

TEST(Evaluation, LeavesTheNextStepsAsTheyAre) {
  for (const ScheduleKind kind : schedule::kScheduleKinds) {
    const auto losses = [&](bool evaluates) {
      memory::Ledger ledger;
      const data::Task task = Task(ledger);
      Network network(Small(bias::ParseSelection("learned"), kind, 2), ledger);
      const std::vector<std::int32_t> order = Order();
      std::vector<double> steps;
      for (std::int64_t step = 1; step <= 4; ++step) {
        schedule::StepSettings settings(step, 0.3);
        settings.SetBiasMultipliers({1, 1});
        steps.push_back(
            network.Step(task.train, std::span(order).subspan(2 * step, 2), settings).loss);
        if (evaluates) network.Evaluate(task.train, order);
      }
      return steps;
    };
    EXPECT_EQ(losses(true), losses(false)) << Describe(kind).name;
  }
}

TEST(Evaluation, HasThePredictedMemory) {
  for (const char* strategy : {"learned", "shared", "bias_unit", "bias_only"}) {
    for (const ScheduleKind kind : schedule::kScheduleKinds) {
      for (const std::int64_t batch : {1, 8, 9, 64}) {
        memory::Ledger ledger;
        const data::Task task = Task(ledger);
        const schedule::Configuration configuration =
            Small(bias::ParseSelection(strategy), kind, batch);
        Network network(configuration, ledger);
        network::Train(network, task, {.epochs = 1}, [](const EpochRecord&) {});
        const schedule::Footprint predicted = PredictTrainingFootprint(configuration);
        EXPECT_EQ(predicted.peak_bytes(), ledger.at_peak().TotalWithoutDataset())
            << NameOf(configuration);
        const bool takes_more = batch <= 8 && kind != ScheduleKind::kBlocked;
        EXPECT_EQ(predicted.peak_bytes() > PredictFootprint(configuration).peak_bytes(), takes_more)
            << NameOf(configuration);
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::network
