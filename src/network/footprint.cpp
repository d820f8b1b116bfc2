#include "network/footprint.h"

#include "schedule/layer_outputs.h"
#include "schedule/parameters.h"

namespace biasbench::network {
namespace {

using memory::Category;
using schedule::kFloatBytes;

// A batch by rows and transposed with its outputs, twice if the next one begins before this one is
// finished; and δ.
void AddBatches(const schedule::Configuration& configuration, schedule::MemorySum& sum) {
  const schedule::Shape& shape = configuration.shape;
  const std::int64_t samples = configuration.pass_samples();
  for (int batch = 0; batch < (Describe(configuration.schedule).streams ? 2 : 1); ++batch) {
    sum.Add(Category::kWorkspace, {kFloatBytes, samples, configuration.row_length()});
    sum.Add(Category::kWorkspace, {kFloatBytes, samples, configuration.row_length()});
    sum.Add(Category::kWorkspace, {kFloatBytes, samples, shape.outputs});
  }
  sum.Add(Category::kWorkspace, {kFloatBytes, shape.batch, shape.outputs});
}

}  // namespace

schedule::Footprint PredictFootprint(const schedule::Configuration& configuration) {
  schedule::MemorySum sum;
  schedule::Parameters::AddBytes(configuration, sum);
  schedule::LayerOutputs::AddBytes(configuration, sum);
  AddBatches(configuration, sum);
  Describe(configuration.schedule).add_bytes(configuration, sum);
  return sum.footprint();
}

}  // namespace biasbench::network
