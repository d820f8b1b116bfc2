// tile_phases: where the time of a training step goes. Times the five products of the streaming
// schedule tile by tile (see kernel/tile.h), with weights from memory and from the cache, against
// what their multiply-adds would take at the peak of the processor.
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/flag_values.h"
#include "kernel/activation_kind.h"
#include "kernel/denormals.h"
#include "kernel/optimizer.h"
#include "kernel/shape.h"
#include "kernel/tile.h"
#include "kernel/tiling.h"
#include "machine/memory_limits.h"
#include "machine/roofline.h"
#include "memory/ledger.h"
#include "memory/tracked_buffer.h"
#include "random/philox.h"

namespace biasbench::bench {
namespace {

using kernel::NodeRange;
using kernel::Vector;
using memory::Category;
using Buffer = memory::TrackedBuffer<float>;
using Clock = std::chrono::steady_clock;

constexpr const char* kDescription =
    "Where does the time of a training step go? Runs the products of a step under `streaming`, "
    "tile "
    "by\ntile: quiet is the tenth of the tiles that took least, which on a shared machine is what "
    "the\nkernels take while no one else is on the core.";
constexpr const char* kFooter =
    "Examples:\n"
    "  tile_phases --batch=64\n"
    "  tile_phases --inputs=64 --hidden=1e6 --seconds=5";

constexpr std::size_t kPhases = 5;
constexpr std::array<std::string_view, kPhases> kPhaseNames = {
    "output weights' gradient and step", "deltas", "hidden weights' gradient and step",
    "next forward product", "next outputs"};

struct Settings {
  kernel::Shape shape;
  int threads = 1;
  double seconds = 1;
};

// Nanoseconds a node of each phase, one entry a tile.
using Durations = std::array<std::vector<double>, kPhases>;

// A network of seeded noise and one batch for it.
class Tiles {
 public:
  explicit Tiles(const Settings& settings)
      : shape_(settings.shape),
        tiling_(shape_.hidden, shape_.inputs, shape_.batch, 1),
        hidden_weights_(ledger_, Category::kHiddenWeights, shape_.hidden * shape_.inputs),
        output_weights_(ledger_, Category::kOutputWeights, shape_.hidden * shape_.outputs),
        activations_(ledger_, Category::kActivations, shape_.hidden * shape_.batch),
        rows_(ledger_, Category::kDataset, shape_.batch * shape_.inputs),
        panel_(ledger_, Category::kDataset, shape_.batch * shape_.inputs),
        gradient_(ledger_, Category::kWorkspace, shape_.batch * shape_.outputs) {
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

  // The tiles of `thread`'s share of the nodes, over and over for so many seconds; if in_cache, its
  // first tile alone.
  Durations Run(int thread, const Settings& settings, bool in_cache) {
    Durations durations;
    Buffer delta(ledger_, Category::kWorkspace, tiling_.tile_nodes() * shape_.batch);
    Buffer weight_gradient(ledger_, Category::kWorkspace, tiling_.tile_nodes() * shape_.outputs);
    Buffer outputs(ledger_, Category::kWorkspace, shape_.batch * shape_.outputs);
    const auto begin = Clock::now();
    do {
      for (std::int64_t chunk = thread; chunk < tiling_.chunks(); chunk += settings.threads) {
        tiling_.ForEachTile(in_cache ? thread : chunk, [&](NodeRange tile) {
          if (in_cache) tile.begin = tiling_.Chunk(thread).begin;
          Pass(tile, delta.data(), weight_gradient.data(), outputs.data(), durations);
        });
      }
    } while (std::chrono::duration<double>(Clock::now() - begin).count() < settings.seconds);
    return durations;
  }

  std::int64_t chunks() const { return tiling_.chunks(); }

 private:
  // What TiledSchedule does with a tile, phase by phase.
  void Pass(NodeRange tile, float* delta, float* weight_gradient, float* outputs,
            Durations& durations) {
    float* hidden_weights = hidden_weights_.data() + tile.begin * shape_.inputs;
    float* output_weights = output_weights_.data() + tile.begin * shape_.outputs;
    float* activation = activations_.data() + tile.begin * shape_.batch;
    const kernel::BatchView batch{shape_.batch, shape_.inputs, rows_.data(), panel_.data()};
    const kernel::OutputGradient gradient{shape_.outputs, gradient_.data(), gradient_.data()};
    const kernel::StepSettings settings(1, 1e-3F);
    const kernel::Sgd step(settings, settings.weights());
    using Group = kernel::ParameterGroup<kernel::FloatValues>;
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
    kernel::ApplyStep(step, output, weight_gradient, tile.size * shape_.outputs);
    finish(0);
    kernel::DeltaTile(kernel::ActivationKind::kRelu, tile.size, shape_.batch, output_weights,
                      gradient, activation, delta);
    finish(1);
    kernel::HiddenWeightGradient(
        tile.size, batch, delta,
        [=](std::int64_t i, Vector g, auto lanes) { step(hidden, i, g, lanes); },
        [=](std::int64_t i) { hidden.PrefetchAt<kernel::Sgd::kStates>(i); });
    finish(2);
    if (kernel::SuitsDotProduct(shape_.batch, shape_.inputs)) {
      kernel::ForwardTileOfSmallBatch(kernel::ActivationKind::kRelu, tile.size, hidden_weights,
                                      batch, nullptr, activation);
    } else {
      kernel::ForwardTile<kernel::Rows::kInCache>(kernel::ActivationKind::kRelu, tile.size,
                                                  hidden_weights, batch, nullptr, activation);
    }
    finish(3);
    kernel::AccumulateOutputs(tile.size, shape_.outputs, shape_.batch, output_weights, activation,
                              outputs);
    finish(4);
  }

  memory::Ledger ledger_;
  kernel::Shape shape_;
  kernel::Tiling tiling_;
  Buffer hidden_weights_;
  Buffer output_weights_;
  Buffer activations_;
  Buffer rows_;
  Buffer panel_;
  Buffer gradient_;
};

// Every thread's share at the same time.
Durations RunThreads(Tiles& tiles, const Settings& settings, bool in_cache) {
  Durations all;
#pragma omp parallel num_threads(settings.threads)
  {
    const kernel::FlushDenormals flush;
    const Durations own = tiles.Run(omp_get_thread_num(), settings, in_cache);
#pragma omp critical
    for (std::size_t i = 0; i < kPhases; ++i) {
      all[i].insert(all[i].end(), own[i].begin(), own[i].end());
    }
  }
  return all;
}

double Quantile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

void PrintTable(const Settings& settings, double peak, const Durations& cache,
                const Durations& memory) {
  const auto [inputs, hidden, outputs, batch] = settings.shape;
  fmt::print(
      "{} inputs, {} nodes, {} outputs, batch {}, {} threads; peak of the multiply-adds {:.0f} "
      "GFLOP/s\nns a node and thread                at peak   cache: quiet  median   memory: quiet "
      " "
      "median\n",
      inputs, hidden, outputs, batch, settings.threads, 1e-9 * peak);
  std::array<double, 5> sums{};
  const auto line = [](std::string_view name, const std::array<double, 5>& v) {
    fmt::print("{:<34} {:>8.1f} {:>14.1f} {:>7.1f} {:>15.1f} {:>7.1f}\n", name, v[0], v[1], v[2],
               v[3], v[4]);
  };
  for (std::size_t i = 0; i < kPhases; ++i) {
    const bool is_wide = i == 2 || i == 3;
    const auto flops = static_cast<double>(2 * batch * (is_wide ? inputs : outputs));
    const std::array<double, 5> row = {1e9 * flops * settings.threads / peak,
                                       Quantile(cache[i], 0.1), Quantile(cache[i], 0.5),
                                       Quantile(memory[i], 0.1), Quantile(memory[i], 0.5)};
    for (std::size_t k = 0; k < row.size(); ++k) sums[k] += row[k];
    line(kPhaseNames[i], row);
  }
  line("step", sums);
  fmt::print("{:<34} {:>8.2f} {:>14.2f} {:>7.2f} {:>15.2f} {:>7.2f}\n", "of the peak", 1.0,
             sums[0] / sums[1], sums[0] / sums[2], sums[0] / sums[3], sums[0] / sums[4]);
}

int Run(const Settings& settings) {
  const auto [inputs, hidden, outputs, batch] = settings.shape;
  const double needed =
      4.0 * static_cast<double>(hidden) * static_cast<double>(inputs + outputs + batch);
  const std::int64_t available = machine::AvailableMemory().bytes;
  if (needed > static_cast<double>(available)) {
    throw std::invalid_argument(fmt::format("needs {:.2f} GiB, {:.2f} GiB available",
                                            needed / (1 << 30),
                                            static_cast<double>(available) / (1 << 30)));
  }
  const double peak =
      machine::MeasureRoofline(settings.threads, machine::BandwidthArrayBytes(available))
          .peak_flops_per_second;
  Tiles tiles(settings);
  if (tiles.chunks() < settings.threads) {
    throw std::invalid_argument(fmt::format("--threads: {} chunks of nodes are too few for {}",
                                            tiles.chunks(), settings.threads));
  }
  const Durations cache = RunThreads(tiles, settings, true);
  PrintTable(settings, peak, cache, RunThreads(tiles, settings, false));
  return 0;
}

int Main(int argc, char** argv) {
  std::string inputs = "784";
  std::string hidden = "1e6";
  std::string outputs = "10";
  std::string batch = "64";
  std::string threads = std::to_string(AvailableProcessors());
  std::string seconds = "2";
  CLI::App app{kDescription, "tile_phases"};
  app.footer(kFooter);
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)->type_name(kind)->capture_default_str();
  };
  add("--inputs", inputs, "N", "inputs");
  add("--hidden", hidden, "N", "hidden nodes");
  add("--outputs", outputs, "N", "outputs");
  add("--batch", batch, "N", "samples of a step");
  add("--threads", threads, "N", "OpenMP threads, each with nodes of its own");
  add("--seconds", seconds, "S", "at least so long from the cache, and as long from memory");
  return RunWithFlags(app, argc, argv, [&] {
    constexpr CountRange kExtents{1, INT32_MAX};
    return Run({.shape = {.inputs = ParseCountFlag("--inputs", inputs, kExtents),
                          .hidden = ParseCountFlag("--hidden", hidden, kExtents),
                          .outputs = ParseCountFlag("--outputs", outputs, kExtents),
                          .batch = ParseCountFlag("--batch", batch, kExtents)},
                .threads = static_cast<int>(ParseCountFlag("--threads", threads, kThreads)),
                .seconds = ParseFlag("--seconds", seconds, ParseSeconds)});
  });
}

}  // namespace
}  // namespace biasbench::bench

int main(int argc, char** argv) { return biasbench::bench::Main(argc, argv); }
