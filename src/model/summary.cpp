#include "model/summary.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "model/name_parts.h"

namespace biasbench::model {
namespace {

// "12", "layer1", "encoder_layer_11": a number, with nothing but what it numbers before it.
bool IsNumbered(std::string_view part) {
  const std::size_t digits = part.find_last_not_of("0123456789") + 1;
  if (digits == part.size()) return false;
  std::string_view noun = part.substr(0, digits);
  if (noun.ends_with('_')) noun.remove_suffix(1);
  return noun.empty() || noun.ends_with("layer") || noun.ends_with("block") ||
         noun.ends_with("stage");
}

// The module's name with * for the numbers of those around it.
std::string GroupOf(std::string_view module) {
  std::string group;
  for (;;) {
    const std::size_t end = module.find_first_of("./");
    const std::string_view part = module.substr(0, end);
    if (end == std::string_view::npos) return group.append(part);
    group.append(IsNumbered(part) ? part.substr(0, part.find_last_not_of("0123456789") + 1) : part);
    if (IsNumbered(part)) group += '*';
    group += module[end];
    module.remove_prefix(end + 1);
  }
}

double ShareOf(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void Sum::Add(const Tensor& tensor) { *this += {1, tensor.elements, tensor.bytes}; }

Sum& Sum::operator+=(const Sum& other) {
  tensors += other.tensors;
  elements += other.elements;
  bytes += other.bytes;
  return *this;
}

Sum KindSums::Parameters() const {
  Sum sum;
  for (std::size_t i = 0; i < kKindCount; ++i) {
    if (kKinds[i].is_parameter) sum += by_kind[i];
  }
  return sum;
}

double KindSums::BiasShare() const {
  return ShareOf((*this)[Kind::kBias].elements, Parameters().elements);
}

double KindSums::BiasShareWithNorms() const {
  return ShareOf((*this)[Kind::kBias].elements + (*this)[Kind::kNormBias].elements,
                 Parameters().elements);
}

KindSums SumByKind(std::span<const Tensor> tensors, std::span<const Kind> kinds) {
  KindSums sums;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    sums.by_kind[static_cast<std::size_t>(kinds[i])].Add(tensors[i]);
  }
  return sums;
}

std::vector<LayerGroup> LayersWithBiases(std::span<const Tensor> tensors,
                                         std::span<const Kind> kinds) {
  std::unordered_map<std::string, LayerGroup> groups;
  std::unordered_set<std::string_view> modules;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!Describe(kinds[i]).is_parameter) continue;
    const Tensor& tensor = tensors[i];
    const std::string_view module =
        tensor.layer.empty() ? SplitName(tensor.name).module : std::string_view(tensor.layer);
    LayerGroup& group = groups[GroupOf(module)];
    group.parameters += tensors[i].elements;
    if (modules.insert(module).second) ++group.layers;
    if (kinds[i] == Kind::kBias) group.biases += tensors[i].elements;
    if (kinds[i] == Kind::kNormBias) group.norm_biases += tensors[i].elements;
  }
  std::vector<LayerGroup> with_biases;
  for (auto& [name, group] : groups) {
    if (group.biases + group.norm_biases == 0) continue;
    group.name = name;
    with_biases.push_back(std::move(group));
  }
  std::ranges::sort(with_biases, {}, [](const LayerGroup& group) {
    return std::tuple(-(group.biases + group.norm_biases), std::string_view(group.name));
  });
  return with_biases;
}

}  // namespace biasbench::model
