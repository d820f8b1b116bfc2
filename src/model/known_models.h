// Models that everybody knows, counted: what a figure of the share of biases may name beside our
// own, and what the tests find in headers of their shapes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace biasbench::model {

struct KnownModel {
  std::string_view name;
  std::int64_t parameters;
  std::int64_t weights;      // of linear layers and convolutions, without embeddings
  std::int64_t biases;       // of the same
  std::int64_t norm_biases;  // of its LayerNorms or BatchNorms

  double bias_share() const { return Share(biases); }
  double bias_share_with_norms() const { return Share(biases + norm_biases); }

 private:
  double Share(std::int64_t part) const {
    return static_cast<double>(part) / static_cast<double>(parameters);
  }
};

inline constexpr auto kKnownModels = std::to_array<KnownModel>({
    // 124M, its output layer tied to the embedding.
    {"GPT-2", 124'439'808, 84'934'656, 82'944, 19'200},
    // With its pooler, without the head of the language model.
    {"BERT-base", 109'482'240, 85'524'480, 83'712, 19'200},
    {"ViT-B/16", 86'567'656, 86'292'480, 84'712, 19'200},
    {"ResNet-50", 25'557'032, 25'502'912, 1'000, 26'560},
});

}  // namespace biasbench::model
