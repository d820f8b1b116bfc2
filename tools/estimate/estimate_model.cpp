#include "estimate/estimate_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "model/classify.h"
#include "model/model_file.h"
#include "model/summary.h"
#include "text/excerpt.h"

namespace biasbench::tools {
namespace {

using model::Kind;
using model::KindSums;
using model::LayerGroup;
using model::Tensor;

constexpr std::size_t kMaxRows = 10;  // of layers, and of tensors that cannot be told

struct Model {
  std::string path;
  model::ModelFile file;
  std::vector<Kind> kinds;
  KindSums sums;
  std::vector<LayerGroup> layers;
};

Model ReadModel(const std::string& path, std::span<const model::Rule> rules) {
  Model model{
      .path = path, .file = model::ReadModelFile(path), .kinds = {}, .sums = {}, .layers = {}};
  try {
    model.kinds = model::Classify(model.file.tensors, rules);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("--rule: {}", error.what()));
  }
  model.sums = model::SumByKind(model.file.tensors, model.kinds);
  model.layers = model::LayersWithBiases(model.file.tensors, model.kinds);
  return model;
}

std::string Integer(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (std::ptrdiff_t i = std::ssize(digits) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), 1, ',');
  }
  return digits;
}

std::string Percent(double share) { return fmt::format("{:.3f} %", 100 * share); }

std::string PercentOf(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "–" : Percent(static_cast<double>(part) / static_cast<double>(whole));
}

void PrintKindLine(std::string_view kind, std::string_view tensors, std::string_view elements,
                   std::string_view share, std::string_view bytes, std::string_view byte_share) {
  fmt::print("{:<14} {:>8} {:>22} {:>10} {:>24} {:>10}\n", kind, tensors, elements, share, bytes,
             byte_share);
}

// `whole` is the total of the shares; without it there are none.
void PrintKind(std::string_view label, const model::Sum& sum, const model::Sum& whole = {}) {
  PrintKindLine(label, Integer(sum.tensors), Integer(sum.elements),
                PercentOf(sum.elements, whole.elements), Integer(sum.bytes),
                PercentOf(sum.bytes, whole.bytes));
}

void PrintKinds(const KindSums& sums) {
  const model::Sum parameters = sums.Parameters();
  const model::Sum& buffers = sums[Kind::kBuffer];
  PrintKindLine("kind", "tensors", "elements", "share", "bytes in the file", "share");
  for (std::size_t i = 0; i < model::kKindCount; ++i) {
    if (!model::kKinds[i].is_parameter) continue;
    PrintKind(model::kKinds[i].label, sums.by_kind[i], parameters);
  }
  PrintKind("parameters", parameters, parameters);
  PrintKind(Describe(Kind::kBuffer).label, buffers);
  model::Sum all = parameters;
  PrintKind("all tensors", all += buffers);
  fmt::print("\nBiases are {} of the parameters, with the norms' {}.\n", Percent(sums.BiasShare()),
             Percent(sums.BiasShareWithNorms()));
}

// Whole numbers that hold several weights each hide parameters.
void PrintPacked(const Model& model) {
  std::int64_t tensors = 0;
  for (std::size_t i = 0; i < model.kinds.size(); ++i) {
    if (model.kinds[i] == Kind::kWeight && model.file.tensors[i].type.is_integer) ++tensors;
  }
  if (tensors == 0) return;
  fmt::print(
      "The weights of {} tensors are stored as whole numbers and counted as stored: if several "
      "are\n"
      "packed in one, there are more parameters.\n",
      Integer(tensors));
}

void PrintLayerLine(std::string_view name, std::string_view layers, std::string_view biases,
                    std::string_view norm_biases, std::string_view share) {
  fmt::print("{:<60} {:>6} {:>11} {:>10} {:>9}\n", name, layers, biases, norm_biases, share);
}

void PrintLayer(std::string_view name, const LayerGroup& group) {
  PrintLayerLine(name, Integer(group.layers), Integer(group.biases), Integer(group.norm_biases),
                 PercentOf(group.biases + group.norm_biases, group.parameters));
}

LayerGroup SumOf(std::span<const LayerGroup> groups) {
  LayerGroup sum;
  for (const LayerGroup& group : groups) {
    sum.layers += group.layers;
    sum.parameters += group.parameters;
    sum.biases += group.biases;
    sum.norm_biases += group.norm_biases;
  }
  return sum;
}

void PrintLayers(std::span<const LayerGroup> layers) {
  if (layers.empty()) return;
  fmt::print("\n");
  PrintLayerLine("layers with the most biases", "layers", "biases", "norms'", "of theirs");
  const auto most = layers.first(std::min(layers.size(), kMaxRows));
  for (const LayerGroup& group : most) {
    PrintLayer(group.name.empty() ? "(of no layer)" : text::PathExcerpt(group.name), group);
  }
  const auto others = layers.subspan(most.size());
  if (!others.empty()) PrintLayer("others", SumOf(others));
  PrintLayer("all", SumOf(layers));
}

void PrintOthers(const Model& model) {
  const std::int64_t count = model.sums[Kind::kOther].tensors;
  if (count == 0) return;
  fmt::print("\nother, taken for parameters; --rule=PATTERN=KIND says what they are:\n");
  std::int64_t printed = 0;
  for (std::size_t i = 0; i < model.kinds.size() && printed < std::ssize(model.kinds); ++i) {
    if (model.kinds[i] != Kind::kOther) continue;
    if (static_cast<std::size_t>(++printed) > kMaxRows) break;
    const Tensor& tensor = model.file.tensors[i];
    constexpr std::size_t kMaxShown = 5;  // dimensions
    fmt::print("  {}: {} {}\n", text::Excerpt(tensor.name),
               tensor.shape.size() > kMaxShown ? fmt::format("{} dimensions", tensor.shape.size())
                                               : model::DescribeShape(tensor.shape),
               tensor.type.name);
  }
  if (count > static_cast<std::int64_t>(kMaxRows)) {
    fmt::print("  and {} more, which --json lists\n",
               Integer(count - static_cast<std::int64_t>(kMaxRows)));
  }
}

std::string FormatsOf(const TrainingLevers& levers) {
  const bool has_states = Describe(levers.optimizer).states > 0;
  return fmt::format("{}/{}", NameOf(levers.formats.weights),
                     has_states ? NameOf(levers.formats.states) : "–");
}

double Mebibytes(std::int64_t bytes) { return static_cast<double>(bytes) / 0x1p20; }

double ToTenths(double number) { return std::round(10 * number) / 10; }

void PrintTraining(std::span<const TrainingMemory> rows) {
  fmt::print(
      R"(
Training memory of the parameters, MiB; activations come on top. The formats are those of weights
and embeddings: biases, norms and gradients are float32. Gradients that are applied at once take
nothing. On the right, what leaving the biases out saves: MiB, its share, and that with the norms'.

)");
  fmt::print("{:<9} {:<17} {:>10} {:>10} {:>10} {:>10} {:>9} {:>8} {:>9}\n", "optimizer",
             "weights/states", "values", "gradients", "states", "total", "biases", "share",
             "norms too");
  for (const TrainingMemory& row : rows) {
    // The total is that of the parts as they are printed.
    const double values = ToTenths(Mebibytes(row.parameters.values));
    const double gradients = ToTenths(Mebibytes(row.parameters.gradients));
    const double states = ToTenths(Mebibytes(row.parameters.states));
    fmt::print("{:<9} {:<17} {:>10.1f} {:>10.1f} {:>10.1f} {:>10.1f} {:>9.3f} {:>8} {:>9}\n",
               Describe(row.levers.optimizer).name, FormatsOf(row.levers), values, gradients,
               states, values + gradients + states, Mebibytes(row.biases.total()),
               Percent(row.bias_share()), Percent(row.bias_share_with_norms()));
  }
}

nlohmann::json ToJson(const model::Sum& sum) {
  return {{"tensors", sum.tensors}, {"elements", sum.elements}, {"bytes", sum.bytes}};
}

nlohmann::json ToJson(const LayerGroup& group) {
  return {{"name", group.name},
          {"layers", group.layers},
          {"parameters", group.parameters},
          {"biases", group.biases},
          {"norm_biases", group.norm_biases}};
}

nlohmann::json ToJson(const Tensor& tensor, Kind kind) {
  return {{"name", tensor.name},
          {"shape", tensor.shape},
          {"type", tensor.type.name},
          {"kind", Describe(kind).name},
          {"bytes", tensor.bytes}};
}

nlohmann::json ToJson(const TrainingMemory& row) {
  return {{"optimizer", Describe(row.levers.optimizer).name},
          {"weights_format", NameOf(row.levers.formats.weights)},
          {"states_format", NameOf(row.levers.formats.states)},
          {"value_bytes", row.parameters.values},
          {"gradient_bytes", row.parameters.gradients},
          {"state_bytes", row.parameters.states},
          {"total_bytes", row.parameters.total()},
          {"bias_bytes", row.biases.total()},
          {"norm_bias_bytes", row.norm_biases.total()},
          {"bias_share", row.bias_share()},
          {"bias_share_with_norms", row.bias_share_with_norms()}};
}

nlohmann::json ToJson(const Model& model, std::span<const TrainingMemory> rows) {
  nlohmann::json json = {{"file", model.path},
                         {"format", model.file.format},
                         {"parameters", ToJson(model.sums.Parameters())},
                         {"bias_share", model.sums.BiasShare()},
                         {"bias_share_with_norms", model.sums.BiasShareWithNorms()}};
  for (std::size_t i = 0; i < model::kKindCount; ++i) {
    json["kinds"][std::string(model::kKinds[i].name)] = ToJson(model.sums.by_kind[i]);
  }
  for (const char* const list : {"layers", "tensors", "training"}) {
    json[list] = nlohmann::json::array();
  }
  for (const LayerGroup& group : model.layers) json["layers"].push_back(ToJson(group));
  for (const TrainingMemory& row : rows) json["training"].push_back(ToJson(row));
  for (std::size_t i = 0; i < model.kinds.size(); ++i) {
    json["tensors"].push_back(ToJson(model.file.tensors[i], model.kinds[i]));
  }
  return json;
}

}  // namespace

void PrintModelEstimate(const std::string& path, std::span<const model::Rule> rules,
                        std::span<const TrainingLevers> levers, bool is_json) {
  const Model model = ReadModel(path, rules);
  std::vector<TrainingMemory> rows;
  for (const TrainingLevers& one : levers) rows.push_back(MemoryOf(model.sums, one));
  if (is_json) {
    constexpr auto kReplace = nlohmann::json::error_handler_t::replace;  // names may be no UTF-8
    fmt::print("{}\n", ToJson(model, rows).dump(1, ' ', false, kReplace));
    return;
  }
  fmt::print("{}: {}, {} tensors\n\n", text::PathExcerpt(path), model.file.format,
             Integer(std::ssize(model.file.tensors)));
  PrintKinds(model.sums);
  PrintPacked(model);
  PrintLayers(model.layers);
  PrintOthers(model);
  PrintTraining(rows);
}

}  // namespace biasbench::tools
