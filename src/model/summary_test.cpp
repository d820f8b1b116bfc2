#include "model/summary.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/classify.h"
#include "model/written_files.h"

namespace biasbench::model {
namespace {

class SummaryTest : public testing::Test {
 protected:
  void Add(const std::string& name, const std::vector<std::int64_t>& shape) {
    tensors_.push_back(MakeTensor("m", name, shape, {"F32", 1, 4}));
  }
  KindSums Sums() const { return SumByKind(tensors_, Classify(tensors_)); }
  std::vector<LayerGroup> Layers() const { return LayersWithBiases(tensors_, Classify(tensors_)); }

  std::vector<Tensor> tensors_;
};

TEST_F(SummaryTest, BuffersAreNoParameters) {
  Add("fc.weight", {9, 10});
  Add("fc.bias", {9});
  Add("norm.weight", {1});
  Add("norm.bias", {1});
  Add("norm.running_mean", {1000});
  const KindSums sums = Sums();
  EXPECT_EQ(sums.Parameters().elements, 101);
  EXPECT_EQ(sums.Parameters().bytes, 404);
  EXPECT_EQ(sums.Parameters().tensors, 4);
  EXPECT_EQ(sums[Kind::kBuffer].elements, 1000);
  EXPECT_DOUBLE_EQ(sums.BiasShare(), 9 / 101.0);
  EXPECT_DOUBLE_EQ(sums.BiasShareWithNorms(), 10 / 101.0);
}

TEST_F(SummaryTest, OfNothingThereIsNoShare) { EXPECT_EQ(Sums().BiasShare(), 0); }

TEST_F(SummaryTest, LayersThatDifferInNumbersAreOne) {
  for (const std::string block : {"h.0.", "h.1.", "h.10."}) {
    Add(block + "fc.weight", {4, 3});
    Add(block + "fc.bias", {4});
    Add(block + "mlp.0.bias", {2});
    Add(block + "mlp.3.bias", {5});
    Add(block + "none.weight", {4, 3});
  }
  Add("encoder_layer_2.ln_1.weight", {7});
  Add("encoder_layer_2.ln_1.bias", {7});
  Add("bias", {1});
  const std::vector<LayerGroup> layers = Layers();
  ASSERT_EQ(layers.size(), 5U);
  EXPECT_EQ(layers[0].name, "h.*.mlp.3");  // the last number is a layer's own
  EXPECT_EQ(layers[0].biases, 15);
  EXPECT_EQ(layers[1].name, "h.*.fc");
  EXPECT_EQ(layers[1].layers, 3);
  EXPECT_EQ(layers[1].parameters, 48);
  EXPECT_EQ(layers[1].biases, 12);
  EXPECT_EQ(layers[2].name, "encoder_layer_*.ln_1");
  EXPECT_EQ(layers[2].norm_biases, 7);
  EXPECT_EQ(layers[3].name, "h.*.mlp.0");
  EXPECT_EQ(layers[4].name, "");
}

TEST_F(SummaryTest, AFileMaySayTheLayer) {
  Add("onnx::MatMul_1", {4, 3});
  tensors_[0].layer = "fc";
  tensors_[0].use = Kind::kWeight;
  Add("fc.bias", {4});
  ASSERT_EQ(Layers().size(), 1U);
  EXPECT_EQ(Layers()[0].parameters, 16);
  EXPECT_EQ(Layers()[0].layers, 1);
}

}  // namespace
}  // namespace biasbench::model
