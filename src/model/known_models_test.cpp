// Headers of the shapes of four published models, read in each format.
#include "model/known_models.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "model/classify.h"
#include "model/known_shapes.h"
#include "model/model_file.h"
#include "model/summary.h"
#include "model/written_files.h"

namespace biasbench::model {
namespace {

// As they are published, for what is read and what is counted from shapes.
constexpr auto kKnownModels = std::to_array<KnownModel>({
    {"GPT-2", 124'439'808, 84'934'656, 82'944, 19'200},
    {"BERT-base", 109'482'240, 85'524'480, 83'712, 19'200},
    {"ViT-B/16", 86'567'656, 86'292'480, 84'712, 19'200},
    {"ResNet-50", 25'557'032, 25'502'912, 1'000, 26'560},
});

KindSums SumsOf(const std::string& path, std::string_view format) {
  const ModelFile file = ReadModelFile(path);
  EXPECT_EQ(file.format, format);
  return SumByKind(file.tensors, Classify(file.tensors));
}

void ExpectKnown(const KindSums& sums, const KnownModel& known) {
  SCOPED_TRACE(known.name);
  EXPECT_EQ(sums.Parameters().elements, known.parameters);
  EXPECT_EQ(sums[Kind::kWeight].elements, known.weights);
  EXPECT_EQ(sums[Kind::kBias].elements, known.biases);
  EXPECT_EQ(sums[Kind::kNormBias].elements, known.norm_biases);
  EXPECT_EQ(sums[Kind::kNormScale].elements, known.norm_biases);
  EXPECT_EQ(sums[Kind::kOther].tensors, 0);
  EXPECT_EQ(sums.BiasShare(), known.bias_share());
  EXPECT_EQ(sums.BiasShareWithNorms(), known.bias_share_with_norms());
}

TEST(KnownModels, TheirSharesOfBiases) {
  constexpr double kShares[][2] = {{0.067, 0.082}, {0.076, 0.094}, {0.098, 0.120}, {0.004, 0.108}};
  const std::vector<KnownModel> models = KnownModels();
  ASSERT_EQ(models.size(), kKnownModels.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    EXPECT_EQ(models[i].name, kKnownModels[i].name);
    EXPECT_EQ(models[i].parameters, kKnownModels[i].parameters) << models[i].name;
    EXPECT_EQ(models[i].weights, kKnownModels[i].weights) << models[i].name;
    EXPECT_NEAR(100 * models[i].bias_share(), kShares[i][0], 0.0005) << models[i].name;
    EXPECT_NEAR(100 * models[i].bias_share_with_norms(), kShares[i][1], 0.0005) << models[i].name;
  }
}

TEST(KnownModels, AsSafetensors) {
  const std::vector<NamedShapes> shapes = KnownShapes();
  for (std::size_t i = 0; i < kKnownModels.size(); ++i) {
    const std::string path = WriteSafetensors(TestPath("model.safetensors"), shapes[i]);
    ExpectKnown(SumsOf(path, "safetensors"), kKnownModels[i]);
  }
}

// One tensor in a file each, so that no neighbour of a layer is in the same file.
TEST(KnownModels, AsSafetensorsInThreeFiles) {
  const NamedShapes tensors = ResNet50Shapes();
  std::vector<NamedShapes> parts(3);
  std::string map;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    parts[i % 3].push_back(tensors[i]);
    map +=
        fmt::format(R"({}"{}":"ResNet-{}.safetensors")", i == 0 ? "" : ",", tensors[i].name, i % 3);
  }
  const std::string folder = testing::TempDir();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    WriteSafetensors(folder + fmt::format("ResNet-{}.safetensors", i), parts[i]);
  }
  const std::string path = WriteFile(TestPath("index.json"),
                                     R"({"metadata":{"total_size":1},"weight_map":{)" + map + "}}");
  ExpectKnown(SumsOf(path, "safetensors index"), kKnownModels[3]);
}

// llama.cpp's names, from the contiguous dimension up; masks and statistics are not converted.
TEST(KnownModels, Gpt2AsGguf) {
  NamedShapes tensors = {{"token_embd.weight", {768, 50257}},
                         {"position_embd.weight", {768, 1024}},
                         {"output_norm.weight", {768}},
                         {"output_norm.bias", {768}}};
  const auto add_pair = [&](const std::string& module, const std::vector<std::int64_t>& shape) {
    tensors.push_back({module + ".weight", shape});
    tensors.push_back({module + ".bias", {shape.back()}});
  };
  for (int i = 0; i < 12; ++i) {
    const std::string block = fmt::format("blk.{}.", i);
    add_pair(block + "attn_norm", {768});
    add_pair(block + "attn_qkv", {768, 2304});
    add_pair(block + "attn_output", {768, 768});
    add_pair(block + "ffn_norm", {768});
    add_pair(block + "ffn_up", {768, 3072});
    add_pair(block + "ffn_down", {3072, 768});
  }
  std::int64_t data_bytes = 0;
  std::string contents = "GGUF" + LittleEndian<std::uint32_t>(3) +
                         LittleEndian<std::uint64_t>(tensors.size()) +
                         LittleEndian<std::uint64_t>(0);
  for (const NamedShape& tensor : tensors) {
    contents += LittleEndian<std::uint64_t>(tensor.name.size()) + tensor.name +
                LittleEndian<std::uint32_t>(static_cast<std::uint32_t>(tensor.shape.size()));
    std::int64_t bytes = 4;
    for (const std::int64_t dimension : tensor.shape) {
      contents += LittleEndian(dimension);
      bytes *= dimension;
    }
    contents += LittleEndian<std::uint32_t>(0) + LittleEndian(data_bytes);
    data_bytes += bytes;  // a multiple of 32
  }
  contents.resize((contents.size() + 31) / 32 * 32);
  ExpectKnown(SumsOf(WriteFile(TestPath("model.gguf"), contents, data_bytes), "GGUF"),
              kKnownModels[0]);
}

// A graph in which each module of the model stands once, all tensors being called t0, t1, …: what
// they are only the operators tell. Data lie in a file beside it.
class NamelessOnnx {
 public:
  explicit NamelessOnnx(const NamedShapes& tensors) {
    for (const NamedShape& tensor : tensors) Add(tensor);
    for (const NamedShape& tensor : tensors) AddOperator(tensor.name);
  }

  std::string Write() const {
    WriteFile(TestPath("data"), "", offset_);
    return WriteFile(TestPath("model.onnx"), OnnxModelOf(OnnxGraphOf(nodes_, tensors_)));
  }

 private:
  void Add(const NamedShape& tensor) {
    std::int64_t bytes = tensor.type == "I64" ? 8 : 4;
    for (const std::int64_t dimension : tensor.shape) bytes *= dimension;
    const std::string name = "t" + std::to_string(tensors_.size());
    const std::string path = TestPath("data");
    tensors_.push_back(OnnxTensor(name, tensor.shape, tensor.type == "I64" ? 7 : 1,
                                  OnnxExternal(path.substr(path.rfind('/') + 1),
                                               std::to_string(offset_), std::to_string(bytes))));
    offset_ += bytes;
    names_[tensor.name] = {name, tensor.shape.size()};
  }

  std::string NameOf(const std::string& tensor) const {
    const auto found = names_.find(tensor);
    return found == names_.end() ? "" : found->second.first;
  }

  void AddNode(const std::string& operation, const std::vector<std::string>& inputs,
               const std::string& output) {
    nodes_.push_back(OnnxNodeOf(operation, inputs, output));
  }

  // The operators of the module, when its weight comes.
  void AddOperator(const std::string& tensor) {
    const std::string module = tensor.substr(0, tensor.rfind('.'));
    const std::string x = module + ":";
    const std::string bias = NameOf(module + ".bias");
    const std::string gamma = NameOf(module + ".gamma");
    const std::string mean = NameOf(module + ".running_mean");
    const std::string weight = NameOf(module + ".weight");
    if (tensor.ends_with(".gamma")) {
      AddNode("Sqrt", {x + "variance"}, x + "deviation");
      AddNode("Div", {x + "centred", x + "deviation"}, x + "normalized");
      AddNode("Mul", {x + "normalized", gamma}, x + "scaled");
      AddNode("Add", {x + "scaled", NameOf(module + ".beta")}, x + "out");
    }
    if (!tensor.ends_with(".weight")) return;
    if (!mean.empty()) {
      AddNode("BatchNormalization", {x, weight, bias, mean, NameOf(module + ".running_var")},
              x + "out");
    } else if (names_.at(tensor).second == 4) {
      AddNode("Conv", {x, weight}, x + "out");
    } else if (bias.empty()) {
      AddNode("Gather", {weight, x}, x + "out");
    } else {
      AddNode("Transpose", {weight}, x + "transposed");
      AddNode("MatMul", {x, x + "transposed"}, x + "product");
      AddNode("Add", {bias, x + "product"}, x + "out");
    }
  }

  std::vector<std::string> nodes_;
  std::vector<std::string> tensors_;
  std::map<std::string, std::pair<std::string, std::size_t>> names_;  // and dimensions
  std::int64_t offset_ = 0;
};

TEST(KnownModels, AsOnnxWithoutNames) {
  ExpectKnown(SumsOf(NamelessOnnx(BertBaseShapes()).Write(), "ONNX"), kKnownModels[1]);
  ExpectKnown(SumsOf(NamelessOnnx(ResNet50Shapes()).Write(), "ONNX"), kKnownModels[3]);
}

}  // namespace
}  // namespace biasbench::model
