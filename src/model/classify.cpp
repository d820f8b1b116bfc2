#include "model/classify.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "model/kind_by_name.h"
#include "text/excerpt.h"

namespace biasbench::model {

std::vector<Kind> Classify(const std::vector<Tensor>& tensors, std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    const auto matches = [&](const Tensor& tensor) { return rule.Matches(tensor.name); };
    if (std::ranges::any_of(tensors, matches)) continue;
    throw std::invalid_argument(
        fmt::format("'{}' matches no tensor; * stands for any letters, ? for any one",
                    text::Excerpt(rule.pattern)));
  }
  const KindByName by_name(tensors);
  std::vector<Kind> kinds;
  for (const Tensor& tensor : tensors) {
    const auto rule =
        std::ranges::find_if(rules, [&](const Rule& one) { return one.Matches(tensor.name); });
    if (rule != rules.end()) {
      kinds.push_back(rule->kind);
      continue;
    }
    const Kind told = tensor.use ? *tensor.use : by_name.Of(tensor);
    kinds.push_back(told == Kind::kOther ? tensor.otherwise : told);
  }
  return kinds;
}

}  // namespace biasbench::model
