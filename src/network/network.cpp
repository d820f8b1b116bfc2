#include "network/network.h"

#include <algorithm>

namespace biasbench::network {

using memory::Category;

Network::Network(const Configuration& configuration, memory::Ledger& ledger)
    : configuration_(configuration),
      parameters_(ledger, configuration.shape, configuration.strategy, configuration.seed,
                  configuration.threads),
      schedule_(kernel::MakeSchedule(configuration.schedule, configuration.optimizer,
                                     configuration.threads, parameters_, ledger)),
      batch_rows_(ledger, Category::kWorkspace, configuration.shape.batch * parameters_.row_length),
      batch_panel_(ledger, Category::kWorkspace,
                   configuration.shape.batch * parameters_.row_length),
      outputs_(ledger, Category::kWorkspace,
               configuration.shape.batch * configuration.shape.outputs),
      output_gradient_(ledger, Category::kWorkspace,
                       configuration.shape.batch * configuration.shape.outputs) {}

kernel::BatchView Network::LoadBatch(const data::Dataset& dataset,
                                     std::span<const std::int32_t> order) {
  const auto size = static_cast<std::int64_t>(order.size());
  const std::int64_t inputs = parameters_.row_length;
  float* rows = batch_rows_.data();
  dataset.CopyInputs(order, rows, inputs);
  if (inputs > dataset.inputs) {  // the bias unit
    for (std::int64_t n = 0; n < size; ++n) rows[n * inputs + dataset.inputs] = 1;
  }
  float* panel = batch_panel_.data();
  for (std::int64_t d = 0; d < inputs; ++d) {
    for (std::int64_t n = 0; n < size; ++n) panel[d * size + n] = rows[n * inputs + d];
  }
  return {size, inputs, rows, panel};
}

std::span<const float> Network::Outputs(const data::Dataset& dataset,
                                        std::span<const std::int32_t> order) {
  schedule_->Forward(LoadBatch(dataset, order), outputs_.data());
  return outputs_.span().first(order.size() * static_cast<std::size_t>(dataset.outputs));
}

LossSum Network::Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
                      const kernel::StepSettings& settings) {
  const kernel::BatchView batch = LoadBatch(dataset, order);
  schedule_->Forward(batch, outputs_.data());
  const LossSum loss = ComputeLoss(dataset, order, outputs_.data(), output_gradient_.data());
  schedule_->Update(batch, output_gradient_.data(), settings);
  return loss;
}

LossSum Network::Evaluate(const data::Dataset& dataset, std::span<const std::int32_t> order) {
  LossSum sum;
  const auto batch = static_cast<std::size_t>(configuration_.shape.batch);
  for (std::size_t begin = 0; begin < order.size(); begin += batch) {
    const auto samples = order.subspan(begin, std::min(batch, order.size() - begin));
    sum += ComputeLoss(dataset, samples, Outputs(dataset, samples).data(), nullptr);
  }
  return sum;
}

}  // namespace biasbench::network
