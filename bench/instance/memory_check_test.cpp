#include "bench/instance/memory_check.h"

#include <gtest/gtest.h>

#include <string>

#include "bench/instance/ledger_json.h"
#include "bench/instance/malloc_counter.h"
#include "machine/sanitizer.h"
#include "memory/ledger.h"
#include "network/footprint.h"

namespace biasbench::bench {
namespace {

constexpr std::int64_t kFloorBytes = 5'000'000;

setting::Setting TestConfiguration() {
  setting::Setting configuration;
  configuration.network.shape = {.inputs = 784, .hidden = 1000, .outputs = 10, .batch = 64};
  configuration.network.strategy = bias::ParseSelection("learned");
  return configuration;
}

// The report of a process that behaves as predicted.
nlohmann::json TestReport() {
  const schedule::Footprint predicted = network::PredictFootprint(TestConfiguration().network);
  nlohmann::json at_peak = ToJson(predicted.at_peak);
  at_peak["dataset"] = 123'456;
  return {{"at_peak", at_peak},
          {"bias_padding_bytes", predicted.at_peak.bias_padding()},
          {"peak_phase", "update"},
          {"peak_category", "workspace"},
          {"steady_bytes", predicted.peak_bytes()},
          {"untracked_bytes", 1000},
          {"retained_bytes", 0},
          {"peak_resident_bytes", predicted.peak_bytes() + 123'456 + kFloorBytes}};
}

MemoryFigures Check(const nlohmann::json& report) {
  return CheckMemory(TestConfiguration(), report, kFloorBytes);
}

TEST(CheckMemory, AcceptsAgreementAndNamesTheFigures) {
  const MemoryFigures figures = Check(TestReport());
  EXPECT_FALSE(figures.disagreement) << *figures.disagreement;
  const std::int64_t predicted =
      network::PredictFootprint(TestConfiguration().network).peak_bytes();
  EXPECT_EQ(figures.keys["predicted_peak_bytes"], predicted);
  EXPECT_EQ(figures.keys["tracked_peak_bytes"], predicted);
  EXPECT_EQ(figures.keys["dataset_bytes"], 123'456);
  EXPECT_EQ(figures.keys["bias_bytes"], 4000 + 40);
  EXPECT_EQ(figures.keys["parameter_bytes"], 4 * (784 * 1000 + 1000 + 10 * 1000 + 10));
  if (kCountsMalloc) {
    EXPECT_EQ(figures.keys["peak_rss_bytes"], predicted);
  }
}

TEST(CheckMemory, NoticesOneByteInOneCategory) {
  nlohmann::json report = TestReport();
  report["at_peak"]["hidden_bias"] = report["at_peak"]["hidden_bias"].get<std::int64_t>() + 1;
  EXPECT_EQ(Check(report).disagreement, "hidden_bias: predicted 4000 bytes, tracked 4001");
}

TEST(CheckMemory, NoticesPaddingThatTheBiasesShouldNotCause) {
  nlohmann::json report = TestReport();
  // Two pages for 4,000 and 40 bytes.
  EXPECT_EQ(Check(report).keys["bias_padding_bytes"], 96 + 4056);
  report["bias_padding_bytes"] = 96;
  EXPECT_EQ(Check(report).disagreement, "padding of biases: predicted 4152 bytes, tracked 96");
}

#if !BIASBENCH_SANITIZED
TEST(CheckMemory, NoticesAllocationsOutsideTheLedger) {
  nlohmann::json report = TestReport();
  report["untracked_bytes"] = UntrackedBoundBytes(TestConfiguration()) + 1;
  EXPECT_TRUE(Check(report).disagreement);
}

TEST(CheckMemory, NoticesResidentMemoryThatNobodyKnowsOf) {
  for (const std::int64_t bytes : {-600'000, 600'000}) {
    nlohmann::json report = TestReport();
    report["peak_resident_bytes"] = report["peak_resident_bytes"].get<std::int64_t>() + bytes;
    EXPECT_TRUE(Check(report).disagreement) << bytes;
    if (bytes < 0) continue;
    report["retained_bytes"] = bytes;  // malloc's, so explained
    EXPECT_FALSE(Check(report).disagreement) << bytes;
  }
}
#endif

TEST(CheckMemory, ManyOwnSamplesNeedLongerOrders) {
  setting::Setting configuration = TestConfiguration();
  const std::int64_t bound_bytes = UntrackedBoundBytes(configuration);
  configuration.own_data.emplace();
  configuration.own_data->train_samples = 1'000'000;
  EXPECT_EQ(UntrackedBoundBytes(configuration), bound_bytes + 24'000'000);
}

TEST(CheckMemory, DoesWithoutTheResidentPeakUnlessItIsAskedFor) {
  nlohmann::json report = TestReport();
  report["peak_resident_bytes"] = nullptr;
  const MemoryFigures figures = CheckMemory(TestConfiguration(), report, std::nullopt);
  EXPECT_FALSE(figures.disagreement) << *figures.disagreement;
  EXPECT_FALSE(figures.keys.contains("peak_rss_bytes"));
  EXPECT_THROW(FloorBytes(report), std::runtime_error);
}

}  // namespace
}  // namespace biasbench::bench
