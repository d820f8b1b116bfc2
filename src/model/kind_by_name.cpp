#include "model/kind_by_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string_view>

#include "model/name_parts.h"

namespace biasbench::model {
namespace {

using Names = std::span<const std::string_view>;

constexpr auto kStatistics = std::to_array<std::string_view>(
    {"running_mean", "running_var", "moving_mean", "moving_variance"});

// Masks, indices, tables that are computed, scales of quantized weights: no step changes them.
constexpr auto kBuffers = std::to_array<std::string_view>({
    "running_mean",
    "running_var",
    "moving_mean",
    "moving_variance",
    "num_batches_tracked",
    "masked_bias",
    "position_ids",
    "token_type_ids",
    "relative_position_index",
    "inv_freq",
    "rotary_emb",
    "cos_cached",
    "sin_cached",
    "attn_mask",
    "causal_mask",
    "mask",
    "final_logits_bias",
    "weight_scale",
    "weight_scale_2",
    "weight_scale_inv",
    "weight_zero_point",
    "weight_shape",
    "input_scale",
    "scales",
    "qzeros",
    "g_idx",
    "absmax",
    "quant_map",
    "nested_absmax",
    "nested_quant_map",
    "SCB",
    "weight_format",
});
constexpr auto kScales = std::to_array<std::string_view>({"weight", "gamma", "scale", "g"});
constexpr auto kNormBiases = std::to_array<std::string_view>({"beta", "offset"});
constexpr auto kWeights = std::to_array<std::string_view>({"w", "w1", "w2", "w3"});
constexpr auto kWeightParts = std::to_array<std::string_view>({"weight", "kernel"});
constexpr auto kWeightEnds = std::to_array<std::string_view>({"proj", "projection"});
constexpr auto kEmbeddings = std::to_array<std::string_view>(
    {"wte", "wpe", "emb", "token_types", "relative_attention_bias"});
constexpr auto kEmbeddingParts = std::to_array<std::string_view>({"embed", "embd"});
constexpr auto kEmbeddingEnds =
    std::to_array<std::string_view>({"_emb", "_token", "_tokens", "relative_position_bias_table"});
// A patch is multiplied by weights, not looked up; these stand in names of linear layers.
constexpr auto kNoEmbeddingParts =
    std::to_array<std::string_view>({"patch", "proj", "mapping", "embed_out", "norm"});

bool IsOneOf(Names names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool ContainsOneOf(std::string_view name, Names parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

bool EndsWithOneOf(std::string_view name, Names ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

std::string Lower(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// "LayerNorm", "attn_norm", "ln_1", "bn2".
bool IsNormName(std::string_view name) {
  const std::string lower = Lower(name);
  if (lower.find("norm") != std::string::npos) return true;
  const std::string_view begin = std::string_view(lower).substr(0, 2);
  if (begin != "ln" && begin != "bn" && begin != "gn") return false;
  return std::all_of(lower.begin() + 2, lower.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; }) ||
         lower[2] == '_';
}

// The name of a module, or of a parameter that has none of its own: "pos_embed", "class_token".
bool IsEmbeddingName(std::string_view name) {
  const std::string lower = Lower(name);
  if (ContainsOneOf(lower, kNoEmbeddingParts)) return false;
  return IsOneOf(kEmbeddings, lower) || ContainsOneOf(lower, kEmbeddingParts) ||
         EndsWithOneOf(lower, kEmbeddingEnds);
}

bool IsBiasName(std::string_view leaf) {
  return leaf == "bias" || leaf == "b" || leaf.ends_with("_bias") || leaf.starts_with("bias_");
}

// (1, 1, n, n), as attention's masks: GPT-2 calls them `bias`.
bool IsSquare(const std::vector<std::int64_t>& shape) {
  if (shape.size() < 2 || shape.back() <= 1) return false;
  const auto others = std::span(shape).first(shape.size() - 2);
  return shape[shape.size() - 2] == shape.back() &&
         std::ranges::count(others, 1) == std::ssize(others);
}

}  // namespace

KindByName::KindByName(const std::vector<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) {
    const NameParts parts = SplitName(tensor.name);
    Module& module = modules_[std::string(parts.module)];
    if (IsOneOf(kStatistics, parts.leaf)) module.has_running_statistics = true;
    if (IsBiasName(parts.leaf) || IsOneOf(kNormBiases, parts.leaf)) module.biases = tensor.elements;
    if (!IsOneOf(kScales, parts.leaf)) continue;
    if (tensor.shape.size() == 1) module.scales = tensor.elements;
    if (tensor.shape.size() > 1) module.has_wide_weight = true;
  }
}

Kind KindByName::Of(const Tensor& tensor) const {
  const NameParts parts = SplitName(tensor.name);
  const std::string_view leaf = parts.leaf;
  const std::string_view module_name = LastPart(parts.module);
  const Module& module = modules_.at(std::string(parts.module));
  const bool is_norm = IsVector(tensor) && (module.IsNorm() || IsNormName(module_name));
  const bool is_wide = tensor.shape.size() > 1;

  if (IsOneOf(kBuffers, leaf) || module_name == "rope_freqs") return Kind::kBuffer;
  if (IsBiasName(leaf)) {
    if (IsSquare(tensor.shape)) return Kind::kBuffer;
    if (is_norm) return Kind::kNormBias;
    // A row for each of several experts.
    return IsVector(tensor) || tensor.shape.size() == 2 ? Kind::kBias : Kind::kOther;
  }
  if (IsOneOf(kNormBiases, leaf)) return is_norm ? Kind::kNormBias : Kind::kOther;
  if (IsOneOf(kScales, leaf) && is_norm) return Kind::kNormScale;
  const bool is_table = tensor.shape.size() == 2 && module.biases < 0;
  const bool is_embedding_module = IsEmbeddingName(module_name) || parts.module == "shared";
  if (leaf == "weight" && is_table && is_embedding_module) return Kind::kEmbedding;
  if (IsEmbeddingName(leaf)) return Kind::kEmbedding;
  const bool is_weight_name = IsOneOf(kWeights, leaf) || ContainsOneOf(leaf, kWeightParts) ||
                              EndsWithOneOf(leaf, kWeightEnds);
  return is_wide && is_weight_name ? Kind::kWeight : Kind::kOther;
}

}  // namespace biasbench::model
