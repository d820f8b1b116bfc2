// The figures. Each is there only if the rows it shows were measured.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report_groups.h"
#include "report_plot.h"
#include "report_rows.h"

namespace biasbench::report {

inline constexpr std::string_view kHarmonic3 = "harmonic3";
// What a ReLU network without biases can reach at best on it: the odd part of what such a network
// computes is linear, the target odd and orthogonal to that. Another activation has no such floor.
inline constexpr double kHarmonic3Floor = 0.5;
// Whether that floor belongs into a figure of such rows.
bool HasFloor(const Row& row);
// For captions; "" where there is none.
std::string DescribeFloor(const Row& row);

// Peak bytes by category for the headline strategies under each schedule and optimizer at the
// largest shape, with the biases enlarged beside.
std::optional<Plot> FootprintByCategory(const ResultFile& footprint);

// The biases' share of the peak against the number of inputs, with 1 / (inputs + outputs + 1).
std::optional<Plot> BiasShare(const ResultFile& footprint);

// Samples a second of the headline strategies, with quartiles over repetitions, at the largest
// shapes.
std::optional<Plot> Throughput(const ResultFile& throughput);

// Training loss by epoch: a panel for each kind of strategy, with `learned` in all of them.
std::optional<Plot> Convergence(const Comparison& task, const std::vector<CurvePoint>& curves);

// Its name.
std::string ConvergenceName(const Comparison& task);

// Final training loss beside peak bytes, strategy by strategy, on harmonic3.
std::optional<Plot> MemoryVersusLoss(const std::vector<Comparison>& tasks);

}  // namespace biasbench::report
