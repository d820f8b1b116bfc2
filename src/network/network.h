// A network that can be trained: parameters, a schedule, and the batch they work on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/dataset.h"
#include "memory/tracked_buffer.h"
#include "network/loss.h"
#include "schedule/configuration.h"
#include "schedule/parameters.h"
#include "schedule/schedule.h"

namespace biasbench::network {

class Network {
 public:
  // Allocates and draws the parameters. Throws memory::OutOfMemory. The ledger must outlive it.
  Network(const schedule::Configuration& configuration, memory::Ledger& ledger);

  // One training step on the samples of `order` (at most shape.batch of them). Returns their loss
  // before the step. If `next_order` is not empty, the next call must be a step on those samples: a
  // schedule that streams computes their outputs in the same pass. Throws memory::OutOfMemory,
  // since schedules make their buffers in the first step; the network can then only be destroyed.
  LossSum Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
               const schedule::StepSettings& settings,
               std::span<const std::int32_t> next_order = {});

  // The loss on the samples of `order` (any number), without changing a parameter.
  LossSum Evaluate(const data::Dataset& dataset, std::span<const std::int32_t> order);

  // f(x) of the samples of `order` (at most shape.batch): (order.size(), outputs), valid until the
  // next call.
  std::span<const float> Outputs(const data::Dataset& dataset, std::span<const std::int32_t> order);

  // No bias will be updated any more: frees what their training needed.
  void FreezeBiases() { schedule_->FreezeBiases(); }

  // Rows of hidden weights that the last step left as they were and so did not write.
  std::int64_t unwritten_rows() const { return schedule_->unwritten_rows(); }

  const schedule::Configuration& configuration() const { return parameters_.configuration; }
  const schedule::Parameters& parameters() const { return parameters_; }

 private:
  // A batch both ways round, and the network's outputs for it.
  struct Batch {
    Batch() = default;
    Batch(memory::Ledger& ledger, const schedule::Shape& shape, std::int64_t row_length);

    memory::TrackedBuffer<float> rows;     // (batch, row_length)
    memory::TrackedBuffer<float> panel;    // (row_length, batch)
    memory::TrackedBuffer<float> outputs;  // (batch, outputs)
    kernel::BatchView view{};              // of the samples loaded last
  };

  void Load(const data::Dataset& dataset, std::span<const std::int32_t> order, Batch& batch) const;

  schedule::Parameters parameters_;
  std::unique_ptr<schedule::Schedule> schedule_;
  Batch batch_;
  Batch next_batch_;                              // only where the schedule streams
  bool has_outputs_ = false;                      // batch_'s came out of the previous step
  memory::TrackedBuffer<float> output_gradient_;  // (batch, outputs)
};

}  // namespace biasbench::network
