// A schedule: how a training step walks through memory. Same mathematics, different footprint.
//
// | schedule  | keeps                                                  | W over the bus a step |
// | textbook  | activations, deltas, a gradient for every parameter    | 3R + 2W               |
// | in_place  | activations; gradients live in registers               | 2R + 1W               |
// | recompute | nothing of size H but the parameters                   | 2R + 1W, +2BHD FLOPs  |
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

enum class ScheduleKind : std::uint8_t { kTextbook, kInPlace, kRecompute };

struct ScheduleDescription {
  std::string_view name;
  std::string_view summary;
};
inline constexpr std::array<ScheduleDescription, 3> kSchedules = {
    {{"textbook", "stores activations, deltas and all gradients, as a framework does"},
     {"in_place", "stores activations; applies each gradient at once, from registers"},
     {"recompute", "stores nothing but the parameters; recomputes each tile's activations"}}};

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
                      const StepSettings& step) = 0;

  // Frees what only the training of biases needs; later steps must have updates_biases false.
  virtual void FreezeBiases() = 0;

 protected:
  Schedule() = default;
};

// The schedule for the parameters' strategy. `parameters` and `ledger` must outlive it.
std::unique_ptr<Schedule> MakeSchedule(ScheduleKind kind, Optimizer optimizer, int threads,
                                       Parameters& parameters, memory::Ledger& ledger);

}  // namespace biasbench::kernel
