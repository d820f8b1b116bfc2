// The kinds of tensors in a model file: one table, from which flags, tables and JSON take them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace biasbench::model {

enum class Kind : std::uint8_t {
  kWeight,
  kBias,
  kNormScale,
  kNormBias,
  kEmbedding,
  kOther,
  kBuffer,
};

struct KindDescription {
  std::string_view name;   // as typed, and in JSON
  std::string_view label;  // of a table's row
  bool is_parameter = true;
};

inline constexpr auto kKinds = std::to_array<KindDescription>({
    {"weight", "weights"},
    {"bias", "biases"},  // of linear layers and convolutions
    {"norm_scale", "norms' scales"},
    {"norm_bias", "norms' biases"},
    {"embedding", "embeddings"},
    {"other", "other"},  // what cannot be told; taken for parameters
    {"buffer", "buffers", false},
});
inline constexpr std::size_t kKindCount = kKinds.size();

constexpr const KindDescription& Describe(Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace biasbench::model
