#include "schedule/block_coefficients.h"

#include <algorithm>
#include <cstddef>

#include "kernel/hidden_products.h"

namespace biasbench::schedule {

using memory::Category;

BlockCoefficients::BlockCoefficients(const Configuration& configuration)
    : configuration_(configuration),
      samples_(configuration.pass_samples()),
      sub_block_(SubBlockSamples(configuration.shape.batch)) {}

void BlockCoefficients::AddBytes(const Configuration& configuration, MemorySum& sum) {
  if (!configuration.trains_weights()) return;
  const std::int64_t samples = configuration.pass_samples();
  sum.Add(Category::kWorkspace, {kFloatBytes, samples, samples});
  sum.Add(Category::kWorkspace, {kFloatBytes, samples, samples});
}

// About eight samples: a larger number lengthens the step-by-step sums, a smaller one reads all
// earlier columns more often.
std::int64_t BlockCoefficients::SubBlockSamples(std::int64_t batch) {
  return std::max(batch, 8 / batch * batch);
}

void BlockCoefficients::Allocate(memory::Ledger& ledger) {
  if (!configuration_.trains_weights()) return;
  products_ = {ledger, Category::kWorkspace, samples_ * samples_};
  coefficients_ = {ledger, Category::kWorkspace, samples_ * samples_};
}

void BlockCoefficients::ReserveSteps() {
  rates_.reserve(static_cast<std::size_t>(samples_));
  closing_factors_.reserve(static_cast<std::size_t>(samples_));
}

void BlockCoefficients::Open() {
  kept_ = 1;
  kept_at_sub_block_ = 1;
  kept_in_sub_block_ = 1;
  rates_.clear();
  knows_products_ = false;
}

void BlockCoefficients::MultiplyInputs(const kernel::BatchView& inputs) {
  // The same product as with weights, with the inputs in the weights' place.
  const auto multiply = [&](const auto& rows) {
    kernel::MultiplyHidden(kernel::kNoLowerBound, inputs.size, kernel::UnsteppedRows(rows),
                           kernel::Residence::kInCache, inputs, nullptr, products_.data());
  };
  if (inputs.halves != nullptr) {
    multiply(kernel::Bfloat16::At(const_cast<std::uint16_t*>(inputs.halves), 0));
  } else {
    multiply(kernel::FloatValues{const_cast<float*>(inputs.rows)});
  }
  knows_products_ = true;
}

void BlockCoefficients::CountStep(SampleRange batch, const StepSettings& settings) {
  if (!configuration_.trains_weights()) return;
  const double rate = settings.learning_rate;
  const double kept_by_step = 1 - rate * settings.weight_decay;
  kept_ *= kept_by_step;
  kept_in_sub_block_ *= kept_by_step;
  for (double& of_earlier : rates_) of_earlier *= kept_by_step;
  rates_.resize(static_cast<std::size_t>(batch.begin + batch.size), -rate);
}

void BlockCoefficients::Prepare(SampleRange batch, const kernel::BatchView& inputs) {
  const bool begins_sub_block = batch.begin % sub_block_ == 0;
  if (begins_sub_block) {
    kept_at_sub_block_ = kept_;
    kept_in_sub_block_ = 1;
  }
  if (!configuration_.trains_weights()) return;
  if (!knows_products_) MultiplyInputs(inputs);
  const std::int64_t first = begins_sub_block ? 0 : SubBlockBegin(batch.begin);
  const std::int64_t rows =
      begins_sub_block ? std::min(sub_block_, inputs.size - batch.begin) : batch.size;
  for (std::int64_t n = batch.begin; n < batch.begin + rows; ++n) {
    for (std::int64_t j = first; j < batch.begin; ++j) {
      coefficients_.data()[n * samples_ + j] = static_cast<float>(
          rates_[static_cast<std::size_t>(j)] * products_.data()[n * inputs.size + j]);
    }
  }
}

void BlockCoefficients::PrepareClosing(std::int64_t samples) {
  closing_factors_.assign(static_cast<std::size_t>(samples), 0);
  for (std::size_t j = 0; j < rates_.size(); ++j) {
    closing_factors_[j] = static_cast<float>(-rates_[j]);
  }
}

}  // namespace biasbench::schedule
