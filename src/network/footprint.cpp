#include "network/footprint.h"

#include "schedule/layer_outputs.h"
#include "schedule/parameters.h"
#include "schedule/tiled_schedule.h"

namespace biasbench::network {
namespace {

using memory::Category;
using schedule::kFloatBytes;

// A batch by rows and transposed with its outputs.
void AddBatch(const schedule::Configuration& configuration, schedule::MemorySum& sum) {
  const std::int64_t samples = configuration.pass_samples();
  sum.Add(Category::kWorkspace, {kFloatBytes, samples, configuration.row_length()});
  sum.Add(Category::kWorkspace, {kFloatBytes, samples, configuration.row_length()});
  sum.Add(Category::kWorkspace, {kFloatBytes, samples, configuration.shape.outputs});
}

// Twice if the next one begins before this one is finished; and δ.
void AddBatches(const schedule::Configuration& configuration, schedule::MemorySum& sum) {
  for (int batch = 0; batch < (Describe(configuration.schedule).streams ? 2 : 1); ++batch) {
    AddBatch(configuration, sum);
  }
  sum.Add(Category::kWorkspace,
          {kFloatBytes, configuration.shape.batch, configuration.shape.outputs});
}

void AddEvaluation(const schedule::Configuration& configuration, schedule::MemorySum& sum) {
  schedule::LayerOutputs::AddBytes(configuration, sum);
  AddBatch(configuration, sum);
  schedule::TiledSchedule::AddForwardBytes(configuration, sum);
}

// With those of an evaluation, if it is asked for and makes any.
schedule::Footprint Predict(const schedule::Configuration& configuration, bool evaluates) {
  schedule::MemorySum sum;
  schedule::Parameters::AddBytes(configuration, sum);
  schedule::LayerOutputs::AddBytes(configuration, sum);
  AddBatches(configuration, sum);
  if (evaluates && configuration.evaluates_apart()) {
    AddEvaluation(configuration.ForEvaluation(), sum);
  }
  Describe(configuration.schedule).add_bytes(configuration, sum);
  return sum.footprint();
}

}  // namespace

schedule::Footprint PredictFootprint(const schedule::Configuration& configuration) {
  return Predict(configuration, false);
}

schedule::Footprint PredictTrainingFootprint(const schedule::Configuration& configuration) {
  return Predict(configuration, true);
}

}  // namespace biasbench::network
