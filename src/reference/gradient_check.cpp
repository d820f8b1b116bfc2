#include "reference/gradient_check.h"

#include <cmath>
#include <limits>

namespace biasbench::reference {
namespace {

double Norm(const Values& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum);
}

// softmax of sample n's outputs
Values Probabilities(const Values& outputs, std::size_t n, std::size_t classes) {
  const auto first = outputs.begin() + static_cast<std::ptrdiff_t>(n * classes);
  Values p(first, first + static_cast<std::ptrdiff_t>(classes));
  double sum = 0;
  for (double& v : p) sum += v = std::exp(v);
  for (double& v : p) v /= sum;
  return p;
}

}  // namespace

LossInDouble SquaredErrorInDouble(const Values& targets) {
  const auto count = static_cast<double>(targets.size());
  return {.loss =
              [targets, count](const Values& f) {
                double sum = 0;
                for (std::size_t i = 0; i < f.size(); ++i) sum += std::pow(f[i] - targets[i], 2);
                return sum / count;
              },
          .gradient =
              [targets, count](const Values& f) {
                Values gradient(f.size());
                for (std::size_t i = 0; i < f.size(); ++i) {
                  gradient[i] = 2 * (f[i] - targets[i]) / count;
                }
                return gradient;
              }};
}

LossInDouble CrossEntropyInDouble(const std::vector<std::int32_t>& labels, std::size_t classes) {
  const auto samples = static_cast<double>(labels.size());
  return {.loss =
              [=](const Values& f) {
                double sum = 0;
                for (std::size_t n = 0; n < labels.size(); ++n) {
                  sum -= std::log(Probabilities(f, n, classes)[labels[n]]);
                }
                return sum / samples;
              },
          .gradient =
              [=](const Values& f) {
                Values gradient;
                for (std::size_t n = 0; n < labels.size(); ++n) {
                  Values p = Probabilities(f, n, classes);
                  p[labels[n]] -= 1;
                  for (const double v : p) gradient.push_back(v / samples);
                }
                return gradient;
              }};
}

ReferenceGradients CentralDifferences(const ReferenceNetwork& network, const Values& x,
                                      const LossInDouble& loss) {
  constexpr double kStep = 1e-6;
  ReferenceNetwork moved = network;
  ReferenceGradients gradients;
  for (const GradientGroup& group : kGradientGroups) {
    const double scale =
        group.is_hidden ? OutputDivisor(moved.parametrization, moved.shape.hidden) : 1;
    for (double& value : moved.*group.values) {
      const double before = value;
      value = before + kStep;
      const double above = loss.loss(ReferenceOutputs(moved, x));
      value = before - kStep;
      const double below = loss.loss(ReferenceOutputs(moved, x));
      value = before;
      (gradients.*group.gradients).push_back((above - below) / (2 * kStep) * scale);
    }
  }
  return gradients;
}

double RelativeError(const Values& expected, const Values& found) {
  Values difference;
  for (std::size_t i = 0; i < expected.size(); ++i) difference.push_back(found[i] - expected[i]);
  const double distance = Norm(difference);
  const double length = Norm(expected);
  if (length > 0) return distance / length;
  return distance == 0 ? 0 : std::numeric_limits<double>::infinity();
}

}  // namespace biasbench::reference
