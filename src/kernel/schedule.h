// A schedule: how a training step walks through memory. Same mathematics, different footprint.
//
// | schedule            | keeps of size H besides parameters and optimizer   | W over the bus   |
// | textbook            | activations, deltas, a gradient for every weight   | 3R + 2W a step   |
// | in_place            | activations; gradients live in registers           | 2R + 1W          |
// | recompute           | nothing; 2·B·H·D more FLOPs                        | 2R + 1W          |
// | streaming           | activations                                        | 1R + 1W          |
// | streaming_recompute | nothing; 2·B·H·D more FLOPs                        | 1R + 1W          |
//
// The streaming ones make one pass a step: a tile is updated for this batch and at once computes
// its share of the next batch's outputs. That is exact: all a tile needs of this step is δ. (A bias
// that is one for all tiles is only known after the last; with it they take two passes.)
//
// Buffers are made when the first step needs them, in the phase that needs them, and then kept.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "kernel/optimizer.h"
#include "kernel/parameters.h"
#include "kernel/tile.h"
#include "memory/ledger.h"

namespace biasbench::kernel {

enum class ScheduleKind : std::uint8_t {
  kTextbook,
  kInPlace,
  kRecompute,
  kStreaming,
  kStreamingRecompute
};

struct ScheduleDescription {
  std::string_view name;
  std::string_view summary;
  bool stores_activations;
  bool streams;                     // UpdateAndForward is one pass
  bool takes_only_float32 = false;  // for weights and states
};
inline constexpr auto kSchedules = std::to_array<ScheduleDescription>({
    {"textbook", "stores activations, deltas and all gradients, as a framework does", true, false,
     true},
    {"in_place", "stores activations; applies each gradient at once, from registers", true, false},
    {"recompute", "stores nothing but the parameters; recomputes each tile's activations", false,
     false},
    {"streaming", "in_place in one pass a step: update, then the next batch's outputs", true, true},
    {"streaming_recompute", "recompute in one pass a step", false, true},
});

// All of them, in the table's order.
inline constexpr auto kScheduleKinds = [] {
  std::array<ScheduleKind, kSchedules.size()> kinds{};
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = static_cast<ScheduleKind>(i);
  return kinds;
}();
static_assert(kScheduleKinds.back() == ScheduleKind::kStreamingRecompute,
              "kSchedules has a row for each ScheduleKind, in their order");

constexpr const ScheduleDescription& Describe(ScheduleKind kind) {
  return kSchedules[static_cast<std::size_t>(kind)];
}

class Schedule {
 public:
  virtual ~Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  // outputs (batch.size, outputs) = f(x) for every sample of the batch.
  virtual void Forward(const BatchView& batch, float* outputs) = 0;

  // One optimizer step. output_gradient (batch.size, outputs) is δ for the batch that Forward saw
  // last.
  virtual void Update(const BatchView& batch, const float* output_gradient,
                      const StepSettings& settings) = 0;

  // Update on the batch that Forward saw last, then Forward on `next`; a schedule that streams does
  // both in one pass. The two batches and their outputs must not share memory.
  virtual void UpdateAndForward(const BatchView& batch, const float* output_gradient,
                                const StepSettings& settings, const BatchView& next,
                                float* next_outputs) {
    Update(batch, output_gradient, settings);
    Forward(next, next_outputs);
  }

  // Frees what only the training of biases needs; later steps must have updates_biases false.
  virtual void FreezeBiases() = 0;

 protected:
  Schedule() = default;
};

// The schedule for the parameters' strategy. `parameters` and `ledger` must outlive it.
std::unique_ptr<Schedule> MakeSchedule(ScheduleKind kind, Optimizer optimizer, int threads,
                                       Parameters& parameters, memory::Ledger& ledger);

}  // namespace biasbench::kernel
