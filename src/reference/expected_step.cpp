#include "reference/expected_step.h"

#include "bias/storage.h"
#include "reference/reference.h"

namespace biasbench::reference {
namespace {

template <class Tensor>
auto Exactly(const Tensor& values, std::int64_t begin, std::int64_t stride) {
  return [=, &values](std::int64_t i) { return Bounded{values[begin + i * stride]}; };
}
auto Once() {
  return [](std::int64_t /*i*/) { return Bounded{1}; };
}

// The forward and backward pass of a batch before its step. Arrays are (samples, hidden).
class BoundedBatch {
  // A node's values for all samples.
  auto Node(const std::vector<Bounded>& values, std::int64_t h) const {
    return [&values, h, hidden = network_.shape.hidden](std::int64_t n) {
      return values[n * hidden + h];
    };
  }

 public:
  BoundedBatch(const ReferenceNetwork& network, const schedule::NoiseBatch& batch)
      : network_(network),
        batch_(batch),
        samples_(batch.view().size),
        activation_(samples_ * network.shape.hidden),
        delta_(activation_) {
    const auto [inputs, hidden, outputs, largest_batch] = network.shape;
    for (std::int64_t n = 0; n < samples_; ++n) {
      for (std::int64_t h = 0; h < hidden; ++h) {
        const Bounded z = BoundedSum({network.hidden_bias[h]}, inputs,
                                     Exactly(network.hidden_weights, h * inputs, 1),
                                     Exactly(batch.x, n * inputs, 1));
        const Bounded upstream =
            BoundedSum({}, outputs, Exactly(network.output_weights, h * outputs, 1),
                       Exactly(batch.delta, n * outputs, 1));
        activation_[n * hidden + h] = BoundedActivation(network.activation, z);
        delta_[n * hidden + h] = BoundedDelta(network.activation, z, upstream);
      }
    }
  }

  // The sum over H takes no more roundings than BoundedSum allows, that of the result included.
  Bounded Output(std::int64_t n, std::int64_t o) const {
    const std::int64_t hidden = network_.shape.hidden;
    const Bounded sum =
        BoundedSum({}, hidden, Exactly(network_.output_weights, o, network_.shape.outputs),
                   [&](std::int64_t h) { return activation_[n * hidden + h]; });
    const double bias = network_.output_bias[o];
    const auto width = static_cast<double>(hidden);
    return {bias + sum.value / width, sum.error / width + kUnit * std::abs(bias)};
  }
  Bounded HiddenWeightGradient(std::int64_t h, std::int64_t d) const {
    return BoundedSum({}, samples_, Node(delta_, h), Exactly(batch_.x, d, network_.shape.inputs));
  }
  Bounded OutputWeightGradient(std::int64_t h, std::int64_t o) const {
    return BoundedSum({}, samples_, Node(activation_, h),
                      Exactly(batch_.delta, o, network_.shape.outputs));
  }
  Bounded NodeGradient(std::int64_t h) const {
    return BoundedSum({}, samples_, Node(delta_, h), Once());
  }
  Bounded OutputBiasGradient(std::int64_t o) const {
    return BoundedSum({}, samples_, Exactly(batch_.delta, o, network_.shape.outputs), Once());
  }

 private:
  const ReferenceNetwork& network_;
  const schedule::NoiseBatch& batch_;
  std::int64_t samples_;
  std::vector<Bounded> activation_;
  std::vector<Bounded> delta_;
};

// Biases that several nodes share take the mean of their gradients.
std::vector<Bounded> HiddenBiasGradients(const schedule::Parameters& parameters,
                                         const BoundedBatch& batch) {
  const std::int64_t hidden = parameters.configuration.shape.hidden;
  std::vector<Bounded> gradients;
  for (std::int64_t h = 0; h < hidden; ++h) gradients.push_back(batch.NodeGradient(h));
  const std::int64_t group = parameters.configuration.strategy.NodesPerEntry(hidden);
  for (std::int64_t begin = 0; group > 1 && begin < hidden; begin += group) {
    const std::int64_t nodes = std::min(group, hidden - begin);
    const Bounded mean = BoundedSum(
        {}, nodes, [&](std::int64_t i) { return gradients[begin + i]; },
        [&](std::int64_t /*i*/) { return Bounded{1 / static_cast<double>(nodes)}; });
    std::fill_n(gradients.begin() + begin, nodes, mean);
  }
  return gradients;
}

}  // namespace

ExpectedStep ExpectStep(const schedule::Parameters& parameters, const schedule::NoiseBatch& noise,
                        double rate, double bias_rate) {
  const ReferenceNetwork network = ToReference(parameters);
  const BoundedBatch batch(network, noise);
  const auto [inputs, hidden, outputs, largest_batch] = network.shape;
  const Bounded weight_rate{parameters.configuration.trains_weights() ? rate : 0};
  const bool is_bfloat16 = parameters.configuration.strategy.entry_bytes() < schedule::kFloatBytes;
  const std::vector<Bounded> bias_gradients = HiddenBiasGradients(parameters, batch);
  ExpectedStep expected;
  for (std::int64_t n = 0; n < noise.view().size; ++n) {
    for (std::int64_t o = 0; o < outputs; ++o) expected.outputs.push_back(batch.Output(n, o));
  }
  for (std::int64_t h = 0; h < hidden; ++h) {
    for (std::int64_t d = 0; d < inputs; ++d) {
      expected.hidden_weights.push_back(BoundedStep({network.hidden_weights[h * inputs + d]},
                                                    weight_rate, batch.HiddenWeightGradient(h, d)));
    }
    for (std::int64_t o = 0; o < outputs; ++o) {
      expected.output_weights.push_back(BoundedStep({network.output_weights[h * outputs + o]},
                                                    weight_rate, batch.OutputWeightGradient(h, o)));
    }
    Bounded bias = BoundedStep({network.hidden_bias[h]}, {bias_rate}, bias_gradients[h]);
    // Rounded to one of two neighbours, a unit in the last of 8 places apart.
    if (is_bfloat16) bias.error += 0x1p-7 * bias.magnitude();
    expected.hidden_bias.push_back(bias);
  }
  for (std::int64_t o = 0; o < outputs; ++o) {
    expected.output_bias.push_back(
        BoundedStep({network.output_bias[o]}, {bias_rate}, batch.OutputBiasGradient(o)));
  }
  return expected;
}

}  // namespace biasbench::reference
