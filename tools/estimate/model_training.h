// The memory of a model's parameters in training, by lever, and the biases' share of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/summary.h"
#include "schedule/configuration.h"

namespace biasbench::tools {

// The way parameters are trained.
struct TrainingLevers {
  schedule::Optimizer optimizer = schedule::Optimizer::kSgd;
  schedule::Formats formats = {};  // of weights and embeddings; the rest stays in single precision
  bool keeps_gradients = true;  // all at a time, in single precision; else each is applied at once
};

struct TrainingBytes {
  std::int64_t values = 0;
  std::int64_t gradients = 0;
  std::int64_t states = 0;  // of the optimizer

  std::int64_t total() const { return values + gradients + states; }
};

struct TrainingMemory {
  TrainingLevers levers;
  TrainingBytes parameters;  // of all
  TrainingBytes biases;      // of linear layers and convolutions
  TrainingBytes norm_biases;

  // The share of all bytes saved by leaving biases out.
  double bias_share() const { return Share(biases.total()); }
  double bias_share_with_norms() const { return Share(biases.total() + norm_biases.total()); }

 private:
  double Share(std::int64_t part) const {
    return parameters.total() == 0
               ? 0
               : static_cast<double>(part) / static_cast<double>(parameters.total());
  }
};

TrainingMemory MemoryOf(const model::KindSums& sums, const TrainingLevers& levers);

}  // namespace biasbench::tools
