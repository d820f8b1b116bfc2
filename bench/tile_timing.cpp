#include "bench/tile_timing.h"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/instance/team_facts.h"
#include "bench/instance/timed_steps.h"
#include "kernel/activation_kind.h"
#include "kernel/denormals.h"
#include "kernel/float32.h"
#include "kernel/hidden_products.h"
#include "kernel/tile.h"
#include "machine/roofline.h"
#include "memory/ledger.h"
#include "memory/tracked_buffer.h"
#include "random/philox.h"
#include "schedule/optimizer.h"
#include "schedule/shape.h"
#include "schedule/tiling.h"
#include "schedule/weight_rows.h"

namespace biasbench::bench {
namespace {

using kernel::Vector;
using memory::Category;
using nlohmann::json;
using schedule::NodeRange;
using Buffer = memory::TrackedBuffer<float>;
using Clock = std::chrono::steady_clock;

// Nanoseconds a node of each phase, one entry a tile.
using Durations = std::array<std::vector<double>, kTilePhases.size()>;

// A network of seeded noise and one batch for it.
class Tiles {
 public:
  Tiles(const schedule::Shape& shape, int threads)
      : shape_(shape),
        threads_(threads),
        tiling_(shape_.hidden, shape_.inputs, shape_.batch, 1),
        hidden_weights_(ledger_, Category::kHiddenWeights, shape_.hidden * shape_.inputs),
        output_weights_(ledger_, Category::kOutputWeights, shape_.hidden * shape_.outputs),
        activations_(ledger_, Category::kActivations, shape_.hidden * shape_.batch),
        rows_(ledger_, Category::kDataset, shape_.batch * shape_.inputs),
        panel_(ledger_, Category::kDataset, shape_.batch * shape_.inputs),
        gradient_(ledger_, Category::kWorkspace, shape_.batch * shape_.outputs) {
    for (int thread = 0; thread < threads; ++thread) scratch_.emplace_back(ledger_, tiling_, shape);
    const auto fill = [](random::Seed seed, float most, Buffer& buffer) {
      random::FillUniform(seed, random::Stream::kNoise, 0, most, buffer.span());
    };
    fill(1, 0.1F, hidden_weights_);
    fill(2, 1, output_weights_);
    fill(3, 1, activations_);
    fill(4, 1, rows_);
    fill(5, 1e-4F, gradient_);
    std::ranges::copy(rows_.span(), panel_.data());  // noise either way round
  }

  // Runs all threads' shares of the nodes at the same time, repeatedly for `seconds` seconds; with
  // in_cache only each thread's first tile.
  Durations Run(double seconds, bool in_cache) {
    std::vector<Durations> by_thread(static_cast<std::size_t>(threads_));
#pragma omp parallel num_threads(threads_)
    {
      const kernel::FlushDenormals flush;
      const int thread = omp_get_thread_num();
      RunShare(thread, seconds, in_cache, by_thread[static_cast<std::size_t>(thread)]);
    }
    Durations all;
    for (const Durations& own : by_thread) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].insert(all[i].end(), own[i].begin(), own[i].end());
      }
    }
    return all;
  }

 private:
  // A thread's working memory, made by the first thread, since a ledger is not shared.
  struct Scratch {
    Scratch(memory::Ledger& ledger, const schedule::Tiling& tiling, const schedule::Shape& shape)
        : delta(ledger, Category::kWorkspace, tiling.tile_nodes() * shape.batch),
          weight_gradient(ledger, Category::kWorkspace, tiling.tile_nodes() * shape.outputs),
          outputs(ledger, Category::kWorkspace, shape.batch * shape.outputs) {}
    Buffer delta;
    Buffer weight_gradient;
    Buffer outputs;
  };

  void RunShare(int thread, double seconds, bool in_cache, Durations& durations) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    const auto begin = Clock::now();
    do {
      for (std::int64_t chunk = thread; chunk < tiling_.chunks(); chunk += threads_) {
        tiling_.ForEachTile(in_cache ? thread : chunk, [&](NodeRange tile) {
          if (in_cache) tile.begin = tiling_.Chunk(thread).begin;
          Pass(tile, scratch, durations);
        });
      }
    } while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds);
  }

  // TiledSchedule's work on one tile, phase by phase.
  void Pass(NodeRange tile, Scratch& scratch, Durations& durations) {
    float* hidden_weights = hidden_weights_.data() + tile.begin * shape_.inputs;
    float* output_weights = output_weights_.data() + tile.begin * shape_.outputs;
    float* activation = activations_.data() + tile.begin * shape_.batch;
    float* delta = scratch.delta.data();
    float* weight_gradient = scratch.weight_gradient.data();
    const kernel::BatchView batch{shape_.batch, shape_.inputs, rows_.data(), panel_.data()};
    const kernel::OutputGradient gradient{shape_.outputs, gradient_.data(), gradient_.data()};
    const schedule::StepSettings settings(1, 1e-3F);
    const schedule::SgdStep<false> step(settings, settings.weights());
    using Group = schedule::ParameterGroup<kernel::FloatValues>;
    const Group hidden{{hidden_weights}, {nullptr}, {nullptr}};
    const Group output{{output_weights}, {nullptr}, {nullptr}};
    auto last = Clock::now();
    const auto finish = [&](std::size_t phase) {
      const auto now = Clock::now();
      durations[phase].push_back(std::chrono::duration<double, std::nano>(now - last).count() /
                                 static_cast<double>(tile.size));
      last = now;
    };
    kernel::OutputWeightGradient(tile.size, shape_.batch, gradient, activation, weight_gradient);
    schedule::ApplyStep(step, output, weight_gradient, tile.size * shape_.outputs);
    finish(0);
    kernel::DeltaTile(kernel::ActivationKind::kRelu, tile.size, shape_.batch, output_weights,
                      gradient, activation, delta);
    finish(1);
    const schedule::WeightRows rows(step, hidden);
    kernel::StepHidden(tile.size, rows, batch, {delta, nullptr});
    finish(2);
    kernel::ForwardHidden(kernel::ActivationKind::kRelu, tile.size, rows.Unstepped(),
                          kernel::Residence::kInCache, batch, nullptr, activation);
    finish(3);
    kernel::AccumulateOutputs(tile.size, shape_.outputs, shape_.batch, output_weights, activation,
                              scratch.outputs.data());
    finish(4);
  }

  memory::Ledger ledger_;
  schedule::Shape shape_;
  int threads_;
  schedule::Tiling tiling_;
  Buffer hidden_weights_;
  Buffer output_weights_;
  Buffer activations_;
  Buffer rows_;
  Buffer panel_;
  Buffer gradient_;
  std::vector<Scratch> scratch_;  // by thread
};

double Quantile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

void ServeTileTiming(const json& argument, LineChannel& channel) {
  const int threads = argument.at("omp_threads");
  omp_set_dynamic(0);
  omp_set_num_threads(threads);
  channel.Send(ToJson(machine::Yardstick(machine::BandwidthArrayBytes(threads)).Measure(threads)));
  Tiles tiles({.inputs = argument.at("inputs"),
               .hidden = argument.at("hidden"),
               .outputs = argument.at("outputs"),
               .batch = argument.at("batch")},
              threads);
  while (const auto request = channel.Receive()) {
    const double cpu_start = CpuSeconds();
    const auto start = Clock::now();
    const Durations durations = tiles.Run(argument.at("seconds"), request->at("in_cache"));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    json answer = {{"cpu_share", (CpuSeconds() - cpu_start) / (seconds * threads)},
                   {"team", TeamFacts(threads)}};
    for (const std::vector<double>& phase : durations) {
      answer["quiet_ns"].push_back(Quantile(phase, 0.1));
      answer["median_ns"].push_back(Quantile(phase, 0.5));
    }
    channel.Send(answer);
  }
}

}  // namespace biasbench::bench
