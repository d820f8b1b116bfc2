// The initial parameters in the form of a framework, where one learning rate serves all: weights
// w/√H and a/√H, the latter with a row for each output. Biases are zero in either form.
#pragma once

#include <cstdint>

#include "bench/peers/peer_setting.h"

namespace biasbench::bench::peers {

// weights (hidden, row_length) with row_length ≥ inputs; columns beyond the inputs become 0.
void DrawFrameworkHiddenWeights(const PeerSetting& setting, std::int64_t row_length,
                                float* weights);

// weights (outputs, row_length) with row_length ≥ hidden; columns beyond the nodes become 0.
void DrawFrameworkOutputWeights(const PeerSetting& setting, std::int64_t row_length,
                                float* weights);

}  // namespace biasbench::bench::peers
