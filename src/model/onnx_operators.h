// The ONNX operators that tell the uses of tensors.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "model/kind.h"

namespace biasbench::model {

// The uses that an operator has for its inputs. Where the same name is in use in several domains,
// the inputs agree.
struct Slot {
  std::string_view operation;
  std::size_t input;
  Kind kind;
};
inline constexpr auto kSlots = std::to_array<Slot>({
    {"Conv", 1, Kind::kWeight},
    {"Conv", 2, Kind::kBias},
    {"FusedConv", 1, Kind::kWeight},
    {"FusedConv", 2, Kind::kBias},
    {"ConvTranspose", 1, Kind::kWeight},
    {"ConvTranspose", 2, Kind::kBias},
    {"ConvInteger", 1, Kind::kWeight},
    {"QLinearConv", 1, Kind::kBuffer},
    {"QLinearConv", 2, Kind::kBuffer},
    {"QLinearConv", 3, Kind::kWeight},
    {"QLinearConv", 4, Kind::kBuffer},
    {"QLinearConv", 5, Kind::kBuffer},
    {"QLinearConv", 6, Kind::kBuffer},
    {"QLinearConv", 7, Kind::kBuffer},
    {"QLinearConv", 8, Kind::kBias},
    {"Gemm", 0, Kind::kWeight},
    {"Gemm", 1, Kind::kWeight},
    {"Gemm", 2, Kind::kBias},
    {"MatMul", 0, Kind::kWeight},
    {"MatMul", 1, Kind::kWeight},
    {"FusedMatMul", 0, Kind::kWeight},
    {"FusedMatMul", 1, Kind::kWeight},
    {"MatMulInteger", 0, Kind::kWeight},
    {"MatMulInteger", 1, Kind::kWeight},
    {"DynamicQuantizeMatMul", 1, Kind::kWeight},
    {"DynamicQuantizeMatMul", 2, Kind::kBuffer},
    {"DynamicQuantizeMatMul", 3, Kind::kBuffer},
    {"DynamicQuantizeMatMul", 4, Kind::kBias},
    {"QLinearMatMul", 0, Kind::kWeight},
    {"QLinearMatMul", 1, Kind::kBuffer},
    {"QLinearMatMul", 2, Kind::kBuffer},
    {"QLinearMatMul", 3, Kind::kWeight},
    {"QLinearMatMul", 4, Kind::kBuffer},
    {"QLinearMatMul", 5, Kind::kBuffer},
    {"QLinearMatMul", 6, Kind::kBuffer},
    {"QLinearMatMul", 7, Kind::kBuffer},
    {"MatMulNBits", 1, Kind::kWeight},
    {"MatMulNBits", 2, Kind::kBuffer},
    {"MatMulNBits", 3, Kind::kBuffer},
    {"MatMulNBits", 4, Kind::kBuffer},
    {"MatMulNBits", 5, Kind::kBias},
    {"QuantizeLinear", 1, Kind::kBuffer},
    {"QuantizeLinear", 2, Kind::kBuffer},
    {"DequantizeLinear", 1, Kind::kBuffer},
    {"DequantizeLinear", 2, Kind::kBuffer},
    {"Einsum", 0, Kind::kWeight},
    {"Einsum", 1, Kind::kWeight},
    {"Gather", 0, Kind::kEmbedding},
    {"LSTM", 1, Kind::kWeight},
    {"LSTM", 2, Kind::kWeight},
    {"LSTM", 3, Kind::kBias},
    {"LSTM", 7, Kind::kWeight},
    {"GRU", 1, Kind::kWeight},
    {"GRU", 2, Kind::kWeight},
    {"GRU", 3, Kind::kBias},
    {"RNN", 1, Kind::kWeight},
    {"RNN", 2, Kind::kWeight},
    {"RNN", 3, Kind::kBias},
    {"BatchNormalization", 1, Kind::kNormScale},
    {"BatchNormalization", 2, Kind::kNormBias},
    {"BatchNormalization", 3, Kind::kBuffer},
    {"BatchNormalization", 4, Kind::kBuffer},
    {"InstanceNormalization", 1, Kind::kNormScale},
    {"InstanceNormalization", 2, Kind::kNormBias},
    {"GroupNormalization", 1, Kind::kNormScale},
    {"GroupNormalization", 2, Kind::kNormBias},
    {"LayerNormalization", 1, Kind::kNormScale},
    {"LayerNormalization", 2, Kind::kNormBias},
    {"RMSNormalization", 1, Kind::kNormScale},
    {"SimplifiedLayerNormalization", 1, Kind::kNormScale},
    {"SkipLayerNormalization", 2, Kind::kNormScale},
    {"SkipLayerNormalization", 3, Kind::kNormBias},
    {"SkipLayerNormalization", 4, Kind::kBias},
    {"SkipSimplifiedLayerNormalization", 2, Kind::kNormScale},
    {"SkipSimplifiedLayerNormalization", 3, Kind::kBias},
    {"Resize", 1, Kind::kBuffer},
    {"Resize", 2, Kind::kBuffer},
    {"Upsample", 1, Kind::kBuffer},
    {"EmbedLayerNormalization", 2, Kind::kEmbedding},
    {"EmbedLayerNormalization", 3, Kind::kEmbedding},
    {"EmbedLayerNormalization", 4, Kind::kEmbedding},
    {"EmbedLayerNormalization", 5, Kind::kNormScale},
    {"EmbedLayerNormalization", 6, Kind::kNormBias},
    {"Attention", 1, Kind::kWeight},
    {"Attention", 2, Kind::kBias},
    {"MultiHeadAttention", 3, Kind::kBias},
    {"BiasGelu", 1, Kind::kBias},
    {"FastGelu", 1, Kind::kBias},
});

// Operators whose output is their first input, in another form.
inline constexpr auto kForms =
    std::to_array<std::string_view>({"Identity", "Cast", "Transpose", "Reshape", "Squeeze",
                                     "Unsqueeze", "Flatten", "QuantizeLinear", "DequantizeLinear"});

// Operators that a bias may be added behind.
inline constexpr auto kProducts = std::to_array<std::string_view>(
    {"MatMul", "FusedMatMul", "MatMulInteger", "MatMulNBits", "QLinearMatMul", "Gemm", "Einsum",
     "Conv", "ConvInteger", "ConvTranspose"});

}  // namespace biasbench::model
