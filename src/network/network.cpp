#include "network/network.h"

#include <algorithm>
#include <utility>

namespace biasbench::network {

using memory::Category;

Network::Batch::Batch(memory::Ledger& ledger, const schedule::Shape& shape, std::int64_t row_length)
    : rows(ledger, Category::kWorkspace, shape.batch * row_length),
      panel(ledger, Category::kWorkspace, shape.batch * row_length),
      outputs(ledger, Category::kWorkspace, shape.batch * shape.outputs) {}

Network::Network(const schedule::Configuration& configuration, memory::Ledger& ledger)
    : parameters_(ledger, configuration),
      schedule_(Describe(configuration.schedule).make(parameters_, ledger)),
      batch_(ledger, configuration.shape, configuration.row_length()),
      output_gradient_(ledger, Category::kWorkspace,
                       configuration.shape.batch * configuration.shape.outputs) {
  if (Describe(configuration.schedule).streams) {
    next_batch_ = Batch(ledger, configuration.shape, configuration.row_length());
  }
}

void Network::Load(const data::Dataset& dataset, std::span<const std::int32_t> order,
                   Batch& batch) const {
  const auto size = static_cast<std::int64_t>(order.size());
  const std::int64_t inputs = configuration().row_length();
  float* rows = batch.rows.data();
  dataset.CopyInputs(order, rows, inputs);
  if (inputs > dataset.inputs) {  // the bias unit
    for (std::int64_t n = 0; n < size; ++n) rows[n * inputs + dataset.inputs] = 1;
  }
  float* panel = batch.panel.data();
  for (std::int64_t d = 0; d < inputs; ++d) {
    for (std::int64_t n = 0; n < size; ++n) panel[d * size + n] = rows[n * inputs + d];
  }
  batch.view = {size, inputs, rows, panel};
}

std::span<const float> Network::Outputs(const data::Dataset& dataset,
                                        std::span<const std::int32_t> order) {
  Load(dataset, order, batch_);
  schedule_->Forward(batch_.view, batch_.outputs.data());
  has_outputs_ = false;
  return batch_.outputs.span().first(order.size() * static_cast<std::size_t>(dataset.outputs));
}

LossSum Network::Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
                      const schedule::StepSettings& settings,
                      std::span<const std::int32_t> next_order) {
  if (!has_outputs_) Outputs(dataset, order);
  const LossSum loss = ComputeLoss(dataset, order, batch_.outputs.data(), output_gradient_.data());
  has_outputs_ = Describe(configuration().schedule).streams && !next_order.empty();
  if (has_outputs_) {
    Load(dataset, next_order, next_batch_);
    schedule_->UpdateAndForward(batch_.view, output_gradient_.data(), settings, next_batch_.view,
                                next_batch_.outputs.data());
    std::swap(batch_, next_batch_);
  } else {
    schedule_->Update(batch_.view, output_gradient_.data(), settings);
  }
  return loss;
}

LossSum Network::Evaluate(const data::Dataset& dataset, std::span<const std::int32_t> order) {
  LossSum sum;
  const auto batch = static_cast<std::size_t>(configuration().shape.batch);
  for (std::size_t begin = 0; begin < order.size(); begin += batch) {
    const auto samples = order.subspan(begin, std::min(batch, order.size() - begin));
    sum += ComputeLoss(dataset, samples, Outputs(dataset, samples).data(), nullptr);
  }
  return sum;
}

}  // namespace biasbench::network
