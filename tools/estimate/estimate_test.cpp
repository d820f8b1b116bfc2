// The program as users run it, on model files.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "estimate/estimate_fixture.h"
#include "estimate/model_training.h"
#include "model/known_models.h"
#include "model/known_shapes.h"
#include "model/written_files.h"
#include "text/columns.h"

namespace biasbench::tools {
namespace {

using model::NamedShapes;
using model::TestPath;
using model::WriteFile;
using model::WriteSafetensors;
using nlohmann::json;

Answer EstimateModel(const NamedShapes& tensors, const std::string& flags = "") {
  return Estimate("--model='" + WriteSafetensors(TestPath("m"), tensors) + "' " + flags);
}

// The whole numbers of a line, without the commas between their digits.
std::vector<std::int64_t> Integers(std::string line) {
  std::erase(line, ',');
  std::vector<std::int64_t> numbers;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word.find_first_not_of("0123456789") == std::string::npos) {
      numbers.push_back(std::stoll(word));
    }
  }
  return numbers;
}

TEST(EstimateModel, SaysWhatGpt2IsMadeOf) {
  const Answer answer = EstimateModel(model::Gpt2Shapes());
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.Line("weights "),
            "weights              48             84,934,656   68.254 %              339,738,624   "
            "68.254 %");
  EXPECT_EQ(answer.Line("biases "),
            "biases               48                 82,944    0.067 %                  331,776    "
            "0.067 %");
  EXPECT_EQ(Integers(answer.Line("norms' biases")), (std::vector<std::int64_t>{25, 19200, 76800}));
  EXPECT_EQ(Integers(answer.Line("embeddings")),
            (std::vector<std::int64_t>{2, 39383808, 157535232}));
  EXPECT_EQ(Integers(answer.Line("buffers")), (std::vector<std::int64_t>{12, 12582912, 50331648}));
  EXPECT_EQ(answer.Line("Biases are"),
            "Biases are 0.067 % of the parameters, with the norms' 0.082 %.");
  EXPECT_EQ(Integers(answer.Line("h.*.mlp.c_fc")), (std::vector<std::int64_t>{12, 36864, 0}));
  EXPECT_EQ(answer.Line("adam      float32/float32"),
            "adam      float32/float32        474.7      474.7      949.4     1898.8     1.266  "
            "0.067 %   0.082 %");
}

TEST(EstimateModel, TheSharesOfModelsThatEverybodyKnows) {
  const std::vector<NamedShapes> shapes = model::KnownShapes();
  const std::vector<std::string> shares = {"0.067 % of the parameters, with the norms' 0.082",
                                           "0.076 % of the parameters, with the norms' 0.094",
                                           "0.098 % of the parameters, with the norms' 0.120",
                                           "0.004 % of the parameters, with the norms' 0.108"};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    EXPECT_EQ(EstimateModel(shapes[i]).Line("Biases"), "Biases are " + shares[i] + " %.");
  }
}

TEST(EstimateModel, PartsAddUp) {
  const Answer answer = EstimateModel(model::VitB16Shapes());
  std::vector<std::int64_t> sum(3);
  for (const char* const kind :
       {"weights", "biases", "norms' scales", "norms' biases", "embeddings", "other"}) {
    const std::vector<std::int64_t> part = Integers(answer.Line(kind));
    ASSERT_EQ(part.size(), 3U) << kind;
    for (std::size_t i = 0; i < 3; ++i) sum[i] += part[i];
  }
  EXPECT_EQ(sum, Integers(answer.Line("parameters ")));
  const std::vector<std::string> lines = answer.Lines();
  std::vector<std::int64_t> layers(3);
  auto line = std::ranges::find_if(
      lines, [](const std::string& one) { return one.starts_with("layers with the most"); });
  for (++line; !line->starts_with("all "); ++line) {
    for (std::size_t i = 0; i < 3; ++i) layers[i] += Integers(*line)[i];
  }
  EXPECT_EQ(layers, Integers(*line));
  EXPECT_EQ(layers[1], Integers(answer.Line("biases"))[1]);
  EXPECT_EQ(layers[2], Integers(answer.Line("norms' biases"))[1]);
  int rows = 0;
  for (const std::string& row : lines) {
    if (row.find("float32/") == std::string::npos && row.find("bfloat16/") == std::string::npos) {
      continue;
    }
    std::istringstream words(row.substr(28));
    double values = 0;
    double gradients = 0;
    double states = 0;
    double total = 0;
    words >> values >> gradients >> states >> total;
    EXPECT_NEAR(values + gradients + states, total, 1e-6) << row;
    ++rows;
  }
  EXPECT_EQ(rows, 20);  // sgd has no states to store
}

TEST(EstimateModel, LinesAreAHundredColumnsAtMost) {
  NamedShapes tensors = model::BertBaseShapes();
  for (int i = 0; i < 20; ++i) {
    const std::string name = std::string(100, 'x') + std::to_string(i);
    tensors.push_back({name + ".bias", {100'000 + i}});
    tensors.push_back({name, {1, 1, 1, 1, 1, 1, 1}});
  }
  tensors.push_back({"moe.experts.weight", {10, 100'000, 100'000}});
  const Answer answer = EstimateModel(tensors);
  EXPECT_EQ(answer.status, 0);
  for (const std::string& line : answer.Lines()) {
    // A path may be as long as 60 characters itself.
    EXPECT_LE(text::ColumnsOf(line), 100U) << line;
  }
  EXPECT_NE(answer.text.find("\nothers "), std::string::npos);
  EXPECT_NE(answer.text.find("\n  and 10 more, which --json lists\n"), std::string::npos);
}

TEST(EstimateModel, JsonHasExactBytes) {
  const json answer = json::parse(EstimateModel(model::ResNet50Shapes(), "--json").text);
  EXPECT_EQ(answer["format"], "safetensors");
  EXPECT_EQ(answer["parameters"]["elements"], 25'557'032);
  EXPECT_EQ(answer["kinds"]["bias"]["elements"], 1000);
  EXPECT_EQ(answer["kinds"]["buffer"]["tensors"], 159);
  EXPECT_EQ(answer["tensors"].size(), 320U);
  EXPECT_EQ(answer["tensors"][0]["kind"], "weight");
  EXPECT_DOUBLE_EQ(answer["bias_share"], model::KnownModels()[3].bias_share());
  for (const json& row : answer["training"]) {
    const std::int64_t total = row["total_bytes"];
    EXPECT_EQ(total, row["value_bytes"].get<std::int64_t>() +
                         row["gradient_bytes"].get<std::int64_t>() +
                         row["state_bytes"].get<std::int64_t>());
    EXPECT_DOUBLE_EQ(row["bias_share"],
                     row["bias_bytes"].get<double>() / static_cast<double>(total));
  }
}

TEST(EstimateModel, RulesSayWhatCannotBeTold) {
  const NamedShapes tensors = {{"a.gain", {6}}, {"a.weight", {6, 6}}};
  const Answer unknown = EstimateModel(tensors);
  EXPECT_NE(unknown.text.find("\n  a.gain: 6 F32\n"), std::string::npos) << unknown.text;
  EXPECT_EQ(Integers(unknown.Line("other"))[1], 6);
  const Answer told = EstimateModel(tensors, "'--rule=*.gain=norm_scale' '--rule=a.*=bias'");
  EXPECT_EQ(Integers(told.Line("norms' scales"))[1], 6);
  EXPECT_EQ(Integers(told.Line("biases"))[1], 36);
  EXPECT_EQ(told.text.find("--rule"), std::string::npos);
}

TEST(EstimateModel, LeversCanBeChosen) {
  const Answer answer = EstimateModel({{"fc.weight", {4, 4}}},
                                      "--optimizers=adam --weights=bfloat16 --states=float32");
  int rows = 0;
  for (const std::string& line : answer.Lines()) {
    if (line.find("float32/") == std::string::npos && line.find("16/") == std::string::npos)
      continue;
    EXPECT_TRUE(line.starts_with("adam      bfloat16/float32 ")) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 2);
}

TEST(EstimateModel, SaysThatPackedWeightsMayBeMore) {
  EXPECT_NE(EstimateModel({{"up.qweight", {4, 4}, "I64"}})
                .text.find("The weights of 1 tensors are stored as whole numbers"),
            std::string::npos);
  EXPECT_EQ(EstimateModel({{"up.weight", {4, 4}}}).text.find("whole numbers"), std::string::npos);
}

void ExpectRefusal(const std::string& flags, const std::string& message) {
  const Answer answer = Estimate(flags);
  EXPECT_EQ(answer.status, 2) << flags;
  EXPECT_EQ(answer.text.rfind('\n'), answer.text.size() - 1) << answer.text;
  EXPECT_EQ(answer.Lines().size(), 1U) << answer.text;
  EXPECT_NE(answer.text.find(message), std::string::npos) << answer.text;
  EXPECT_TRUE(answer.text.starts_with("estimate: ")) << answer.text;
}

TEST(EstimateModel, RefusesInOneLine) {
  const std::string path = WriteSafetensors(TestPath("m"), {{"fc.weight", {4, 4}}});
  ExpectRefusal("--model=/no/such", "/no/such: No such file or directory");
  ExpectRefusal("--model='" + path + "' --inputs=3",
                "--inputs: not together with --model, whose file brings the shape; expected "
                "--optimizers, --weights and --states");
  ExpectRefusal("--model='" + path + "' --strategies=none", "--strategies: not together with");
  ExpectRefusal("--model='" + path + "' --rule=x", "--rule: 'x' is not PATTERN=KIND");
  ExpectRefusal("--model='" + path + "' --rule=x=bias", "--rule: 'x' matches no tensor");
  ExpectRefusal("--model='" + path + "' --optimizers=nope", "--optimizers: ");
  ExpectRefusal("--model='" + path + "' --optimizers=sgd --states=bfloat16", "--states: ");
  ExpectRefusal("--rule=x=bias", "--rule: needs --model");
  const std::string pickle = WriteFile(TestPath("pickle"), "\x80\x02}q");
  ExpectRefusal("--model='" + pickle + "'",
                "a Python pickle, as older PyTorch writes it, expected safetensors, GGUF or ONNX");
  ExpectRefusal("--model='" + pickle + "' --json", "a Python pickle");
}

TEST(EstimateModel, HelpTeaches) {
  const Answer answer = Estimate("--help");
  EXPECT_EQ(answer.status, 0);
  for (const char* const words : {"--model FILE", "--rule PATTERN=KIND", "norm_scale, norm_bias",
                                  "buffer", "ONNX tells them by the operator"}) {
    EXPECT_NE(answer.text.find(words), std::string::npos) << words;
  }
}

// 100 weights, 10 biases, 5 norms' biases and 5 scales: bytes by hand.
TEST(ModelTraining, FormatsAreThoseOfWeights) {
  model::KindSums sums;
  const auto set = [&](model::Kind kind, std::int64_t elements) {
    sums.by_kind[static_cast<std::size_t>(kind)].elements = elements;
  };
  set(model::Kind::kWeight, 70);
  set(model::Kind::kEmbedding, 30);
  set(model::Kind::kBias, 10);
  set(model::Kind::kNormBias, 5);
  set(model::Kind::kNormScale, 5);
  set(model::Kind::kBuffer, 1000);
  constexpr auto kBfloat16 = kernel::NumberFormat::kBfloat16;
  constexpr auto kFloat32 = kernel::NumberFormat::kFloat32;
  const TrainingMemory memory =
      MemoryOf(sums, {schedule::Optimizer::kAdam, {kBfloat16, kFloat32}, true});
  EXPECT_EQ(memory.parameters.values, 280);
  EXPECT_EQ(memory.parameters.gradients, 480);
  EXPECT_EQ(memory.parameters.states, 960);
  EXPECT_EQ(memory.biases.total(), 160);
  EXPECT_EQ(memory.norm_biases.total(), 80);
  EXPECT_DOUBLE_EQ(memory.bias_share_with_norms(), 240.0 / (280 + 480 + 960));
  const TrainingMemory at_once =
      MemoryOf(sums, {schedule::Optimizer::kMomentum, {kFloat32, kBfloat16}, false});
  EXPECT_EQ(at_once.parameters.gradients, 0);
  EXPECT_EQ(at_once.parameters.states, 280);
  EXPECT_EQ(at_once.biases.total(), 80);
}

}  // namespace
}  // namespace biasbench::tools
