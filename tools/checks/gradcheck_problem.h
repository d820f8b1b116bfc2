// The batch that gradcheck takes a step on.
#pragma once

#include <string_view>

#include "data/dataset.h"
#include "memory/ledger.h"
#include "random/philox.h"
#include "reference/gradient_check.h"
#include "reference/reference.h"

namespace biasbench::tools {

// Samples for a network, and the same in double precision.
struct Problem {
  std::string_view loss_name;
  data::Dataset dataset;
  reference::Values x;  // (batch, inputs)
  reference::LossInDouble loss;
};

Problem MakeProblem(const reference::ReferenceNetwork& network, bool is_classification,
                    random::Seed seed, memory::Ledger& ledger);

}  // namespace biasbench::tools
