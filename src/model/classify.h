// The kind of every tensor of a model.
#pragma once

#include <span>
#include <vector>

#include "model/kind.h"
#include "model/rule.h"
#include "model/tensor.h"

namespace biasbench::model {

// Classifies each tensor by the first rule that matches, else by its use as the file tells it, else
// by its name. Throws std::invalid_argument for a rule that matches no tensor.
std::vector<Kind> Classify(const std::vector<Tensor>& tensors, std::span<const Rule> rules = {});

}  // namespace biasbench::model
