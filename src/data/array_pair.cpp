#include "data/array_pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace biasbench::data {

ArrayPair::ArrayPair(const std::string& sample_path, const std::string& label_path,
                     const std::string& sample_sha256, const std::string& label_sha256)
    : samples(sample_path, sample_sha256), labels(label_path, label_sha256) {
  if (samples.dimensions().size() < 2) {
    throw Error(
        fmt::format("{}: 1 dimension, expected samples and their inputs: 2 or more", sample_path));
  }
  const auto& label_dimensions = labels.dimensions();
  if (labels.values_per_sample() != 1) {
    throw Error(
        fmt::format("{}: {} dimensions, expected labels: 1", label_path, label_dimensions.size()));
  }
  if (labels.samples() != samples.samples()) {
    throw Error(fmt::format("{}: {} labels, expected {}, one for each sample of {}", label_path,
                            labels.samples(), samples.samples(), sample_path));
  }
}

void VisitLabels(ArrayFile& labels, std::int64_t samples,
                 const std::function<void(std::int64_t, std::int64_t)>& visit) {
  constexpr double kMax = 0x1p53;  // beyond which not every whole number is one
  std::vector<double> block(4096);
  for (std::int64_t begin = 0; begin < samples; begin += std::ssize(block)) {
    const auto part = std::span(block).first(
        static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(block), samples - begin)));
    labels.ReadNumbers(part);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::int64_t sample = begin + static_cast<std::int64_t>(i);
      if (!(std::abs(part[i]) <= kMax) || part[i] != std::floor(part[i])) {
        throw Error(fmt::format("{}: label {} of sample {}, expected a whole number", labels.path(),
                                part[i], sample));
      }
      visit(sample, static_cast<std::int64_t>(part[i]));
    }
  }
}

}  // namespace biasbench::data
