#include "comparison_speed.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace biasbench::tools {
namespace {

// A repetition's time and, as logarithms, that time and the machine's speed around it.
struct Repetition {
  double* seconds = nullptr;
  double log_seconds = 0;
  double log_speed = 0;
};
using Repetitions = std::vector<Repetition>;

std::optional<double> PositiveValue(const Measurement& row, const char* key) {
  const auto found = row.values.find(key);
  if (found == row.values.end() || found->second <= 0) return std::nullopt;
  return found->second;
}

// Processor time over time; nothing unless the row tells both.
std::optional<double> Cores(const Measurement& row) {
  const auto seconds = PositiveValue(row, "real_time");
  const auto cpu_seconds = PositiveValue(row, "cpu_time");
  if (!seconds || !cpu_seconds) return std::nullopt;
  return *cpu_seconds / *seconds;
}

void GiveAllCores(std::vector<Measurement>& group) {
  double most = 0;
  for (const Measurement& row : group) most = std::max(most, Cores(row).value_or(0));
  for (Measurement& row : group) {
    if (const auto cores = Cores(row)) row.values["real_time"] *= *cores / most;
  }
}

// Empty unless every repetition has a time and tells the speed.
Repetitions TimedRepetitions(std::vector<Measurement>& group) {
  Repetitions repetitions;
  for (Measurement& row : group) {
    const auto seconds = PositiveValue(row, "real_time");
    const auto flops = PositiveValue(row, "peak_flops_per_second");
    const auto bytes = PositiveValue(row, "peak_bytes_per_second");
    if (!seconds || !flops || !bytes) return {};
    repetitions.push_back(
        {&row.values["real_time"], std::log(*seconds), (std::log(*flops) + std::log(*bytes)) / 2});
  }
  return repetitions;
}

Repetition Mean(const Repetitions& repetitions) {
  Repetition mean;
  const auto count = static_cast<double>(repetitions.size());
  for (const Repetition& repetition : repetitions) {
    mean.log_seconds += repetition.log_seconds / count;
    mean.log_speed += repetition.log_speed / count;
  }
  return mean;
}

// Least squares of log time against log speed.
struct Fit {
  double speed_speed = 0;
  double speed_time = 0;

  void Add(const Repetitions& repetitions) {
    const Repetition mean = Mean(repetitions);
    for (const Repetition& repetition : repetitions) {
      const double speed = repetition.log_speed - mean.log_speed;
      speed_speed += speed * speed;
      speed_time += speed * (repetition.log_seconds - mean.log_seconds);
    }
  }
  double Exponent() const {
    return speed_speed > 0 ? std::clamp(-speed_time / speed_speed, 0.0, 1.0) : 0;
  }
};

}  // namespace

double AdjustTimes(ComparableResults& a, ComparableResults& b) {
  std::vector<Repetitions> names;
  Fit fit;
  for (auto& [name, group] : a.groups) {
    const auto other = b.groups.find(name);
    if (!IsThroughput(name) || other == b.groups.end()) continue;
    GiveAllCores(group);
    GiveAllCores(other->second);
    Repetitions repetitions = TimedRepetitions(group);
    const Repetitions of_b = TimedRepetitions(other->second);
    if (repetitions.empty() || of_b.empty()) continue;
    fit.Add(repetitions);
    fit.Add(of_b);
    repetitions.insert(repetitions.end(), of_b.begin(), of_b.end());
    names.push_back(std::move(repetitions));
  }
  const double exponent = fit.Exponent();
  for (const Repetitions& repetitions : names) {
    const double mean_log_speed = Mean(repetitions).log_speed;
    for (const Repetition& repetition : repetitions) {
      *repetition.seconds *= std::exp(exponent * (repetition.log_speed - mean_log_speed));
    }
  }
  return exponent;
}

}  // namespace biasbench::tools
