#include "data/task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numbers>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "data/fashion_mnist.h"
#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

std::map<std::int32_t, int> ClassCounts(const Dataset& dataset) {
  std::map<std::int32_t, int> counts;
  for (const std::int32_t label : dataset.labels.span()) ++counts[label];
  return counts;
}

// Sizes of a data set's buffers follow from its shape.
void ExpectShape(const Dataset& dataset, const TaskDescription& description) {
  EXPECT_EQ(dataset.inputs, description.inputs);
  EXPECT_EQ(dataset.outputs, description.outputs);
  EXPECT_EQ(dataset.is_classification(), description.is_classification);
  EXPECT_EQ(dataset.values.size() + dataset.bytes.size(), dataset.samples * dataset.inputs);
  EXPECT_TRUE(dataset.values.empty() || dataset.bytes.empty());
  EXPECT_EQ(dataset.labels.size(), description.is_classification ? dataset.samples : 0);
  EXPECT_EQ(dataset.targets.size(),
            description.is_classification ? 0 : dataset.samples * dataset.outputs);
  for (const std::int32_t label : dataset.labels.span()) {
    ASSERT_GE(label, 0);
    ASSERT_LT(label, dataset.outputs);
  }
}

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

TEST(Digits, HasTheRepositorysClassCounts) {
  memory::Ledger ledger;
  const Task task = LoadTask("digits", ledger);
  EXPECT_EQ(task.train.samples, 1437);
  EXPECT_EQ(task.test.samples, 360);
  std::map<std::int32_t, int> counts = ClassCounts(task.train);
  for (const auto& [label, count] : ClassCounts(task.test)) {
    EXPECT_GT(count, 20) << label;  // every class is tested
    counts[label] += count;
  }
  // As UCI's description of the test part counts them; 1,797 together.
  EXPECT_EQ(counts, (std::map<std::int32_t, int>{{0, 178},
                                                 {1, 182},
                                                 {2, 177},
                                                 {3, 183},
                                                 {4, 181},
                                                 {5, 182},
                                                 {6, 181},
                                                 {7, 179},
                                                 {8, 174},
                                                 {9, 180}}));
}

TEST(Digits, EverySampleOfTheFileIsThereOnceWithPixelsUpToSixteen) {
  memory::Ledger ledger;
  const Task task = LoadTask("digits", ledger);
  std::set<std::string> images;
  std::int64_t sum = 0;
  for (const Dataset* dataset : {&task.train, &task.test}) {
    for (std::int64_t n = 0; n < dataset->samples; ++n) {
      const auto image = dataset->bytes.span().subspan(static_cast<std::size_t>(64 * n), 64);
      images.emplace(image.begin(), image.end());
    }
    for (const std::uint8_t pixel : dataset->bytes.span()) {
      ASSERT_LE(pixel, 16);
      sum += pixel;
    }
    EXPECT_EQ(dataset->byte_scale, 1.0F / 16);
  }
  EXPECT_EQ(images.size(), 1797U);  // no two images of the file are equal
  EXPECT_EQ(sum, 561718);           // of all pixels in the file
}

TEST(Digits, ImagesKeepTheirLabels) {
  // The first 16 pixels of the file's first three lines, which are of the classes 0, 1 and 2.
  const std::vector<std::vector<std::uint8_t>> tops = {
      {0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0},
      {0, 0, 0, 12, 13, 5, 0, 0, 0, 0, 0, 11, 16, 9, 0, 0},
      {0, 0, 0, 4, 15, 12, 0, 0, 0, 0, 3, 16, 15, 14, 0, 0}};
  memory::Ledger ledger;
  const Task task = LoadTask("digits", ledger);
  std::vector<std::int32_t> found(tops.size(), -1);
  for (const Dataset* dataset : {&task.train, &task.test}) {
    for (std::int64_t n = 0; n < dataset->samples; ++n) {
      const auto top = dataset->bytes.span().subspan(static_cast<std::size_t>(64 * n), 16);
      for (std::size_t i = 0; i < tops.size(); ++i) {
        if (std::ranges::equal(top, tops[i])) found[i] = dataset->labels[n];
      }
    }
  }
  EXPECT_EQ(found, (std::vector<std::int32_t>{0, 1, 2}));
}

// Results are compared across versions: the split must not move.
TEST(Digits, TheSplitStays) {
  memory::Ledger ledger;
  const Task task = LoadTask("digits", ledger);
  const auto first = task.train.labels.span().first(10);
  EXPECT_EQ(std::vector(first.begin(), first.end()),
            (std::vector<std::int32_t>{2, 9, 4, 7, 8, 0, 4, 3, 2, 6}));
  const auto first_test = task.test.labels.span().first(10);
  EXPECT_EQ(std::vector(first_test.begin(), first_test.end()),
            (std::vector<std::int32_t>{4, 8, 8, 4, 1, 2, 3, 1, 2, 3}));
}

TEST(FashionMnist, HasBalancedClassesAndTheKnownFirstImages) {
  if (!IsInstalled("fashion_mnist")) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  memory::Ledger ledger;
  const Task task = LoadTask("fashion_mnist", ledger);
  EXPECT_EQ(task.train.samples, 60'000);
  EXPECT_EQ(task.test.samples, 10'000);
  for (const auto& [label, count] : ClassCounts(task.train)) EXPECT_EQ(count, 6000) << label;
  for (const auto& [label, count] : ClassCounts(task.test)) EXPECT_EQ(count, 1000) << label;
  EXPECT_EQ(task.train.labels[0], 9);  // an ankle boot, as is the first of the test images
  EXPECT_EQ(task.test.labels[0], 9);
  EXPECT_EQ(*std::ranges::max_element(task.train.bytes.span().first(784)), 255);
  EXPECT_EQ(task.train.bytes[0], 0);  // the background
}

TEST(FashionMnist, NamesThePackageWhenMissing) {
  memory::Ledger ledger;
  EXPECT_FALSE(IsFashionMnistInstalled("/no/such"));
  EXPECT_EQ(ErrorOf([&] { FashionMnist(ledger, 0, "/no/such"); }),
            "/no/such: Fashion-MNIST's four files are not there; install the package "
            "dataset-fashion-mnist");
}

TEST(FashionMnist, RefusesOtherContentsUnderItsNames) {
  const std::filesystem::path directory = TestPath("directory");
  std::filesystem::create_directories(directory);
  for (const std::string file : {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                 "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}) {
    std::ofstream(directory / file) << "other";
  }
  ASSERT_TRUE(IsFashionMnistInstalled(directory));
  memory::Ledger ledger;
  EXPECT_EQ(ErrorOf([&] { FashionMnist(ledger, 0, directory); }),
            directory.string() +
                "/train-images-idx3-ubyte.gz: the contents' SHA-256 is "
                "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa, expected "
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888");
}

TEST(NoiseTask, HasAnyShapeAndItsTestSetContinuesTheTrainingSet) {
  memory::Ledger ledger;
  const Task task = NoiseTask(7, 3, 1000, 5, ledger);
  EXPECT_EQ(ledger.current()[memory::Category::kDataset], NoiseBytes(7, 1000));
  TaskDescription shape{};
  shape.inputs = 7;
  shape.outputs = 3;
  shape.is_classification = true;
  ExpectShape(task.train, shape);
  ExpectShape(task.test, shape);
  EXPECT_EQ(task.train.samples, 1000);
  EXPECT_EQ(task.test.samples, 1000);
  EXPECT_EQ(ClassCounts(task.train).size(), 3U);
  for (const float value : task.train.values.span()) ASSERT_LT(std::abs(value), 1);

  const Task twice = NoiseTask(7, 3, 2000, 5, ledger);
  EXPECT_TRUE(std::ranges::equal(task.train.values.span(), twice.train.values.span().first(7000)));
  EXPECT_TRUE(std::ranges::equal(task.test.values.span(), twice.train.values.span().last(7000)));
  EXPECT_TRUE(std::ranges::equal(task.train.labels.span(), twice.train.labels.span().first(1000)));
  EXPECT_TRUE(std::ranges::equal(task.test.labels.span(), twice.train.labels.span().last(1000)));
  const Task other = NoiseTask(7, 3, 1000, 6, ledger);
  EXPECT_FALSE(std::ranges::equal(task.train.values.span(), other.train.values.span()));
  EXPECT_FALSE(std::ranges::equal(task.train.labels.span(), other.train.labels.span()));
}

// Four inputs a sample use as many draws as one block holds, as one label does.
TEST(NoiseTask, LabelsDoNotFollowFromInputs) {
  memory::Ledger ledger;
  const Task task = NoiseTask(4, 2, 1000, 5, ledger);
  int agreements = 0;
  for (std::int64_t n = 0; n < 1000; ++n) {
    agreements += (task.train.values[4 * n] < 0) == (task.train.labels[n] == 1);
  }
  EXPECT_NEAR(agreements, 500, 80);  // five standard deviations
}

TEST(NoiseTask, RefusesShapesThatAreNone) {
  memory::Ledger ledger;
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (const auto& [inputs, outputs, samples] : std::vector<std::array<std::int64_t, 3>>{
           {0, 1, 1}, {1, 0, 1}, {1, 1, -1}, {1, kHuge, 1}, {kHuge, 1, 2}, {1 << 30, 1, kHuge}}) {
    EXPECT_TRUE(ErrorOf([&, i = inputs, o = outputs, n = samples] {
                  NoiseTask(i, o, n, 1, ledger);
                }).starts_with("noise of "));
  }
}

}  // namespace
}  // namespace biasbench::data
