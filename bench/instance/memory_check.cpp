#include "bench/instance/memory_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "bench/instance/malloc_counter.h"
#include "machine/resident_memory.h"
#include "memory/ledger.h"
#include "network/footprint.h"

namespace biasbench::bench {
namespace {

using memory::Category;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kOrderBytes = 2 * kMebibyte;

memory::CategoryBytes TrackedAtPeak(const nlohmann::json& report) {
  memory::CategoryBytes bytes;
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    bytes[static_cast<Category>(i)] =
        report.at("at_peak").value(std::string(memory::kCategoryNames[i]), std::int64_t{0});
  }
  return bytes;
}

std::optional<std::string> CompareCategories(const memory::CategoryBytes& predicted,
                                             const memory::CategoryBytes& tracked) {
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    if (category == Category::kDataset || predicted[category] == tracked[category]) continue;
    return fmt::format("{}: predicted {} bytes, tracked {}", memory::kCategoryNames[i],
                       predicted[category], tracked[category]);
  }
  return std::nullopt;
}

// At most six lists of sample numbers exist at a time: training samples, their order in this epoch
// and its sources, held-out samples, and evaluated ones.
std::int64_t OwnOrderBytes(const setting::Setting& configuration) {
  if (!configuration.own_data) return 0;
  constexpr auto kListBytes = static_cast<std::int64_t>(6 * sizeof(std::int32_t));
  return kListBytes *
         (configuration.own_data->train_samples + configuration.own_data->test_samples);
}

// Resident bytes beyond the floor and the data must be what the ledger knows of, and at most what
// malloc held or holds besides.
std::optional<std::string> CompareResident(std::int64_t resident, std::int64_t tracked,
                                           std::int64_t malloc_bytes) {
  const std::int64_t tolerance = std::max(tracked / 100, kMebibyte / 2);
  if (resident >= tracked - tolerance && resident <= tracked + malloc_bytes + tolerance) {
    return std::nullopt;
  }
  return fmt::format("peak resident {} bytes, tracked {} and up to {} of malloc's: over {} apart",
                     resident, tracked, malloc_bytes, tolerance);
}

}  // namespace

schedule::Footprint PredictedFootprint(const setting::Setting& configuration) {
  return configuration.training ? network::PredictTrainingFootprint(configuration.network)
                                : network::PredictFootprint(configuration.network);
}

std::int64_t UntrackedBoundBytes(const setting::Setting& configuration) {
  const schedule::Configuration& network = configuration.network;
  const std::int64_t order_bytes = kOrderBytes + OwnOrderBytes(configuration);
  const auto library_bytes = Describe(network.schedule).library_bytes;
  return order_bytes + (library_bytes == nullptr ? 0 : library_bytes(network));
}

std::int64_t FloorBytes(const nlohmann::json& report) {
  if (report.at("peak_resident_bytes").is_null()) {
    throw std::runtime_error(machine::kPeakIsNotReset);
  }
  const memory::CategoryBytes tracked = TrackedAtPeak(report);
  return report.at("peak_resident_bytes").get<std::int64_t>() - tracked.TotalWithoutDataset() -
         tracked[Category::kDataset];
}

MemoryFigures CheckMemory(const setting::Setting& configuration, const nlohmann::json& report,
                          std::optional<std::int64_t> floor_bytes) {
  const schedule::Footprint predicted = PredictedFootprint(configuration);
  const memory::CategoryBytes tracked = TrackedAtPeak(report);
  const std::int64_t tracked_bytes = tracked.TotalWithoutDataset();
  const std::int64_t untracked_bytes = report.at("untracked_bytes");
  MemoryFigures figures;
  nlohmann::json& keys = figures.keys;
  keys = {
      {"predicted_peak_bytes", predicted.peak_bytes()},
      {"tracked_peak_bytes", tracked_bytes},
      {"steady_bytes", report.at("steady_bytes")},
      {"peak_phase", report.at("peak_phase")},
      {"peak_category", report.at("peak_category")},
      {"bias_bytes", tracked.BiasBytes()},
      {"bias_padding_bytes", report.at("bias_padding_bytes")},
      {"bias_share", static_cast<double>(tracked.BiasBytes()) / static_cast<double>(tracked_bytes)},
      {"parameter_bytes", tracked[Category::kHiddenWeights] + tracked[Category::kOutputWeights] +
                              tracked[Category::kHiddenBias] + tracked[Category::kOutputBias]}};
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    keys[fmt::format("{}_bytes", memory::kCategoryNames[i])] = tracked[static_cast<Category>(i)];
  }
  figures.disagreement = CompareCategories(predicted.at_peak, tracked);
  if (!figures.disagreement && predicted.at_peak.bias_padding() != keys["bias_padding_bytes"]) {
    figures.disagreement =
        fmt::format("padding of biases: predicted {} bytes, tracked {}",
                    predicted.at_peak.bias_padding(), keys["bias_padding_bytes"].dump());
  }
  if (!kCountsMalloc) return figures;  // and sanitizers take pages of their own
  keys["untracked_bytes"] = untracked_bytes;
  const std::int64_t untracked_bound_bytes = UntrackedBoundBytes(configuration);
  if (!figures.disagreement && untracked_bytes > untracked_bound_bytes) {
    figures.disagreement = fmt::format("{} bytes were allocated outside the ledger, at most {} may",
                                       untracked_bytes, untracked_bound_bytes);
  }
  if (!floor_bytes) return figures;
  const std::int64_t resident_bytes = FloorBytes(report) + tracked_bytes - *floor_bytes;
  keys["peak_rss_bytes"] = resident_bytes;
  if (!figures.disagreement) {
    const std::int64_t retained_bytes = report.at("retained_bytes");
    figures.disagreement =
        CompareResident(resident_bytes, tracked_bytes, untracked_bytes + retained_bytes);
  }
  return figures;
}

}  // namespace biasbench::bench
