#include "compare/comparison_speed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "compare/comparison_rules.h"

namespace biasbench::tools {
namespace {

using record::ResultRow;

constexpr std::size_t kSpeeds = 2;
constexpr std::array<const char*, kSpeeds> kSpeedKeys = {"peak_flops_per_second",
                                                         "peak_bytes_per_second"};

// A key that came with the present way of measuring speeds; before, medians by processor time were
// taken, which differ.
constexpr char kNewYardstick[] = "peak_bfloat16_flops_per_second";

constexpr double kUndisturbedShare = 0.95;
constexpr double kNoChange = 1e-20;  // squares of logarithms: rounding alone

// A repetition's time and, as logarithms, that time and the machine's speeds around it.
struct Repetition {
  double* seconds;
  double log_seconds;
  std::array<double, kSpeeds> log_speeds;
};
using Repetitions = std::vector<Repetition>;

std::optional<double> PositiveValue(const ResultRow& row, const char* key) {
  const auto value = row.Number(key);
  return value && *value > 0 ? value : std::nullopt;
}

// Processor time over time; nothing unless the row tells both.
std::optional<double> Cores(const ResultRow& row) {
  const auto seconds = PositiveValue(row, "real_time");
  const auto cpu_seconds = PositiveValue(row, "cpu_time");
  if (!seconds || !cpu_seconds) return std::nullopt;
  return *cpu_seconds / *seconds;
}

// Drops repetitions that lost processor time, or scales them to all cores if too few would remain.
// In turns it always scales, since dropping one would drop its neighbour too.
void CorrectForLostCores(std::vector<ResultRow>& group, bool takes_turns) {
  double most = 0;
  for (const ResultRow& row : group) most = std::max(most, Cores(row).value_or(0));
  const auto is_undisturbed = [&](const ResultRow& row) {
    return Cores(row).value_or(0) >= kUndisturbedShare * most;
  };
  const auto undisturbed = static_cast<std::size_t>(std::ranges::count_if(group, is_undisturbed));
  for (ResultRow& row : group) {
    const auto cores = Cores(row);
    if (!cores) continue;
    if (takes_turns || is_undisturbed(row) || undisturbed < kMinRepetitions) {
      row.numbers["real_time"] *= *cores / most;
    } else {
      row.numbers.erase("real_time");
    }
  }
}

bool HasNewYardstick(const std::vector<ResultRow>& group) {
  return group.front().numbers.contains(kNewYardstick);
}

// The repetitions that have a time; empty unless all of them have the speeds.
Repetitions TimedRepetitions(std::vector<ResultRow>& group) {
  Repetitions repetitions;
  for (ResultRow& row : group) {
    const auto seconds = PositiveValue(row, "real_time");
    if (!seconds) continue;
    Repetition repetition{&row.numbers["real_time"], std::log(*seconds), {}};
    for (std::size_t i = 0; i < kSpeeds; ++i) {
      const auto speed = PositiveValue(row, kSpeedKeys[i]);
      if (!speed) return {};
      repetition.log_speeds[i] = std::log(*speed);
    }
    repetitions.push_back(repetition);
  }
  return repetitions;
}

Repetition Mean(const Repetitions& repetitions) {
  Repetition mean{};
  const auto count = static_cast<double>(repetitions.size());
  for (const Repetition& repetition : repetitions) {
    mean.log_seconds += repetition.log_seconds / count;
    for (std::size_t i = 0; i < kSpeeds; ++i) {
      mean.log_speeds[i] += repetition.log_speeds[i] / count;
    }
  }
  return mean;
}

// Least squares of log time against both log speeds.
class Fit {
 public:
  void Add(const Repetitions& repetitions) {
    const Repetition mean = Mean(repetitions);
    for (const Repetition& repetition : repetitions) {
      const double x = repetition.log_speeds[0] - mean.log_speeds[0];
      const double y = repetition.log_speeds[1] - mean.log_speeds[1];
      const double time = repetition.log_seconds - mean.log_seconds;
      xx_ += x * x;
      xy_ += x * y;
      yy_ += y * y;
      xt_ -= x * time;
      yt_ -= y * time;
    }
  }

  SpeedExponents Exponents() const {
    const double determinant = xx_ * yy_ - xy_ * xy_;
    const double x = xt_ * yy_ - yt_ * xy_;
    const double y = yt_ * xx_ - xt_ * xy_;
    const bool is_one_line = determinant <= 1e-9 * xx_ * yy_;
    if (xx_ <= kNoChange || x < 0) return {0, Alone(yt_, yy_)};
    if (yy_ <= kNoChange || y < 0 || is_one_line) return {Alone(xt_, xx_), 0};
    return {std::min(x / determinant, 1.0), std::min(y / determinant, 1.0)};
  }

 private:
  static double Alone(double with_time, double squares) {
    return squares > kNoChange ? std::clamp(with_time / squares, 0.0, 1.0) : 0;
  }

  double xx_ = 0, xy_ = 0, yy_ = 0, xt_ = 0, yt_ = 0;
};

}  // namespace

SpeedExponents AdjustTimes(ComparableResults& a, ComparableResults& b, bool takes_turns) {
  std::vector<Repetitions> names;
  Fit fit;
  for (auto& [name, group] : a.groups) {
    const auto other = b.groups.find(name);
    if (group.front().program != "throughput" || other == b.groups.end()) continue;
    CorrectForLostCores(group, takes_turns);
    CorrectForLostCores(other->second, takes_turns);
    Repetitions repetitions = TimedRepetitions(group);
    const Repetitions of_b = TimedRepetitions(other->second);
    if (repetitions.empty() || of_b.empty()) continue;
    fit.Add(repetitions);
    fit.Add(of_b);
    if (HasNewYardstick(group) == HasNewYardstick(other->second)) {
      repetitions.insert(repetitions.end(), of_b.begin(), of_b.end());
    } else {
      names.push_back(of_b);
    }
    names.push_back(std::move(repetitions));
  }
  const SpeedExponents exponents = fit.Exponents();
  for (const Repetitions& repetitions : names) {
    const Repetition mean = Mean(repetitions);
    for (const auto& [seconds, log_seconds, log_speeds] : repetitions) {
      *seconds *= std::exp(exponents.arithmetic * (log_speeds[0] - mean.log_speeds[0]) +
                           exponents.bus * (log_speeds[1] - mean.log_speeds[1]));
    }
  }
  return exponents;
}

}  // namespace biasbench::tools
