// Weight decay as a regularizer, with and without the biases decayed: is there a solution left for
// a network whose biases are fixed?
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report_document.h"
#include "report_groups.h"
#include "report_plot.h"
#include "report_rows.h"

namespace biasbench::report {

// Trainings that differ in strategy, seed and decay alone.
struct DecaySweep {
  using Decay = std::pair<double, bool>;  // weight decay; whether it includes biases
  std::map<Decay, Comparison> decays;     // at least two without biases, {0, false} among them

  double StrongestDecay() const;
  // Null if the strategy was not trained so.
  const Group* Find(const Decay& decay, std::string_view strategy) const;
};

// They point into the file's rows.
std::vector<DecaySweep> DecaySweeps(const ResultFile& convergence);
std::vector<DecaySweep> DecaySweeps(ResultFile&& convergence) = delete;

Table DecayTable(const DecaySweep& sweep);

// Training and test loss by weight decay, for each of the sweeps.
std::vector<Plot> DecayFigures(const ResultFile& convergence);

// What each decay costs `learned` in training loss, and whether those without trained biases pay
// more.
std::string DescribeDecay(const ResultFile& convergence);

}  // namespace biasbench::report
