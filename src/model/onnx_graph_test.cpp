// The uses of tensors, as told by the operators' inputs.
#include "model/onnx_graph.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace biasbench::model {
namespace {

constexpr ElementType kFloat{"FLOAT", 1, 4};
constexpr ElementType kInt64{"INT64", 1, 8, true};
constexpr ElementType kInt8{"INT8", 1, 1, true};

// A model of one graph to begin with.
class OnnxGraphTest : public testing::Test {
 protected:
  OnnxGraphTest() { model_.graphs.emplace_back(); }

  void Add(const std::string& name, const std::vector<std::int64_t>& shape,
           const ElementType& type = kFloat, std::size_t graph = 0) {
    model_.graphs[graph].tensors[name] = model_.tensors.size();
    model_.tensors.push_back(MakeTensor("m", name, shape, type));
  }
  void Node(const std::string& operation, const std::vector<std::string>& inputs,
            const std::string& output, std::size_t graph = 0) {
    model_.graphs[graph].nodes.push_back({"/scope/" + operation, operation, inputs, {output}});
  }

  // Of the tensor, after all uses are told.
  std::optional<Kind> UseOf(const std::string& name) {
    TellUses(model_);
    return Find(name).use;
  }
  Kind OtherwiseOf(const std::string& name) {
    TellUses(model_);
    return Find(name).otherwise;
  }
  std::string LayerOf(const std::string& name) {
    TellUses(model_);
    return Find(name).layer;
  }

  OnnxModel model_;

 private:
  const Tensor& Find(const std::string& name) const {
    for (const Tensor& tensor : model_.tensors) {
      if (tensor.name == name) return tensor;
    }
    throw std::logic_error("no tensor " + name);
  }
};

TEST_F(OnnxGraphTest, InputsOfConvolutionsAndNorms) {
  for (const std::string name : {"s", "b", "mean", "variance"}) Add(name, {8});
  Add("w", {8, 3, 3, 3});
  Add("wb", {8});
  Node("Conv", {"x", "w", "wb"}, "y");
  Node("BatchNormalization", {"y", "s", "b", "mean", "variance"}, "z");
  EXPECT_EQ(UseOf("w"), Kind::kWeight);
  EXPECT_EQ(UseOf("wb"), Kind::kBias);
  EXPECT_EQ(UseOf("s"), Kind::kNormScale);
  EXPECT_EQ(UseOf("b"), Kind::kNormBias);
  EXPECT_EQ(UseOf("mean"), Kind::kBuffer);
  EXPECT_EQ(UseOf("variance"), Kind::kBuffer);
}

TEST_F(OnnxGraphTest, ABiasIsAddedToAProduct) {
  Add("w", {4, 8});
  Add("b", {8});
  Add("other", {7});
  Add("mask", {8});
  Node("MatMul", {"x", "w"}, "xw");
  Node("Reshape", {"xw", "shape"}, "reshaped");
  Node("Add", {"b", "reshaped"}, "y");
  Node("Add", {"xw", "other"}, "of another length");
  Node("MatMul", {"q", "k"}, "scores");
  Node("Add", {"scores", "mask"}, "masked");
  EXPECT_EQ(UseOf("b"), Kind::kBias);
  EXPECT_EQ(UseOf("other"), std::nullopt);
  EXPECT_EQ(UseOf("mask"), std::nullopt);
}

TEST_F(OnnxGraphTest, WeightsAreFollowedThroughTheirForms) {
  Add("w", {8, 4}, kInt8);
  Add("b", {8});
  Add("scale", {8});
  Node("DequantizeLinear", {"w", "scale"}, "real");
  Node("Transpose", {"real"}, "transposed");
  Node("MatMul", {"x", "transposed"}, "xw");
  Node("Add", {"xw", "b"}, "y");
  EXPECT_EQ(UseOf("w"), Kind::kWeight);
  EXPECT_EQ(UseOf("b"), Kind::kBias);
  EXPECT_EQ(UseOf("scale"), Kind::kBuffer);
}

TEST_F(OnnxGraphTest, ProductsOfWholeNumbersAreScaledBeforeTheBias) {
  Add("w", {4, 8}, kInt8);
  Add("b", {8});
  Node("MatMulInteger", {"x", "w"}, "xw");
  Node("Cast", {"xw"}, "real");
  Node("Mul", {"real", "scales"}, "scaled");
  Node("Add", {"scaled", "b"}, "y");
  EXPECT_EQ(UseOf("w"), Kind::kWeight);
  EXPECT_EQ(UseOf("b"), Kind::kBias);
}

TEST_F(OnnxGraphTest, ANormMayBeSpelledOut) {
  for (const std::string name : {"layer scale", "layer bias", "rms scale", "factor"})
    Add(name, {8});
  Node("Sqrt", {"variance"}, "deviation");
  Node("Div", {"centred", "deviation"}, "normalized");
  Node("Mul", {"normalized", "layer scale"}, "scaled");
  Node("Add", {"scaled", "layer bias"}, "y");
  Node("Reciprocal", {"deviation"}, "inverse");
  Node("Mul", {"x", "inverse"}, "rms");
  Node("Cast", {"rms"}, "half");
  Node("Mul", {"rms scale", "half"}, "z");
  Node("Mul", {"x", "factor"}, "only a product");
  EXPECT_EQ(UseOf("layer scale"), Kind::kNormScale);
  EXPECT_EQ(UseOf("layer bias"), Kind::kNormBias);
  EXPECT_EQ(UseOf("rms scale"), Kind::kNormScale);
  EXPECT_EQ(UseOf("factor"), std::nullopt);
}

TEST_F(OnnxGraphTest, ATiedEmbeddingIsAnEmbedding) {
  Add("e", {100, 8});
  Add("indices", {10, 2}, kInt64);
  Add("shape", {3}, kInt64);
  Node("Transpose", {"e"}, "transposed");
  Node("MatMul", {"x", "transposed"}, "y");
  Node("Gather", {"e", "tokens"}, "x");
  Node("MatMul", {"z", "transposed"}, "again");
  Node("Gather", {"indices", "i"}, "j");
  Node("Gather", {"shape", "i"}, "k");
  EXPECT_EQ(UseOf("e"), Kind::kEmbedding);
  EXPECT_EQ(UseOf("indices"), std::nullopt);
  EXPECT_EQ(UseOf("shape"), std::nullopt);
  EXPECT_EQ(OtherwiseOf("shape"), Kind::kBuffer);
}

TEST_F(OnnxGraphTest, FactorsAreNoParameters) {
  Add("epsilon", {});
  Add("unknown", {2, 2});
  EXPECT_EQ(OtherwiseOf("epsilon"), Kind::kBuffer);
  EXPECT_EQ(OtherwiseOf("unknown"), Kind::kOther);
}

TEST_F(OnnxGraphTest, SubgraphsSeeTheNamesAroundThem) {
  model_.graphs.push_back({.parent = 0});
  model_.graphs.push_back({.parent = 0});
  Add("w", {8, 4});
  Add("b", {8}, kFloat, 1);
  Add("of the other branch", {8}, kFloat, 2);
  Node("Gemm", {"x", "w", "b"}, "y", 1);
  Node("Gemm", {"x", "w", "b"}, "z", 2);  // there is no b
  EXPECT_EQ(UseOf("w"), Kind::kWeight);
  EXPECT_EQ(UseOf("b"), Kind::kBias);
  EXPECT_EQ(UseOf("of the other branch"), std::nullopt);
}

TEST_F(OnnxGraphTest, CirclesEnd) {
  Add("b", {8});
  Node("Identity", {"y"}, "x");
  Node("Identity", {"x"}, "y");
  Node("Add", {"x", "b"}, "z");
  Node("Mul", {"m", "b"}, "m");
  Node("Add", {"m", "b"}, "n");
  EXPECT_EQ(UseOf("b"), std::nullopt);
}

TEST_F(OnnxGraphTest, LayersOfTensorsWithoutNames) {
  Add("onnx::MatMul_1", {4, 8});
  Add("h.0.c_fc.bias", {8});
  Add("onnx::Conv_2", {8, 3, 3, 3});
  Add("onnx::Conv_3", {8});
  Node("MatMul", {"x", "onnx::MatMul_1"}, "xw");
  Node("Add", {"xw", "h.0.c_fc.bias"}, "y");
  Node("Conv", {"x", "onnx::Conv_2", "onnx::Conv_3"}, "z");
  EXPECT_EQ(LayerOf("onnx::MatMul_1"), "h.0.c_fc");
  EXPECT_EQ(LayerOf("h.0.c_fc.bias"), "");  // its name tells
  EXPECT_EQ(LayerOf("onnx::Conv_2"), "/scope");
  EXPECT_EQ(LayerOf("onnx::Conv_3"), "/scope");
}

}  // namespace
}  // namespace biasbench::model
