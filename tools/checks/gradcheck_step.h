// The steps that gradcheck compares: what one adds to every parameter, at a learning rate of 1.
#pragma once

#include "bias/strategies.h"
#include "checks/gradcheck_problem.h"
#include "reference/faults.h"
#include "reference/reference.h"
#include "schedule/configuration.h"

namespace biasbench::tools {

// The strategy's multiplier m at half the initial loss, where no rule gives zero.
double MultiplierOf(const bias::Selection& strategy);

// The step by central differences of the loss.
reference::ReferenceGradients ExpectedStep(const reference::ReferenceNetwork& network,
                                           const bias::Selection& strategy, const Problem& problem);

// The step by the textbook formulas with the fault.
reference::ReferenceGradients FaultyStep(reference::Fault fault,
                                         const reference::ReferenceNetwork& network,
                                         const bias::Selection& strategy, const Problem& problem);

// The step that the network takes.
reference::ReferenceGradients StepTaken(const schedule::Configuration& configuration,
                                        const Problem& problem, bias::BiasSign sign);

}  // namespace biasbench::tools
