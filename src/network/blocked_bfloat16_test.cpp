// The schedule `blocked` with weights in bfloat16, block by block, against steps in double
// precision that round where it rounds: output weights after each step, by the same random bits;
// hidden weights at the block's end.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "data/task.h"
#include "kernel/bfloat16.h"
#include "kernel/bfloat16_products.h"
#include "network/network.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"

namespace biasbench::network {
namespace {

using reference::ReferenceNetwork;
using reference::ToReference;
using reference::Values;

constexpr double kRate = 0.25;
// Some dozens of steps of numbers around 1 in single precision.
constexpr double kMaxError = 1e-4;

struct Block {
  std::string strategy = "learned";
  schedule::Shape shape = {.inputs = 8, .hidden = 300, .outputs = 3, .batch = 1};
  std::int64_t samples = 17;
  double weight_decay = 0;
  kernel::Bfloat16Products products = kernel::Bfloat16Products::kWidened;

  schedule::Configuration Configuration() const {
    return {.shape = shape,
            .strategy = bias::ParseSelection(strategy),
            .schedule = schedule::ScheduleKind::kBlocked,
            .formats = {.weights = kernel::NumberFormat::kBfloat16, .products = products},
            .block = samples,
            .seed = 3,
            .threads = 2};
  }
  bool TrainsBias() const { return bias::ParseSelection(strategy).trains_bias(); }
  schedule::StepSettings Settings(std::int64_t step) const {
    schedule::StepSettings settings(step, kRate);
    settings.weight_decay = static_cast<float>(weight_decay);
    if (TrainsBias()) {
      settings.SetBiasMultipliers(bias::ParseSelection(strategy).Multipliers({}));
    }
    return settings;
  }
};

// A value rounded up or down by the random bits of its place.
double Rounded(double value, std::uint32_t key, std::int64_t place) {
  const std::uint32_t random = kernel::hn::GetLane(kernel::RoundingBits(key, place));
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(value)) + random;
  return std::bit_cast<float>(bits & 0xffff0000U);
}

// The steps of one block, from the parameters as they are at its begin.
class Reference {
 public:
  Reference(const Block& block, const Network& network)
      : block_(block), parameters_(network.parameters()), network_(ToReference(parameters_)) {}

  // Returns the loss before the step, summed over samples.
  double Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
              std::int64_t number) {
    const Values x = Inputs(dataset, order);
    std::vector<std::int32_t> labels;
    for (const std::int32_t i : order) labels.push_back(dataset.labels[i]);
    const reference::LossInDouble loss =
        reference::CrossEntropyInDouble(labels, static_cast<std::size_t>(dataset.outputs));
    NoteKinks(x);
    const Values outputs = ReferenceOutputs(network_, x);
    const reference::ReferenceGradients gradients =
        ReferenceBackward(network_, x, loss.gradient(outputs));
    const double kept = 1 - kRate * block_.weight_decay;
    Take(network_.hidden_weights, gradients.hidden_weights, kept);
    Take(network_.output_weights, gradients.output_weights, kept);
    if (block_.TrainsBias()) {
      Take(network_.hidden_bias, gradients.hidden_bias, 1);
      Take(network_.output_bias, gradients.output_bias, 1);
    }
    for (const double gradient : gradients.hidden_weights) {
      largest_step_ = std::max(largest_step_, kRate * std::abs(gradient));
    }
    RoundOutputWeights(number);
    return loss.loss(outputs) * static_cast<double>(order.size());
  }

  const ReferenceNetwork& network() const { return network_; }
  // Of a hidden weight, in one step.
  double largest_step() const { return largest_step_; }
  // True if a sample came so near to ReLU's kink that rounding may decide on which side it is.
  bool IsNearKink(std::size_t node) const { return near_kink_[node]; }

 private:
  // As products take them: rounded to nearest where the processor multiplies bfloat16.
  Values Inputs(const data::Dataset& dataset, std::span<const std::int32_t> order) const {
    std::vector<float> rows(order.size() * static_cast<std::size_t>(dataset.inputs));
    dataset.CopyInputs(order, rows.data(), dataset.inputs);
    if (parameters_.configuration.multiplies_bfloat16()) {
      for (float& v : rows) v = kernel::FromBfloat16(kernel::NearestBfloat16(v));
    }
    return {rows.begin(), rows.end()};
  }

  static void Take(Values& values, const Values& gradient, double kept) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = kept * values[i] - kRate * gradient[i];
    }
  }

  // A tile's output weights lie (outputs, nodes) while a block is open.
  void RoundOutputWeights(std::int64_t number) {
    const std::int64_t outputs = block_.shape.outputs;
    const schedule::Tiling tiling = parameters_.configuration.tiling();
    for (std::int64_t chunk = 0; chunk < tiling.chunks(); ++chunk) {
      tiling.ForEachTile(chunk, [&](schedule::NodeRange tile) {
        const std::uint32_t key = parameters_.KeysOfRounding(tile.begin, number).weights[1];
        for (std::int64_t place = 0; place < outputs * tile.size; ++place) {
          const std::int64_t node = tile.begin + place % tile.size;
          double& value =
              network_.output_weights[static_cast<std::size_t>(node * outputs + place / tile.size)];
          value = Rounded(value, key, place);
        }
      });
    }
  }

  void NoteKinks(const Values& x) {
    const Values z = ReferencePreActivations(network_, x);
    for (std::size_t i = 0; i < z.size(); ++i) {
      if (std::abs(z[i]) < 1e-3) near_kink_[i % near_kink_.size()] = true;
    }
  }

  const Block& block_;
  const schedule::Parameters& parameters_;
  ReferenceNetwork network_;
  std::vector<bool> near_kink_ = std::vector<bool>(static_cast<std::size_t>(block_.shape.hidden));
  double largest_step_ = 0;
};

// The last place of a bfloat16 number of this size, at most.
double Gap(double a, double b) { return 0x1p-7 * std::max(std::abs(a), std::abs(b)); }

// Equal, but for a few that single precision rounds to the other side.
void CheckOutputWeights(const Reference& reference, const Values& found) {
  const Values& expected = reference.network().output_weights;
  const std::size_t per_node = expected.size() / reference.network().hidden_bias.size();
  std::size_t different = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (reference.IsNearKink(i / per_node) || found[i] == expected[i]) continue;
    ++different;
    ASSERT_NEAR(found[i], expected[i], 2 * Gap(found[i], expected[i])) << i;
  }
  EXPECT_LE(different, expected.size() / 50);
}

// Each becomes one of the two numbers beside what the reference says, and on average that itself.
// Deltas that are rounded to nearest make a sample's product wrong by at most 2⁻⁹ of it.
void CheckHiddenWeights(const Block& block, const Reference& reference, const Values& found) {
  const Values& expected = reference.network().hidden_weights;
  const auto inputs = static_cast<std::size_t>(block.shape.inputs);
  const double products =
      block.products == kernel::Bfloat16Products::kProcessor
          ? 0x1p-9 * static_cast<double>(block.samples) * reference.largest_step()
          : 0;
  double error = 0;
  double square = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (reference.IsNearKink(i / inputs)) continue;
    ASSERT_NEAR(found[i], expected[i], Gap(found[i], expected[i]) + products + kMaxError) << i;
    error += found[i] - expected[i];
    square += std::pow(found[i] - expected[i], 2);
  }
  EXPECT_GT(square, 0) << "nothing was rounded";
  EXPECT_LE(std::abs(error), 5 * std::sqrt(square)) << "rounds to one side";
}

void CheckBlocks(const Block& block) {
  SCOPED_TRACE(testing::Message() << block.strategy << " inputs " << block.shape.inputs << " batch "
                                  << block.shape.batch << " block " << block.samples << " decay "
                                  << block.weight_decay << " products "
                                  << static_cast<int>(block.products));
  constexpr std::int64_t kBlocks = 3;
  memory::Ledger ledger;
  const data::Task task =
      data::NoiseTask(block.shape.inputs, block.shape.outputs, kBlocks * block.samples, 5, ledger);
  Network network(block.Configuration(), ledger);
  ASSERT_TRUE(network.configuration().takes_blocks());
  const std::int64_t samples = network.configuration().pass_samples();
  std::vector<std::int32_t> all(static_cast<std::size_t>(samples));
  std::int64_t number = 0;
  for (std::int64_t i = 0; i < kBlocks; ++i) {
    std::iota(all.begin(), all.end(), static_cast<std::int32_t>(i * samples));
    Reference reference(block, network);
    std::span<const std::int32_t> rest(all);
    while (!rest.empty()) {
      const auto batch = rest.first(static_cast<std::size_t>(block.shape.batch));
      rest = rest.subspan(batch.size());
      const double expected = reference.Step(task.train, batch, ++number);
      const double found = network.Step(task.train, batch, block.Settings(number), rest).loss;
      ASSERT_NEAR(found, expected, kMaxError * (1 + expected)) << "step " << number;
    }
    const ReferenceNetwork found = ToReference(network.parameters());
    CheckOutputWeights(reference, found.output_weights);
    CheckHiddenWeights(block, reference, found.hidden_weights);
    for (std::size_t h = 0; h < found.hidden_bias.size(); ++h) {
      if (reference.IsNearKink(h)) continue;
      ASSERT_NEAR(found.hidden_bias[h], reference.network().hidden_bias[h], kMaxError) << h;
    }
  }
}

TEST(Blocked, Bfloat16WeightsAreRoundedOnceABlockAndOutputWeightsEachStep) {
  for (const auto products :
       {kernel::Bfloat16Products::kWidened, kernel::Bfloat16Products::kProcessor}) {
    if (products == kernel::Bfloat16Products::kProcessor && !kernel::kHasBfloat16Products) continue;
    for (const std::int64_t inputs : {5, 8, 33, 70}) {
      for (const std::int64_t batch : {1, 3}) {
        Block block{.products = products};
        block.shape.inputs = inputs;
        block.shape.batch = batch;
        CheckBlocks(block);
      }
    }
    CheckBlocks({.strategy = "none", .weight_decay = 0.1, .products = products});
  }
}

}  // namespace
}  // namespace biasbench::network
