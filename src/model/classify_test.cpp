// Kinds by rules, uses and names, of names that are in use.
#include "model/classify.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

constexpr ElementType kFloat{"F32", 1, 4};

struct Case {
  std::string name;
  std::vector<std::int64_t> shape;
  Kind kind;
};

void ExpectKinds(const std::vector<Case>& cases) {
  std::vector<Tensor> tensors;
  for (const Case& one : cases) tensors.push_back(MakeTensor("m", one.name, one.shape, kFloat));
  const std::vector<Kind> kinds = Classify(tensors);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(Describe(kinds[i]).name, Describe(cases[i].kind).name) << cases[i].name;
  }
}

TEST(Classify, Llama) {
  ExpectKinds({{"model.embed_tokens.weight", {32000, 64}, Kind::kEmbedding},
               {"model.layers.0.self_attn.q_proj.weight", {64, 64}, Kind::kWeight},
               {"model.layers.0.self_attn.q_proj.bias", {64}, Kind::kBias},
               {"model.layers.0.self_attn.q_norm.weight", {16}, Kind::kNormScale},
               {"model.layers.0.self_attn.rotary_emb.inv_freq", {8}, Kind::kBuffer},
               {"model.layers.0.input_layernorm.weight", {64}, Kind::kNormScale},
               {"model.norm.weight", {64}, Kind::kNormScale},
               {"lm_head.weight", {32000, 64}, Kind::kWeight}});
}

TEST(Classify, ExpertsAndSinks) {
  ExpectKinds({{"layers.0.mlp.experts.gate_up_proj", {32, 64, 128}, Kind::kWeight},
               {"layers.0.mlp.experts.gate_up_proj_bias", {32, 128}, Kind::kBias},
               {"layers.0.mlp.router.bias", {32}, Kind::kBias},
               {"layers.0.self_attn.sinks", {64}, Kind::kOther}});
}

TEST(Classify, EmbeddingsAndLayersThatSoundLikeThem) {
  ExpectKinds(
      {{"shared.weight", {32128, 64}, Kind::kEmbedding},
       {"block.0.layer.0.SelfAttention.relative_attention_bias.weight", {32, 8}, Kind::kEmbedding},
       {"embeddings.position_embeddings", {1, 197, 64}, Kind::kEmbedding},
       {"embeddings.patch_embeddings.projection.weight", {64, 3, 16, 16}, Kind::kWeight},
       {"embeddings.patch_embeddings.projection.bias", {64}, Kind::kBias},
       {"patch_embed.proj.weight", {64, 3, 16, 16}, Kind::kWeight},
       {"patch_embed.norm.weight", {64}, Kind::kNormScale},
       {"time_embedding.linear_1.weight", {64, 64}, Kind::kWeight},
       {"time_embedding.linear_1.bias", {64}, Kind::kBias},
       {"embeddings_project.weight", {64, 32}, Kind::kWeight},
       {"embeddings_project.bias", {64}, Kind::kBias},
       {"label_embedder.weight", {64, 32}, Kind::kWeight},
       {"label_embedder.bias", {64}, Kind::kBias},
       {"embed_out.weight", {1000, 64}, Kind::kWeight},
       {"cls_token", {1, 1, 64}, Kind::kEmbedding},
       {"layers.0.attn.relative_position_bias_table", {169, 3}, Kind::kEmbedding}});
}

TEST(Classify, MasksAreNoBiases) {
  ExpectKinds({{"h.0.attn.bias", {1, 1, 16, 16}, Kind::kBuffer},
               {"h.0.attn.masked_bias", {}, Kind::kBuffer},
               {"layers.0.attention.bias", {1, 16, 16}, Kind::kBuffer},
               {"layers.0.attention.relative_position_index", {49, 49}, Kind::kBuffer},
               {"odd.bias", {3, 4, 5}, Kind::kOther}});
}

TEST(Classify, NormsByTheirStatistics) {
  ExpectKinds({{"downsample.1.weight", {64}, Kind::kNormScale},
               {"downsample.1.bias", {64}, Kind::kNormBias},
               {"downsample.1.running_mean", {64}, Kind::kBuffer},
               {"downsample.1.num_batches_tracked", {}, Kind::kBuffer}});
}

TEST(Classify, NormsByScaleAndBiasOfTheSameLength) {
  ExpectKinds({{"block.3.weight", {64}, Kind::kNormScale},
               {"block.3.bias", {64}, Kind::kNormBias},
               {"block.4.weight", {64}, Kind::kOther},  // as a PReLU's
               {"block.5.gamma", {64}, Kind::kOther},   // as a scaled branch's
               {"block.6.beta", {64}, Kind::kOther},
               {"block.7.weight", {1, 1}, Kind::kWeight},
               {"block.7.bias", {1}, Kind::kBias}});
}

TEST(Classify, KerasAndFlax) {
  ExpectKinds({{"dense/kernel:0", {8, 4}, Kind::kWeight},
               {"dense/bias:0", {4}, Kind::kBias},
               {"batch_normalization/gamma:0", {4}, Kind::kNormScale},
               {"batch_normalization/beta:0", {4}, Kind::kNormBias},
               {"batch_normalization/moving_mean:0", {4}, Kind::kBuffer},
               {"embedding/embeddings:0", {10, 4}, Kind::kEmbedding},
               {"lstm/lstm_cell/recurrent_kernel:0", {4, 16}, Kind::kWeight},
               {"wte.embedding", {10, 4}, Kind::kEmbedding},
               {"ln_f.scale", {4}, Kind::kNormScale},
               {"ln_f.bias", {4}, Kind::kNormBias},
               {"linear.w", {4, 4}, Kind::kWeight},
               {"linear.b", {4}, Kind::kBias}});
}

TEST(Classify, RecurrentAndQuantized) {
  ExpectKinds({{"rnn.weight_ih_l0", {16, 4}, Kind::kWeight},
               {"rnn.bias_hh_l0", {16}, Kind::kBias},
               {"attn.in_proj_weight", {12, 4}, Kind::kWeight},
               {"attn.in_proj_bias", {12}, Kind::kBias},
               {"attn.q_bias", {4}, Kind::kBias},
               {"up.qweight", {8, 4}, Kind::kWeight},
               {"up.scales", {2, 4}, Kind::kBuffer},
               {"up.weight_scale_inv", {2, 4}, Kind::kBuffer},
               {"text_projection", {4, 4}, Kind::kWeight},
               {"logit_scale", {}, Kind::kOther}});
}

TEST(Classify, Gguf) {
  ExpectKinds({{"token_embd.weight", {100, 64}, Kind::kEmbedding},
               {"token_embd_norm.weight", {64}, Kind::kNormScale},
               {"token_types.weight", {2, 64}, Kind::kEmbedding},
               {"rope_freqs.weight", {8}, Kind::kBuffer},
               {"v.patch_embd.weight", {64, 3, 14, 14}, Kind::kWeight},
               {"v.class_embd", {64}, Kind::kEmbedding},
               {"v.blk.0.ln1.bias", {64}, Kind::kNormBias},
               {"blk.0.attn_q.bias", {64}, Kind::kBias},
               {"blk.0.ssm_a", {64}, Kind::kOther}});
}

TEST(Classify, TheFirstRuleComesBeforeAllElse) {
  std::vector<Tensor> tensors = {MakeTensor("m", "a.bias", {4}, kFloat),
                                 MakeTensor("m", "a.weight", {4, 4}, kFloat),
                                 MakeTensor("m", "b.bias", {4}, kFloat)};
  tensors[2].use = Kind::kBuffer;
  const std::vector<Rule> rules = {ParseRule("a.*as=buffer"), ParseRule("a.*=other")};
  EXPECT_EQ(Classify(tensors, rules),
            (std::vector<Kind>{Kind::kBuffer, Kind::kOther, Kind::kBuffer}));
}

TEST(Classify, NamesComeBeforeWhatIsAssumedOtherwise) {
  std::vector<Tensor> tensors = {MakeTensor("m", "fc.bias", {1}, kFloat),
                                 MakeTensor("m", "epsilon", {1}, kFloat)};
  for (Tensor& tensor : tensors) tensor.otherwise = Kind::kBuffer;
  EXPECT_EQ(Classify(tensors), (std::vector<Kind>{Kind::kBias, Kind::kBuffer}));
}

TEST(Classify, RulesMatchSomething) {
  const std::vector<Tensor> tensors = {MakeTensor("m", "a.bias", {4}, kFloat)};
  const std::vector<Rule> rules = {ParseRule("*.bais=bias")};
  try {
    Classify(tensors, rules);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "'*.bais' matches no tensor; * stands for any letters, ? for any one");
  }
}

TEST(Rule, PatternsAreOfWholeNames) {
  const auto matches = [](const std::string& pattern, const std::string& name) {
    return Rule{pattern, Kind::kBias}.Matches(name);
  };
  EXPECT_TRUE(matches("h.*.attn.bias", "h.0.attn.bias"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*a*b*", "xxaxxbab"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_FALSE(matches("attn", "h.attn"));
  EXPECT_FALSE(matches("*.bias", "h.bias2"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("", ""));
  // Without going back over all ways to divide the name.
  EXPECT_FALSE(matches("*a*a*a*a*a*a*a*a*a*a*b", std::string(50'000, 'a')));
}

TEST(Rule, IsReadFromTheRight) {
  EXPECT_EQ(ParseRule("a=b=norm_bias").pattern, "a=b");
  EXPECT_EQ(ParseRule("a=b=norm_bias").kind, Kind::kNormBias);
  for (const std::string& text : std::vector<std::string>{"", "bias", "=bias", "a=", "a=biases"}) {
    try {
      ParseRule(text);
      FAIL() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(error.what(),
                "'" + text +
                    "' is not PATTERN=KIND with KIND one of weight, bias, norm_scale, norm_bias, "
                    "embedding, other, buffer");
    }
  }
}

}  // namespace
}  // namespace biasbench::model
