#include "model/onnx.h"

#include <fmt/format.h>

#include <utility>

#include "model/error.h"
#include "model/onnx_graph.h"
#include "model/onnx_tensor.h"
#include "model/protobuf.h"

namespace biasbench::model {
namespace {

// Fields by message.
constexpr std::uint32_t kModelGraph = 7;
constexpr std::uint32_t kModelFunctions = 25;
constexpr std::uint32_t kFunctionNodes = 7;
constexpr std::uint32_t kGraphNodes = 1;
constexpr std::uint32_t kGraphInitializers = 5;
constexpr std::uint32_t kGraphSparseInitializers = 15;
constexpr std::uint32_t kNodeInputs = 1;
constexpr std::uint32_t kNodeOutputs = 2;
constexpr std::uint32_t kNodeName = 3;
constexpr std::uint32_t kNodeOperation = 4;
constexpr std::uint32_t kNodeAttributes = 5;
constexpr std::uint32_t kAttributeTensor = 5;
constexpr std::uint32_t kAttributeGraph = 6;
constexpr std::uint32_t kAttributeGraphs = 11;
constexpr std::uint32_t kAttributeSparseTensor = 22;
constexpr std::uint32_t kSparseValues = 1;

constexpr int kDeepest = 64;  // subgraphs within subgraphs

class OnnxReader {
 public:
  explicit OnnxReader(const std::string& path) : file_(path), external_data_(path) {}

  std::vector<Tensor> Read() {
    bool has_graph = false;
    for (Message message(file_); message.Next();) {
      const Field& field = message.field();
      if (field.Is(kModelGraph, WireType::kBytes)) {
        if (std::exchange(has_graph, true)) file_.Fail("it has two graphs, expected one");
        ReadGraph(Message(file_, field), std::nullopt, 0);
      } else if (field.Is(kModelFunctions, WireType::kBytes)) {
        ReadFunction(Message(file_, field));
      }
    }
    if (!has_graph) file_.Fail("no ONNX model: it has no graph");
    TellUses(model_);
    external_data_.CheckApart();
    return std::move(model_.tensors);
  }

 private:
  std::size_t AddGraph(std::optional<std::size_t> parent) {
    model_.graphs.push_back({.parent = parent});
    return model_.graphs.size() - 1;
  }

  void ReadGraph(Message message, std::optional<std::size_t> parent, int depth) {
    if (depth > kDeepest) {
      file_.Fail(fmt::format("graphs that are nested more than {} deep", kDeepest));
    }
    const std::size_t graph = AddGraph(parent);
    while (message.Next()) {
      const Field& field = message.field();
      if (field.Is(kGraphNodes, WireType::kBytes)) {
        ReadNode(Message(file_, field), graph, depth);
      } else if (field.Is(kGraphInitializers, WireType::kBytes)) {
        AddTensor(graph, ReadTensor(field));
      } else if (field.Is(kGraphSparseInitializers, WireType::kBytes)) {
        AddSparseTensor(graph, field, "");
      }
    }
  }

  void ReadFunction(Message message) {
    const std::size_t graph = AddGraph(std::nullopt);
    while (message.Next()) {
      if (message.field().Is(kFunctionNodes, WireType::kBytes)) {
        ReadNode(Message(file_, message.field()), graph, 0);
      }
    }
  }

  void ReadNode(Message message, std::size_t graph, int depth) {
    OnnxNode node;
    std::vector<Field> attributes;
    while (message.Next()) {
      const Field& field = message.field();
      if (field.type != WireType::kBytes) continue;
      if (field.number == kNodeInputs) node.inputs.push_back(message.Text());
      if (field.number == kNodeOutputs) node.outputs.push_back(message.Text());
      if (field.number == kNodeName) node.name = message.Text();
      if (field.number == kNodeOperation) node.operation = message.Text();
      if (field.number == kNodeAttributes) attributes.push_back(field);
    }
    // Only a Constant node's tensors have a name: its output's.
    const std::string constant =
        node.operation == "Constant" && !node.outputs.empty() ? node.outputs[0] : "";
    for (const Field& attribute : attributes) ReadAttribute(attribute, graph, constant, depth);
    model_.graphs[graph].nodes.push_back(std::move(node));
  }

  void ReadAttribute(const Field& attribute, std::size_t graph, const std::string& constant,
                     int depth) {
    for (Message message(file_, attribute); message.Next();) {
      const Field& field = message.field();
      if (field.type != WireType::kBytes) continue;
      if (field.number == kAttributeGraph || field.number == kAttributeGraphs) {
        ReadGraph(Message(file_, field), graph, depth + 1);
      } else if (field.number == kAttributeTensor && !constant.empty()) {
        Tensor tensor = ReadTensor(field);
        tensor.name = constant;
        AddTensor(graph, std::move(tensor));
      } else if (field.number == kAttributeSparseTensor && !constant.empty()) {
        AddSparseTensor(graph, field, constant);
      }
    }
  }

  Tensor ReadTensor(const Field& field) {
    return ReadOnnxTensor(file_, Message(file_, field), external_data_);
  }

  // Its values are the parameters that are stored. `name` is a Constant node's output; an
  // initializer has its own.
  void AddSparseTensor(std::size_t graph, const Field& sparse, const std::string& name) {
    for (Message message(file_, sparse); message.Next();) {
      if (!message.field().Is(kSparseValues, WireType::kBytes)) continue;
      Tensor tensor = ReadTensor(message.field());
      if (!name.empty()) tensor.name = name;
      AddTensor(graph, std::move(tensor));
    }
  }

  void AddTensor(std::size_t graph, Tensor tensor) {
    const bool is_new =
        model_.graphs[graph].tensors.emplace(tensor.name, model_.tensors.size()).second;
    if (!is_new) {
      file_.Fail(fmt::format("{} stands twice in one graph", DescribeTensor(tensor.name)));
    }
    model_.tensors.push_back(std::move(tensor));
  }

  HeaderReader file_;
  OnnxExternalData external_data_;
  OnnxModel model_;
};

}  // namespace

std::vector<Tensor> ReadOnnx(const std::string& path) { return OnnxReader(path).Read(); }

}  // namespace biasbench::model
