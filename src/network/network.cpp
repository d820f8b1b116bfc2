#include "network/network.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace biasbench::network {

using memory::Category;

Network::Batch::Batch(memory::Ledger& ledger, const schedule::Configuration& configuration)
    : rows(ledger, Category::kWorkspace, configuration.pass_samples() * configuration.row_length()),
      panel(ledger, Category::kWorkspace,
            configuration.pass_samples() * configuration.row_length()),
      outputs(ledger, Category::kWorkspace,
              configuration.pass_samples() * configuration.shape.outputs) {}

Network::Evaluation::Evaluation(schedule::Parameters& parameters, memory::Ledger& ledger)
    : configuration(parameters.configuration.ForEvaluation()),
      batch(ledger, configuration),
      schedule(parameters, configuration, ledger) {}

Network::Network(const schedule::Configuration& configuration, memory::Ledger& ledger,
                 ranks::Exchange* exchange)
    : ledger_(ledger),
      parameters_(ledger, configuration, exchange),
      schedule_(Describe(configuration.schedule).make(parameters_, ledger)),
      batch_(ledger, configuration),
      output_gradient_(ledger, Category::kWorkspace,
                       configuration.shape.batch * configuration.shape.outputs) {
  if (Describe(configuration.schedule).streams) next_batch_ = Batch(ledger, configuration);
}

void Network::Load(const data::Dataset& dataset, Order order, Order more, Batch& batch) const {
  if (!more.empty()) {
    const auto room = static_cast<std::size_t>(configuration().pass_samples()) - order.size();
    more = more.first(std::min(room, more.size()));
  }
  const auto size = static_cast<std::int64_t>(order.size() + more.size());
  const std::int64_t inputs = configuration().row_length();
  float* rows = batch.rows.data();
  dataset.CopyInputs(order, rows, inputs);
  dataset.CopyInputs(more, rows + static_cast<std::int64_t>(order.size()) * inputs, inputs);
  if (inputs > dataset.inputs) {  // the bias unit
    for (std::int64_t n = 0; n < size; ++n) rows[n * inputs + dataset.inputs] = 1;
  }
  float* panel = batch.panel.data();
  for (std::int64_t d = 0; d < inputs; ++d) {
    for (std::int64_t n = 0; n < size; ++n) panel[d * size + n] = rows[n * inputs + d];
  }
  batch.view = {size, inputs, rows, panel};
}

void Network::Forward() {
  schedule_->Forward(batch_.view, batch_.outputs.data());
  steps_begin_ = 0;
  has_outputs_ = false;
}

std::span<const float> Network::Outputs(const data::Dataset& dataset,
                                        std::span<const std::int32_t> order) {
  if (configuration().takes_blocks() && has_outputs_) {
    throw std::logic_error("network: a block of steps is under way");
  }
  Load(dataset, order, {}, batch_);
  Forward();
  return batch_.outputs.span().first(order.size() * static_cast<std::size_t>(dataset.outputs));
}

const float* Network::OutputsApart(const data::Dataset& dataset, Order order) {
  Batch& batch = evaluation_->batch;
  Load(dataset, order, {}, batch);
  evaluation_->schedule.Forward(batch.view, batch.outputs.data());
  return batch.outputs.data();
}

LossSum Network::Step(const data::Dataset& dataset, std::span<const std::int32_t> order,
                      const schedule::StepSettings& settings,
                      std::span<const std::int32_t> following) {
  const bool takes_blocks = configuration().takes_blocks();
  const bool is_whole = static_cast<std::int64_t>(order.size()) == configuration().shape.batch;
  if (takes_blocks && !is_whole && !following.empty()) {
    throw std::logic_error("network: only the last batch may be short");
  }
  if (!has_outputs_) {
    Load(dataset, order, takes_blocks ? following : Order{}, batch_);
    Forward();
  }
  const LossSum loss = ComputeLoss(dataset, order, batch_.outputs.data(), output_gradient_.data());
  const auto size = static_cast<std::int64_t>(order.size());
  const kernel::BatchView batch = batch_.view.Part(steps_begin_, size);
  has_outputs_ = Describe(configuration().schedule).streams && !following.empty();
  if (!has_outputs_) {
    schedule_->Update(batch, output_gradient_.data(), settings);
    return loss;
  }
  const Order next = following.first(
      std::min(static_cast<std::size_t>(configuration().shape.batch), following.size()));
  steps_begin_ += size;
  if (steps_begin_ < batch_.view.size) {  // the next step is in the same block
    const auto next_size = static_cast<std::int64_t>(next.size());
    schedule_->UpdateAndForward(batch, output_gradient_.data(), settings,
                                batch_.view.Part(steps_begin_, next_size), batch_.outputs.data());
    return loss;
  }
  Load(dataset, next, takes_blocks ? following.subspan(next.size()) : Order{}, next_batch_);
  schedule_->UpdateAndForward(batch, output_gradient_.data(), settings, next_batch_.view,
                              next_batch_.outputs.data());
  std::swap(batch_, next_batch_);
  steps_begin_ = 0;
  return loss;
}

LossSum Network::Evaluate(const data::Dataset& dataset, std::span<const std::int32_t> order) {
  const bool is_apart = configuration().evaluates_apart();
  if (is_apart && evaluation_ == nullptr) {
    evaluation_ = std::make_unique<Evaluation>(parameters_, ledger_);
  }
  LossSum sum;
  const auto most = static_cast<std::size_t>(is_apart ? evaluation_->configuration.pass_samples()
                                                      : configuration().pass_samples());
  for (std::size_t begin = 0; begin < order.size(); begin += most) {
    const auto samples = order.subspan(begin, std::min(most, order.size() - begin));
    const float* outputs =
        is_apart ? OutputsApart(dataset, samples) : Outputs(dataset, samples).data();
    sum += ComputeLoss(dataset, samples, outputs, nullptr);
  }
  return sum;
}

}  // namespace biasbench::network
