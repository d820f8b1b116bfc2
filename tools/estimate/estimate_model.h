// The memory of a model from a file and the biases' share of it, as tables or JSON.
#pragma once

#include <span>
#include <string>

#include "estimate/model_training.h"
#include "model/rule.h"

namespace biasbench::tools {

// Prints the file's parameters by kind, its layers with the most biases, and its training memory by
// these levers; as JSON, if so told, with exact bytes. Throws model::Error, and
// std::invalid_argument in one line that begins with --rule.
void PrintModelEstimate(const std::string& path, std::span<const model::Rule> rules,
                        std::span<const TrainingLevers> levers, bool is_json);

}  // namespace biasbench::tools
