// The peer without a library: in_place_loops, loops as one writes them by hand. Two walks over the
// nodes: the forward pass, then each node's gradients, applied at once.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "bench/peers/peer.h"
#include "bias/strategies.h"
#include "memory/tracked_buffer.h"
#include "network/loss.h"
#include "schedule/parameters.h"

namespace biasbench::bench::peers {
namespace {

using memory::Category;

float Dot(const float* a, const float* b, std::int64_t size) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

// y += scale · x
void Add(float scale, const float* x, std::int64_t size, float* y) {
#pragma omp simd
  for (std::int64_t i = 0; i < size; ++i) y[i] += scale * x[i];
}

class LoopsPeer final : public Peer {
 public:
  LoopsPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger)
      : shape_(setting.shape),
        rate_(static_cast<float>(LearningRate(setting.shape))),
        batch_(batch),
        order_(static_cast<std::size_t>(batch.samples)),
        parameters_(ledger, {.shape = setting.shape,
                             .strategy = bias::ParseSelection("learned"),
                             .seed = setting.seed,
                             .threads = setting.threads}),
        activations_(ledger, Category::kActivations, shape_.hidden * shape_.batch),
        outputs_(ledger, Category::kWorkspace, shape_.batch * shape_.outputs),
        output_gradient_(ledger, Category::kWorkspace, shape_.batch * shape_.outputs),
        hidden_weights_(parameters_.hidden_weights.floats()),
        output_weights_(parameters_.output_weights.floats()),
        hidden_bias_(reinterpret_cast<float*>(parameters_.hidden_bias.data())) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  double Step() override {
    Forward();
    const network::LossSum loss =
        network::ComputeLoss(batch_, order_, outputs_.data(), output_gradient_.data());
    Update();
    return loss.loss / static_cast<double>(shape_.batch);
  }

 private:
  const float* Input(std::int64_t n) const { return batch_.values.data() + n * shape_.inputs; }
  const float* OutputGradient(std::int64_t n) const {
    return output_gradient_.data() + n * shape_.outputs;
  }

  void Forward() {
    std::ranges::fill(outputs_.span(), 0.0F);
#pragma omp parallel
    {
      std::vector<float> sums(
          static_cast<std::size_t>(outputs_.size()));  // over the thread's nodes
#pragma omp for nowait
      for (std::int64_t h = 0; h < shape_.hidden; ++h) ForwardNode(h, sums.data());
#pragma omp critical
      Add(1 / static_cast<float>(shape_.hidden), sums.data(), outputs_.size(), outputs_.data());
    }
    for (std::int64_t i = 0; i < outputs_.size(); ++i) {
      outputs_[i] += parameters_.output_bias[i % shape_.outputs];
    }
  }

  // sums (batch, outputs)
  void ForwardNode(std::int64_t h, float* sums) const {
    for (std::int64_t n = 0; n < shape_.batch; ++n) {
      const float sum = Dot(hidden_weights_ + h * shape_.inputs, Input(n), shape_.inputs);
      const float activation = std::max(sum + hidden_bias_[h], 0.0F);
      activations_[h * shape_.batch + n] = activation;
      Add(activation, output_weights_ + h * shape_.outputs, shape_.outputs,
          sums + n * shape_.outputs);
    }
  }

  void Update() {
#pragma omp parallel for
    for (std::int64_t h = 0; h < shape_.hidden; ++h) UpdateNode(h);
    for (std::int64_t n = 0; n < shape_.batch; ++n) {
      Add(-rate_, OutputGradient(n), shape_.outputs, parameters_.output_bias.data());
    }
  }

  // A sample for which the node is inactive changes none of its parameters. Deltas use the output
  // weights from before the step.
  void UpdateNode(std::int64_t h) {
    const float* activations = activations_.data() + h * shape_.batch;
    float* output_weights = output_weights_ + h * shape_.outputs;
    for (std::int64_t n = 0; n < shape_.batch; ++n) {
      if (activations[n] <= 0) continue;
      const float delta = Dot(output_weights, OutputGradient(n), shape_.outputs);
      Add(-rate_ * delta, Input(n), shape_.inputs, hidden_weights_ + h * shape_.inputs);
      hidden_bias_[h] -= rate_ * delta;
    }
    for (std::int64_t n = 0; n < shape_.batch; ++n) {
      Add(-rate_ * activations[n], OutputGradient(n), shape_.outputs, output_weights);
    }
  }

  const schedule::Shape shape_;
  const float rate_;
  const data::Dataset& batch_;
  std::vector<std::int32_t> order_;  // of the samples: all of them
  schedule::Parameters parameters_;
  memory::TrackedBuffer<float> activations_;      // (hidden, batch)
  memory::TrackedBuffer<float> outputs_;          // (batch, outputs)
  memory::TrackedBuffer<float> output_gradient_;  // (batch, outputs)
  float* hidden_weights_;                         // (hidden, inputs)
  float* output_weights_;                         // (hidden, outputs)
  float* hidden_bias_;                            // (hidden)
};

}  // namespace

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  return std::make_unique<LoopsPeer>(setting, batch, ledger);
}

// Only the compiler decides its speed.
std::string LibraryVersion() {
#ifdef __clang__
  return fmt::format("clang++ {}.{}.{} (OpenMP)", __clang_major__, __clang_minor__,
                     __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{} (OpenMP)", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

}  // namespace biasbench::bench::peers
