// The makers of figures: each makes one, or several of a kind, or none if the results have no rows
// for it.
#pragma once

#include "report/figure_source.h"

namespace biasbench::report {

// Memory: memory_figures.cpp.
Figures MemoryByCategory(const Source& source);
Figures BiasShare(const Source& source);
Figures Schedules(const Source& source);

// Speed: speed_figures.cpp.
Figures Throughput(const Source& source);
Figures Peers(const Source& source);
Figures Scaling(const Source& source);

// Training: training_figures.cpp.
Figures AnswerFigure(const Source& source);
Figures Convergence(const Source& source);
Figures Brightness(const Source& source);
Figures Width(const Source& source);

// Single samples and batches: online_rule.cpp.
Figures OnlineRule(const Source& source);

// Updates of biases, weight decay and mistakes: update_figures.cpp.
Figures WeightDecay(const Source& source);
Figures BiasSigns(const Source& source);
Figures Faults(const Source& source);

}  // namespace biasbench::report
