#include "model/onnx_graph.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "model/name_parts.h"
#include "model/onnx_operators.h"

namespace biasbench::model {
namespace {

// A tensor that feeds several inputs is the first of these: a tied embedding is also the weight of
// the last layer.
constexpr auto kPrecedence =
    std::to_array({Kind::kEmbedding, Kind::kNormScale, Kind::kNormBias, Kind::kWeight, Kind::kBias,
                   Kind::kBuffer, Kind::kOther});

template <class Names>
bool IsOneOf(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Follows names through the graphs.
class Uses {
 public:
  explicit Uses(OnnxModel& model) : model_(model) {
    for (const OnnxGraph& graph : model.graphs) {
      auto& producers = producers_.emplace_back();
      for (const OnnxNode& node : graph.nodes) {
        for (const std::string& output : node.outputs) producers.emplace(output, &node);
      }
    }
  }

  void Tell() {
    for (std::size_t graph = 0; graph < model_.graphs.size(); ++graph) {
      for (const OnnxNode& node : model_.graphs[graph].nodes) {
        TellSlots(graph, node);
        TellAdded(graph, node);
        TellMultiplied(graph, node);
      }
    }
    for (Tensor& tensor : model_.tensors) {
      // Axes, shapes, factors: constants that no training changes.
      const bool is_constant = tensor.type.is_integer || tensor.elements <= 1;
      if (is_constant) tensor.otherwise = Kind::kBuffer;
    }
  }

 private:
  // The source behind a name: a tensor, a node's output, or (an input of the graph) neither.
  struct Source {
    Tensor* tensor = nullptr;
    const OnnxNode* node = nullptr;
    std::size_t graph = 0;  // the node's
  };

  Source Find(std::size_t graph, const std::string& name) {
    for (std::optional<std::size_t> i = graph; i; i = model_.graphs[*i].parent) {
      const auto tensor = model_.graphs[*i].tensors.find(name);
      if (tensor != model_.graphs[*i].tensors.end()) {
        return {.tensor = &model_.tensors[tensor->second]};
      }
      const auto producer = producers_[*i].find(name);
      if (producer != producers_[*i].end()) return {.node = producer->second, .graph = *i};
    }
    return {};
  }

  // The same, through operators that only change a value's form.
  Source FindValue(std::size_t graph, const std::string& name) {
    constexpr int kMaxForms = 16;  // a circle would have no end
    Source source = Find(graph, name);
    for (int i = 0; i < kMaxForms && source.node != nullptr; ++i) {
      if (!IsOneOf(kForms, source.node->operation) || source.node->inputs.empty()) break;
      source = Find(source.graph, source.node->inputs[0]);
    }
    return source;
  }

  static void Use(Tensor& tensor, Kind kind) {
    const auto rank = [](Kind one) { return std::ranges::find(kPrecedence, one); };
    if (!tensor.use || rank(kind) < rank(*tensor.use)) tensor.use = kind;
  }

  // Shapes and indices are gathered from, too; embeddings may be quantized to bytes.
  static bool IsTable(const Tensor& tensor) {
    const bool is_index = tensor.type.is_integer && tensor.type.block_bytes > 1;
    return tensor.shape.size() == 2 && tensor.elements > 1 && !is_index;
  }

  void TellSlots(std::size_t graph, const OnnxNode& node) {
    for (const Slot& slot : kSlots) {
      if (slot.operation != node.operation || slot.input >= node.inputs.size()) continue;
      const Source source = FindValue(graph, node.inputs[slot.input]);
      if (source.tensor == nullptr) continue;
      if (slot.kind == Kind::kEmbedding && !IsTable(*source.tensor)) continue;
      Use(*source.tensor, slot.kind);
      if (LayerOf(*source.tensor).empty()) source.tensor->layer = SplitName(node.name).module;
    }
  }

  static std::string LayerOf(const Tensor& tensor) {
    return tensor.layer.empty() ? std::string(SplitName(tensor.name).module) : tensor.layer;
  }

  // A bias has kept its name where the weight, transposed, has got another.
  static void ShareLayer(Tensor& weight, Tensor& bias) {
    const std::string of_bias = LayerOf(bias);
    if (SplitName(weight.name).module.empty() && !of_bias.empty()) weight.layer = of_bias;
    if (of_bias.empty()) bias.layer = LayerOf(weight);
  }

  // The two operands of a node, if just one of them is a tensor and a vector.
  struct Operands {
    Tensor* vector = nullptr;
    Source other;
  };
  Operands OperandsOf(std::size_t graph, const OnnxNode& node) {
    if (node.inputs.size() != 2) return {};
    const Source first = FindValue(graph, node.inputs[0]);
    const Source second = FindValue(graph, node.inputs[1]);
    if ((first.tensor == nullptr) == (second.tensor == nullptr)) return {};
    const bool is_first = first.tensor != nullptr;
    Tensor* const tensor = is_first ? first.tensor : second.tensor;
    if (!IsVector(*tensor)) return {};
    return {tensor, is_first ? second : first};
  }

  // A bias behind a product, or behind a norm's scale.
  void TellAdded(std::size_t graph, const OnnxNode& node) {
    if (node.operation != "Add") return;
    const Operands operands = OperandsOf(graph, node);
    if (operands.vector == nullptr || operands.other.node == nullptr) return;
    Tensor* const weight = FactorWithAxis(operands.other, operands.vector->elements);
    if (weight != nullptr) {
      Use(*operands.vector, Kind::kBias);
      ShareLayer(*weight, *operands.vector);
    } else if (Scaled(operands.other) != nullptr) {
      Use(*operands.vector, Kind::kNormBias);
    }
  }

  // The weight of a product, one of whose dimensions is as long as this; null if there is none.
  // Products of whole numbers are scaled before a bias is added.
  Tensor* FactorWithAxis(const Source& product, std::int64_t length) {
    if (product.node == nullptr) return nullptr;
    const std::string& operation = product.node->operation;
    if (operation != "Mul" && !IsOneOf(kProducts, operation)) return nullptr;
    for (const std::string& input : product.node->inputs) {
      const Source factor = FindValue(product.graph, input);
      if (operation == "Mul") {
        const bool is_product =
            factor.node != nullptr && factor.node->operation.ends_with("Integer");
        if (is_product) return FactorWithAxis(factor, length);
      } else if (factor.tensor != nullptr && std::ranges::count(factor.tensor->shape, length) > 0) {
        return factor.tensor;
      }
    }
    return nullptr;
  }

  void TellMultiplied(std::size_t graph, const OnnxNode& node) {
    if (node.operation != "Mul") return;
    Tensor* const scale = Scaled({.node = &node, .graph = graph});
    if (scale != nullptr) Use(*scale, Kind::kNormScale);
  }

  // The vector that a product multiplies normalized values with; null if it is no such product.
  Tensor* Scaled(const Source& product) {
    if (product.node == nullptr || product.node->operation != "Mul") return nullptr;
    const Operands operands = OperandsOf(product.graph, *product.node);
    const bool is_scale =
        operands.vector != nullptr && operands.vector->elements > 1 && IsNormalized(operands.other);
    return is_scale ? operands.vector : nullptr;
  }

  // x / sqrt(…), or x · (1 / sqrt(…)). A GroupNorm may stand as an InstanceNormalization.
  bool IsNormalized(const Source& source) {
    if (source.node == nullptr) return false;
    if (source.node->operation == "InstanceNormalization") return true;
    if (source.node->inputs.size() != 2) return false;
    const std::vector<std::string>& inputs = source.node->inputs;
    if (source.node->operation == "Div") return IsRoot(FindValue(source.graph, inputs[1]));
    if (source.node->operation != "Mul") return false;
    return std::ranges::any_of(inputs, [&](const std::string& input) {
      const Source factor = FindValue(source.graph, input);
      if (factor.node == nullptr || factor.node->inputs.empty()) return false;
      const std::string& operation = factor.node->operation;
      return (operation == "Reciprocal" || operation == "Div") &&
             IsRoot(FindValue(factor.graph, factor.node->inputs.back()));
    });
  }

  static bool IsRoot(const Source& source) {
    return source.node != nullptr && source.node->operation == "Sqrt";
  }

  OnnxModel& model_;
  std::vector<std::unordered_map<std::string, const OnnxNode*>> producers_;  // of each graph
};

}  // namespace

void TellUses(OnnxModel& model) { Uses(model).Tell(); }

}  // namespace biasbench::model
