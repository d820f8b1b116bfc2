#include "network/loss.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace biasbench::network {
namespace {

data::Dataset Regression(memory::Ledger& ledger) {
  data::Dataset dataset;
  dataset.outputs = 2;
  dataset.targets = {ledger, memory::Category::kDataset, 4};
  for (int i = 0; i < 4; ++i) dataset.targets[i] = static_cast<float>(i);
  return dataset;
}

data::Dataset Classification(memory::Ledger& ledger) {
  data::Dataset dataset;
  dataset.outputs = 3;
  dataset.labels = {ledger, memory::Category::kDataset, 2};
  dataset.labels[0] = 2;
  dataset.labels[1] = 0;
  return dataset;
}

TEST(Loss, SquaredErrorIsTheMeanOverOutputs) {
  memory::Ledger ledger;
  const data::Dataset dataset = Regression(ledger);
  const std::vector<std::int32_t> order{1, 0};
  const std::array outputs{2.0F, 5.0F, 1.0F, 1.0F};  // targets 2 3, 0 1
  EXPECT_DOUBLE_EQ(ComputeLoss(dataset, order, outputs.data(), nullptr).loss, 4.0 / 2 + 1.0 / 2);
}

TEST(Loss, CrossEntropyOfKnownProbabilities) {
  memory::Ledger ledger;
  const data::Dataset dataset = Classification(ledger);
  const std::vector<std::int32_t> order{0, 1};
  const std::array outputs{0.0F, 0.0F, std::log(2.0F), 7.0F, 7.0F, 7.0F};
  const LossSum sum = ComputeLoss(dataset, order, outputs.data(), nullptr);
  EXPECT_NEAR(sum.loss, std::log(2.0) + std::log(3.0), 1e-7);
  EXPECT_EQ(sum.correct, 2);
}

TEST(Loss, CrossEntropyDoesNotOverflow) {
  memory::Ledger ledger;
  const data::Dataset dataset = Classification(ledger);
  const std::vector<std::int32_t> order{0};
  const std::array outputs{1e30F, 0.0F, 1e30F};
  EXPECT_NEAR(ComputeLoss(dataset, order, outputs.data(), nullptr).loss, std::log(2.0), 1e-6);
}

// δ against central differences of the mean loss.
void CheckGradient(const data::Dataset& dataset, std::vector<float> outputs) {
  const std::vector<std::int32_t> order{0, 1};
  std::vector<float> gradient(outputs.size());
  ComputeLoss(dataset, order, outputs.data(), gradient.data());
  const float step = 0x1p-8F;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const float middle = outputs[i];
    outputs[i] = middle + step;
    const double above = ComputeLoss(dataset, order, outputs.data(), nullptr).loss / 2;
    outputs[i] = middle - step;
    const double below = ComputeLoss(dataset, order, outputs.data(), nullptr).loss / 2;
    outputs[i] = middle;
    EXPECT_NEAR(gradient[i], (above - below) / (2.0 * step), 1e-5);
  }
}

TEST(Loss, GradientsMatchCentralDifferences) {
  memory::Ledger ledger;
  CheckGradient(Regression(ledger), {0.25F, -1.0F, 2.0F, 0.5F});
  CheckGradient(Classification(ledger), {0.25F, -1.0F, 2.0F, 0.5F, 1.5F, -0.5F});
}

}  // namespace
}  // namespace biasbench::network
