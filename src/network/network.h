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
#include "schedule/tiled_schedule.h"

namespace biasbench::network {

class Network {
 public:
  // Allocates and draws the parameters. Throws memory::OutOfMemory. The ledger must outlive it, and
  // so must `exchange`, which is with the other ranks of configuration.place. Ranks take the same
  // calls with the same arguments, and return the same.
  Network(const schedule::Configuration& configuration, memory::Ledger& ledger,
          ranks::Exchange* exchange = nullptr);

  // One training step on the samples of `order` (shape.batch of them, fewer only where none
  // follow). Returns their loss before the step. `following` are the samples of the steps after it,
  // as far as they are known, whole batches but for the last one. If there are any, the next calls
  // must be steps on these: a schedule that streams computes the next batch's outputs in the same
  // pass, one that takes blocks works for several steps ahead, and meanwhile parameters must not be
  // looked at. Throws std::logic_error for another order of calls, memory::OutOfMemory, since
  // schedules make their buffers in the first step; the network can then only be destroyed.
  LossSum Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
               const schedule::StepSettings& settings,
               std::span<const std::int32_t> following = {});

  // The loss on the samples of `order` (any number), without changing a parameter.
  LossSum Evaluate(const data::Dataset& dataset, std::span<const std::int32_t> order);

  // f(x) of the samples of `order` (at most pass_samples()): (order.size(), outputs), valid until
  // the next call.
  std::span<const float> Outputs(const data::Dataset& dataset, std::span<const std::int32_t> order);

  // Frees the memory that training biases needed; no bias is updated from now on.
  void FreezeBiases() { schedule_->FreezeBiases(); }

  // The number of rows of hidden weights that the last step left unwritten because they did not
  // change.
  std::int64_t unwritten_rows() const { return schedule_->unwritten_rows(); }

  const schedule::Configuration& configuration() const { return parameters_.configuration; }
  const schedule::Parameters& parameters() const { return parameters_; }

 private:
  using Order = std::span<const std::int32_t>;

  // The samples of a pass, by rows and transposed, and the network's outputs for them: one batch,
  // or all batches of a block.
  struct Batch {
    Batch() = default;
    Batch(memory::Ledger& ledger, const schedule::Configuration& configuration);

    memory::TrackedBuffer<float> rows;     // (pass_samples(), row_length)
    memory::TrackedBuffer<float> panel;    // (row_length, pass_samples())
    memory::TrackedBuffer<float> outputs;  // (pass_samples(), outputs)
    kernel::BatchView view{};              // of the samples loaded last
  };

  // The forward pass of evaluations where they take more samples at a time than a step.
  struct Evaluation {
    Evaluation(schedule::Parameters& parameters, memory::Ledger& ledger);

    schedule::Configuration configuration;
    Batch batch;
    schedule::TiledSchedule schedule;
  };

  // Loads the samples of `order`, then as many of `more` as a pass takes.
  void Load(const data::Dataset& dataset, Order order, Order more, Batch& batch) const;
  // The same as Outputs(), of as many samples as an evaluation apart takes.
  const float* OutputsApart(const data::Dataset& dataset, Order order);
  // Forward on samples that are loaded into batch_.
  void Forward();

  memory::Ledger& ledger_;
  schedule::Parameters parameters_;
  std::unique_ptr<schedule::Schedule> schedule_;
  std::unique_ptr<Evaluation> evaluation_;  // made by the first evaluation that needs it
  Batch batch_;
  Batch next_batch_;                              // only where the schedule streams
  std::int64_t steps_begin_ = 0;                  // the next step's first sample in batch_
  bool has_outputs_ = false;                      // the next step's came out of the previous one
  memory::TrackedBuffer<float> output_gradient_;  // (batch, outputs)
};

}  // namespace biasbench::network
