// A tile's output weights as (outputs, nodes), the order in which the steps of a block take them
// (kernel/block_columns.h). Stored ones can be transposed in place while a block is open.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernel/number_format.h"
#include "kernel/transpose.h"
#include "schedule/parameters.h"
#include "schedule/tiling.h"

namespace biasbench::schedule {

// Scratch for a tile's output weights as floats.
struct OutputColumnsScratch {
  float* weights;     // (nodes, outputs)
  float* transposed;  // (outputs, nodes)
};

// Transposes the tile's stored output weights in place: (nodes, outputs) to (outputs, nodes), or
// back. `scratch` holds as many.
inline void TransposeOutputWeights(const Parameters& parameters, NodeRange tile, bool to_columns,
                                   float* scratch) {
  const std::int64_t outputs = parameters.configuration.shape.outputs;
  const std::int64_t rows = to_columns ? tile.size : outputs;
  const std::int64_t columns = to_columns ? outputs : tile.size;
  kernel::VisitFormat(parameters.configuration.formats.weights, [&]<class Format>() {
    auto* values = parameters.output_weights.As<Format>(tile.begin * outputs);
    auto* transposed = reinterpret_cast<typename Format::Stored*>(scratch);
    kernel::Transpose(rows, columns, values, transposed);
    std::copy_n(transposed, rows * columns, values);
  });
}

// Calls use(values) with the tile's output weights as (outputs, nodes): the stored ones if they are
// transposed, else a copy.
template <class Use>
void WithOutputColumns(const Parameters& parameters, NodeRange tile, bool are_transposed,
                       const OutputColumnsScratch& scratch, const Use& use) {
  const std::int64_t outputs = parameters.configuration.shape.outputs;
  if (are_transposed && parameters.configuration.stores_weights()) {
    return kernel::VisitFormat(parameters.configuration.formats.weights, [&]<class Format>() {
      use(Format::At(parameters.output_weights.As<Format>(tile.begin * outputs), 0));
    });
  }
  parameters.ReadOutputWeights(tile.begin, tile.size, scratch.weights);
  kernel::Transpose(tile.size, outputs, scratch.weights, scratch.transposed);
  use(kernel::FloatValues{scratch.transposed});
}

}  // namespace biasbench::schedule
