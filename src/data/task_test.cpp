#include "data/task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <set>
#include <string>
#include <string_view>

#include "data/task_fixture.h"
#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

// The ledger's bytes of a data set: its buffers in whole pages.
std::int64_t LedgerBytesOf(const Dataset& dataset) {
  using memory::MappedBytes;
  return MappedBytes(4 * dataset.values.size()) + MappedBytes(dataset.bytes.size()) +
         MappedBytes(4 * dataset.targets.size()) + MappedBytes(4 * dataset.labels.size());
}

TEST(Tasks, EachIsWhatItsDescriptionSaysAndIsHeldOnce) {
  std::set<std::string_view> names;
  for (const TaskDescription& description : Tasks()) {
    SCOPED_TRACE(description.name);
    EXPECT_TRUE(names.insert(description.name).second);
    EXPECT_EQ(FindTask(description.name).summary, description.summary);
    if (!IsInstalled(description.name)) continue;
    memory::Ledger ledger;
    const Task task = LoadTask(description.name, ledger);
    EXPECT_EQ(task.name, description.name);
    EXPECT_FALSE(task.source.empty());
    ExpectShape(task.train, description);
    ExpectShape(task.test, description);
    EXPECT_EQ(ledger.current()[memory::Category::kDataset],
              LedgerBytesOf(task.train) + LedgerBytesOf(task.test));
    EXPECT_EQ(ledger.current()[memory::Category::kDataset], TaskBytes(description));
    EXPECT_EQ(task.train.samples, description.train_samples);
    EXPECT_EQ(task.test.samples, description.test_samples);
    EXPECT_EQ(ledger.peak_in(memory::Phase::kBuild), ledger.current());
  }
}

TEST(Tasks, ALimitKeepsTheFirstTrainingSamplesAndAllTestSamples) {
  for (const TaskDescription& description : Tasks()) {
    SCOPED_TRACE(description.name);
    if (!IsInstalled(description.name)) continue;
    memory::Ledger ledger;
    const Task whole = LoadTask(description.name, ledger);
    memory::Ledger part_ledger;
    const Task part = LoadTask(description.name, part_ledger, 5);
    EXPECT_EQ(part_ledger.current()[memory::Category::kDataset], TaskBytes(description, 5));
    EXPECT_EQ(part.train.samples, 5);
    ExpectShape(part.train, description);
    EXPECT_EQ(part.test.samples, whole.test.samples);
    EXPECT_TRUE(std::ranges::equal(part.train.values.span(),
                                   whole.train.values.span().first(part.train.values.size())));
    EXPECT_TRUE(std::ranges::equal(part.train.bytes.span(),
                                   whole.train.bytes.span().first(part.train.bytes.size())));
    EXPECT_TRUE(std::ranges::equal(part.train.targets.span(),
                                   whole.train.targets.span().first(part.train.targets.size())));
    EXPECT_TRUE(std::ranges::equal(part.train.labels.span(),
                                   whole.train.labels.span().first(part.train.labels.size())));
    EXPECT_NE(ErrorOf([&] { LoadTask(description.name, ledger, -1); }), "no error");
  }
}

TEST(Tasks, AnUnknownNameIsAnsweredWithTheKnownOnes) {
  std::string message = "unknown task \"digit\", expected one of: ";
  for (const TaskDescription& description : Tasks()) {
    if (&description != &Tasks().front()) message += ", ";
    message += description.name;
  }
  memory::Ledger ledger;
  EXPECT_EQ(ErrorOf([] { FindTask("digit"); }), message);
  EXPECT_EQ(ErrorOf([] { IsInstalled("digit"); }), message);
  EXPECT_EQ(ErrorOf([&] { LoadTask("digit", ledger); }), message);
}

TEST(Harmonic3, PointsAreExactlyAntipodal) {
  memory::Ledger ledger;
  const Task task = LoadTask("harmonic3", ledger);
  for (const Dataset* dataset : {&task.train, &task.test}) {
    ASSERT_EQ(dataset->samples, 512);
    for (std::int64_t n = 0; n < 256; ++n) {
      EXPECT_EQ(dataset->values[2 * (n + 256)], -dataset->values[2 * n]);
      EXPECT_EQ(dataset->values[2 * (n + 256) + 1], -dataset->values[2 * n + 1]);
      EXPECT_EQ(dataset->targets[n + 256], -dataset->targets[n]);
    }
  }
}

TEST(Harmonic3, TargetsAreTheThirdHarmonicOfThePoints) {
  memory::Ledger ledger;
  const Task task = LoadTask("harmonic3", ledger);
  double square = 0;
  for (std::int64_t n = 0; n < 512; ++n) {
    const double train_t = 2 * std::numbers::pi * static_cast<double>(n) / 512;
    const double test_t = train_t + std::numbers::pi / 512;
    EXPECT_NEAR(task.train.values[2 * n], std::cos(train_t), 1e-7);
    EXPECT_NEAR(task.train.values[2 * n + 1], std::sin(train_t), 1e-7);
    EXPECT_NEAR(task.train.targets[n], std::sin(3 * train_t), 1e-7);
    EXPECT_NEAR(task.test.values[2 * n], std::cos(test_t), 1e-7);
    EXPECT_NEAR(task.test.values[2 * n + 1], std::sin(test_t), 1e-7);
    EXPECT_NEAR(task.test.targets[n], std::sin(3 * test_t), 1e-7);
    square += std::pow(static_cast<double>(task.train.targets[n]), 2);
  }
  EXPECT_NEAR(square / 512, 0.5, 1e-7);  // the floor of a bias-free network's loss
}

TEST(Sine, TestPointsLieHalfwayBetweenTrainingPoints) {
  memory::Ledger ledger;
  const Task task = LoadTask("sine", ledger);
  ASSERT_EQ(task.train.samples, 512);
  ASSERT_EQ(task.test.samples, 511);
  EXPECT_EQ(task.train.values[0], -1);
  EXPECT_EQ(task.train.values[511], 1);
  for (std::int64_t n = 0; n < 511; ++n) {
    EXPECT_NEAR(task.train.values[n + 1] - task.train.values[n], 2.0 / 511, 1e-6);
    EXPECT_NEAR(task.test.values[n], (task.train.values[n] + task.train.values[n + 1]) / 2, 1e-6);
  }
  for (const Dataset* dataset : {&task.train, &task.test}) {
    for (std::int64_t n = 0; n < dataset->samples; ++n) {
      const double x = dataset->values[n];
      EXPECT_NEAR(dataset->targets[n], std::sin(2 * std::numbers::pi * x) + 0.5, 1e-6);
    }
  }
}

}  // namespace
}  // namespace biasbench::data
