// Whatever the number of ranks and threads, a network learns the same bits; and each rank has the
// memory that is predicted for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/task.h"
#include "network/footprint.h"
#include "network/imitation.h"
#include "network/movement.h"
#include "network/network.h"
#include "network/step_exchange.h"
#include "network/trainer.h"
#include "ranks/threads_fixture.h"

namespace biasbench::network {
namespace {

using memory::Category;
using schedule::ScheduleKind;

constexpr std::int64_t kSteps = 3;

schedule::Configuration Whole(const bias::Selection& strategy, ScheduleKind schedule,
                              std::int64_t hidden = 1500) {
  return {.shape = {.inputs = 3, .hidden = hidden, .outputs = 3, .batch = 5},
          .strategy = strategy,
          .schedule = schedule,
          .block = 10,
          .seed = 4};
}

std::string NameOf(const schedule::Configuration& configuration) {
  return configuration.strategy.Name() + " " + std::string(Describe(configuration.schedule).name) +
         " " + std::to_string(configuration.shape.hidden) + " nodes, rank " +
         std::to_string(configuration.place.rank) + " of " +
         std::to_string(configuration.place.ranks);
}

// A rank's knowledge after some steps.
struct Learned {
  std::vector<double> losses;    // before each step, then at the end
  std::vector<double> movement;  // of weights and biases; and the imitation ratio
  std::vector<std::byte> weights;
  std::vector<float> output_bias;

  bool operator==(const Learned&) const = default;
};

Learned Train(const schedule::Configuration& configuration, ranks::Exchange* exchange) {
  memory::Ledger ledger;
  const schedule::Shape& shape = configuration.shape;
  const data::Task task =
      data::NoiseTask(shape.inputs, shape.outputs, kSteps * shape.batch, 1, ledger);
  std::vector<std::int32_t> order(static_cast<std::size_t>(kSteps * shape.batch));
  std::iota(order.begin(), order.end(), 0);
  Network network(configuration, ledger, exchange);
  Learned learned;
  std::span<const std::int32_t> rest(order);
  for (std::int64_t step = 1; step <= kSteps; ++step) {
    const auto samples = rest.first(static_cast<std::size_t>(shape.batch));
    rest = rest.subspan(samples.size());
    schedule::StepSettings settings(step, 0.2);
    if (configuration.strategy.trains_bias()) {
      settings.SetBiasMultipliers(configuration.strategy.Multipliers({}));
    }
    learned.losses.push_back(network.Step(task.train, samples, settings, rest).loss);
  }
  learned.losses.push_back(network.Evaluate(task.train, order).loss);
  const schedule::Parameters& parameters = network.parameters();
  const Movement movement = MeasureMovement(parameters, configuration.threads);
  learned.movement = {
      movement.hidden_weights, movement.hidden_bias.value_or(-1),
      ImitationRatio(parameters, MeanInputs(task.train), configuration.threads).value_or(-1)};
  const std::span<const std::byte> weights = parameters.hidden_weights.bytes().span();
  learned.weights.assign(weights.begin(), weights.end());
  learned.output_bias.assign(parameters.output_bias.span().begin(),
                             parameters.output_bias.span().end());
  memory::CategoryBytes tracked = ledger.at_peak();
  const schedule::Footprint predicted = PredictTrainingFootprint(configuration);
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    if (category == Category::kDataset || category == Category::kPadding) continue;
    EXPECT_EQ(predicted.at_peak[category], tracked[category])
        << memory::kCategoryNames[i] << " of " << NameOf(configuration);
  }
  return learned;
}

// Trains `whole` in one process, then in ranks, and compares all that they know and hold.
void ExpectTheSameBits(const schedule::Configuration& whole, int ranks, int threads,
                       const Learned& expected) {
  std::vector<Learned> learned(static_cast<std::size_t>(ranks));
  ranks::RunRanks(ranks, [&](ranks::Exchange& exchange) {
    schedule::Configuration part = whole;
    part.place = {exchange.rank(), ranks};
    part.threads = threads;
    learned[static_cast<std::size_t>(exchange.rank())] = Train(part, &exchange);
  });
  std::vector<std::byte> weights;
  for (Learned& rank : learned) {
    weights.insert(weights.end(), rank.weights.begin(), rank.weights.end());
    rank.weights = weights;
  }
  for (const Learned& rank : learned) {
    EXPECT_EQ(rank.losses, expected.losses);
    EXPECT_EQ(rank.movement, expected.movement);
    EXPECT_EQ(rank.output_bias, expected.output_bias);
  }
  EXPECT_EQ(weights, expected.weights);
}

void ExpectTheSameBits(schedule::Configuration whole, std::initializer_list<int> counts) {
  whole.threads = 1;
  const Learned expected = Train(whole, nullptr);
  for (const int ranks : counts) {
    for (const int threads : {1, 2}) {
      SCOPED_TRACE(NameOf(whole) + ", " + std::to_string(ranks) + " ranks of " +
                   std::to_string(threads) + " threads");
      ExpectTheSameBits(whole, ranks, threads, expected);
    }
  }
}

// 1,500 nodes are 6 chunks: of 7 ranks one has none.
TEST(Ranks, EveryStrategyAndScheduleLearnTheSameBits) {
  for (const bias::Selection& strategy : bias::AllSelections()) {
    for (const ScheduleKind kind : schedule::kScheduleKinds) {
      ExpectTheSameBits(Whole(strategy, kind), {1, 2, 3, 4, 7});
    }
  }
}

TEST(Ranks, MostMayBeEmpty) {
  for (const char* name : {"learned", "shared", "grouped=256", "bias_only_hashed", "bias_unit"}) {
    for (const ScheduleKind kind : schedule::kScheduleKinds) {
      ExpectTheSameBits(Whole(bias::ParseSelection(name), kind, 100), {2, 5});
    }
  }
}

TEST(Ranks, EveryOptimizerAndFormatLearnTheSameBits) {
  for (const ScheduleKind kind : schedule::kScheduleKinds) {
    for (const auto optimizer : {schedule::Optimizer::kMomentum, schedule::Optimizer::kAdam}) {
      for (const schedule::Formats& formats : schedule::AllFormats()) {
        for (const char* name : {"bfloat16_bias", "shared"}) {
          schedule::Configuration whole = Whole(bias::ParseSelection(name), kind);
          whole.optimizer = optimizer;
          whole.formats = formats;
          if (whole.Exists()) ExpectTheSameBits(whole, {3});
        }
      }
    }
  }
}

// A million nodes and more are units of several chunks.
TEST(Ranks, ManyNodesLearnTheSameBits) {
  schedule::Configuration whole =
      Whole(bias::ParseSelection("learned"), ScheduleKind::kRecompute, 1'200'000);
  whole.shape.inputs = 1;
  whole.shape.outputs = 1;
  ExpectTheSameBits(whole, {2, 3});
}

// A whole training, whose rates and stops follow from losses.
TEST(Ranks, ATrainingEndsAlike) {
  const auto train = [](int rank, int ranks, ranks::Exchange* exchange) {
    memory::Ledger ledger;
    const data::Task task = data::LoadTask("harmonic3", ledger);
    schedule::Configuration part =
        Whole(bias::ParseSelection("error_proportional"), ScheduleKind::kStreaming, 600);
    part.shape.inputs = task.train.inputs;
    part.shape.outputs = task.train.outputs;
    part.place = {rank, ranks};
    Network network(part, ledger, exchange);
    TrainingOptions options;
    options.epochs = 3;
    const TrainingResult result = network::Train(network, task, options, [](const auto&) {});
    std::vector<double> losses = {result.initial_loss, result.train.loss, result.test.loss};
    for (const EpochRecord& epoch : result.epochs) losses.push_back(epoch.train_loss);
    return losses;
  };
  const std::vector<double> expected = train(0, 1, nullptr);
  ranks::RunRanks(3, [&](ranks::Exchange& exchange) {
    EXPECT_EQ(train(exchange.rank(), 3, &exchange), expected);
  });
}

TEST(Ranks, ExchangeWhatIsPredicted) {
  for (const char* name : {"learned", "shared"}) {
    for (const ScheduleKind kind : schedule::kScheduleKinds) {
      ranks::RunRanks(5, [&](ranks::Exchange& exchange) {
        schedule::Configuration part = Whole(bias::ParseSelection(name), kind);
        part.place = {exchange.rank(), 5};
        memory::Ledger ledger;
        const data::Task task = data::NoiseTask(3, 3, 60, 1, ledger);
        std::vector<std::int32_t> order(60);
        std::iota(order.begin(), order.end(), 0);
        Network network(part, ledger, &exchange);
        std::span<const std::int32_t> rest(order);
        ranks::Traffic first;
        for (std::int64_t step = 1; step <= 8; ++step) {  // a training of 12 steps goes on
          if (step == 5) first = exchange.traffic();
          schedule::StepSettings settings(step, 0.2);
          settings.SetBiasMultipliers(part.strategy.Multipliers({}));
          network.Step(task.train, rest.first(5), settings, rest.subspan(5));
          rest = rest.subspan(5);
        }
        const schedule::Messages sent = SentInStep(part);
        EXPECT_EQ(exchange.traffic().messages - first.messages, 4 * sent.count) << NameOf(part);
        EXPECT_EQ(exchange.traffic().bytes - first.bytes, 4 * sent.bytes) << NameOf(part);
      });
    }
  }
}

TEST(Ranks, WithoutAnExchangeAreRefused) {
  schedule::Configuration part = Whole(bias::ParseSelection("learned"), ScheduleKind::kRecompute);
  part.place = {0, 2};
  memory::Ledger ledger;
  EXPECT_THROW(Network(part, ledger), std::logic_error);
}

}  // namespace
}  // namespace biasbench::network
