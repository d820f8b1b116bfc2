// The footprint formula, which is what `estimate` prints, against what the ledger tracks in real
// training, over random configurations.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "data/task.h"
#include "memory/ledger.h"
#include "network/footprint.h"
#include "network/network.h"
#include "setting/description.h"

namespace biasbench::bench {
namespace {

constexpr int kConfigurations = 250;
// Weights above the size from which buffers are made of huge pages.
constexpr schedule::Shape kOfHugePages{.inputs = 99, .hidden = 90'001, .outputs = 3, .batch = 2};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : engine_(seed) {}

  setting::Setting Next() {
    setting::Setting instance;
    instance.task = setting::kNoise;
    schedule::Configuration& network = instance.network;
    network.strategy = Strategy();
    network.schedule = static_cast<schedule::ScheduleKind>(Below(schedule::kSchedules.size()));
    network.optimizer = static_cast<schedule::Optimizer>(Below(schedule::kOptimizers.size()));
    network.formats = {.weights = Format(), .states = Format()};
    if (!network.Exists()) network.formats = {};
    if (Describe(network.schedule).takes_blocks) network.optimizer = schedule::Optimizer::kSgd;
    network.activation =
        static_cast<kernel::ActivationKind>(Below(kernel::kActivationNames.size()));
    network.shape = {.inputs = UpTo(100), .hidden = UpTo(5000), .outputs = UpTo(12)};
    network.shape.batch = UpTo(70);
    if (Below(50) == 0) network.shape = kOfHugePages;
    network.block = network.shape.batch + UpTo(100);
    network.threads = static_cast<int>(UpTo(4));
    instance.max_samples = network.shape.batch;
    return instance;
  }

 private:
  kernel::NumberFormat Format() {
    return static_cast<kernel::NumberFormat>(Below(kernel::kNumberFormatNames.size()));
  }
  std::uint64_t Below(std::uint64_t count) { return engine_() % count; }

  // From 1 to `most`, small numbers as often as large ones.
  std::int64_t UpTo(double most) {
    const double uniform = static_cast<double>(Below(1 << 20)) / (1 << 20);
    return static_cast<std::int64_t>(std::exp(uniform * std::log(most + 1)));
  }

  bias::Selection Strategy() {
    const auto strategies = bias::Strategies();
    const bias::Strategy& strategy = strategies[Below(strategies.size())];
    if (strategy.values.empty()) return {.strategy = &strategy};
    if (strategy.needs_power_of_two) {
      return {.strategy = &strategy, .value = static_cast<double>(2 << Below(8))};
    }
    return {.strategy = &strategy, .value = strategy.values[Below(strategy.values.size())]};
  }

  std::mt19937_64 engine_;
};

// The footprint that the ledger tracks over three steps.
memory::Ledger Track(const schedule::Configuration& configuration) {
  memory::Ledger ledger;
  const schedule::Shape& shape = configuration.shape;
  const data::Task task = data::NoiseTask(shape.inputs, shape.outputs, shape.batch, 1, ledger);
  std::vector<std::int32_t> samples(static_cast<std::size_t>(shape.batch));
  std::iota(samples.begin(), samples.end(), 0);
  network::Network network(configuration, ledger);
  for (std::int64_t step = 1; step <= 3; ++step) {
    network.Step(task.train, samples, schedule::StepSettings(step, 1e-3), samples);
  }
  return ledger;
}

TEST(FootprintProperty, PredictedIsTrackedOnRandomConfigurations) {
  Generator generator(1);
  for (int i = 0; i < kConfigurations; ++i) {
    const setting::Setting instance = generator.Next();
    const memory::Ledger ledger = Track(instance.network);
    const schedule::Footprint predicted = network::PredictFootprint(instance.network);
    memory::CategoryBytes tracked = ledger.at_peak();
    tracked[memory::Category::kDataset] = 0;
    ASSERT_TRUE(predicted.at_peak == tracked && predicted.peak_phase == ledger.peak_phase())
        << fmt::format("configuration {}: predicted {} bytes, tracked {}; to see it:\nfootprint {}",
                       i, predicted.peak_bytes(), ledger.peak_bytes(),
                       fmt::join(RepeatFlags(instance), " "));
  }
}

}  // namespace
}  // namespace biasbench::bench
