#include "estimate/model_training.h"

#include "kernel/number_format.h"
#include "schedule/memory_sum.h"

namespace biasbench::tools {
namespace {

using model::Kind;

TrainingBytes BytesOf(const model::KindSums& sums, Kind kind, const TrainingLevers& levers) {
  const bool has_format = kind == Kind::kWeight || kind == Kind::kEmbedding;
  const schedule::Formats formats = has_format ? levers.formats : schedule::Formats{};
  const std::int64_t parameters = sums[kind].elements;
  return {.values = parameters * kernel::BytesPerValue(formats.weights),
          .gradients = levers.keeps_gradients ? parameters * schedule::kFloatBytes : 0,
          .states = parameters * Describe(levers.optimizer).states *
                    kernel::BytesPerValue(formats.states)};
}

}  // namespace

TrainingMemory MemoryOf(const model::KindSums& sums, const TrainingLevers& levers) {
  TrainingMemory memory{.levers = levers,
                        .parameters = {},
                        .biases = BytesOf(sums, Kind::kBias, levers),
                        .norm_biases = BytesOf(sums, Kind::kNormBias, levers)};
  for (std::size_t i = 0; i < model::kKindCount; ++i) {
    if (!model::kKinds[i].is_parameter) continue;
    const TrainingBytes bytes = BytesOf(sums, static_cast<Kind>(i), levers);
    memory.parameters.values += bytes.values;
    memory.parameters.gradients += bytes.gradients;
    memory.parameters.states += bytes.states;
  }
  return memory;
}

}  // namespace biasbench::tools
