#include "data/own_arrays.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data/own_data_fixture.h"

namespace biasbench::data {
namespace {

// Two images of one row of three pixels, and their labels.
class OwnIdx : public OwnDataTest {
 protected:
  static std::string Images(const std::string& pixels, char width = 3) {
    const auto samples = static_cast<char>(pixels.size() / static_cast<std::size_t>(width));
    return std::string{0, 0, 8, 3, 0, 0, 0, samples, 0, 0, 0, 1, 0, 0, 0, width} + pixels;
  }
  static std::string Labels(const std::string& labels) {
    return std::string{0, 0, 8, 1, 0, 0, 0, static_cast<char>(labels.size())} + labels;
  }
  static OwnFiles Files(const std::string& train_images, const std::string& train_labels,
                        const std::string& test_images, const std::string& test_labels) {
    return {.train = WriteGzip("ti", train_images),
            .test = WritePlain("si", test_images),
            .target = {},
            .is_classification = true,
            .train_labels = WritePlain("tl", train_labels),
            .test_labels = WritePlain("sl", test_labels)};
  }

  std::string images_ = Images("abcdef");
  std::string labels_ = Labels({1, 0});
  std::string test_images_ = Images("ABC");
  std::string test_labels_ = Labels({1});
};

TEST_F(OwnIdx, IsReadAsImagesAndLabels) {
  const OwnData data = ExamineOwnData(Files(images_, labels_, test_images_, test_labels_));
  EXPECT_EQ(data.inputs, 3);
  EXPECT_EQ(data.outputs, 2);
  EXPECT_EQ(data.train_samples, 2);
  EXPECT_EQ(data.test_samples, 1);
  const Task task = LoadOwnData(data, ledger_, 1);
  EXPECT_EQ(Values(task.train.bytes), (std::vector<std::uint8_t>{'a', 'b', 'c'}));
  EXPECT_EQ(task.train.byte_scale, 1.0F / 255);
  EXPECT_EQ(Values(task.train.labels), (std::vector<std::int32_t>{1}));
  EXPECT_EQ(Values(task.test.bytes), (std::vector<std::uint8_t>{'A', 'B', 'C'}));
  EXPECT_EQ(task.name, "own");
  EXPECT_LE(ledger_.current()[memory::Category::kDataset], OwnDataBytes(data));
}

TEST_F(OwnIdx, RefusesWhatDoesNotFit) {
  EXPECT_EQ(RefusalOf(Files(images_, labels_, Images("ABCD", 4), test_labels_)),
            "si: 4 values a sample, expected 3 as in ti");
  EXPECT_EQ(RefusalOf(Files(images_, labels_, test_images_, Labels({2}))),
            "sl: sample 0: label \"2\", expected one of tl's 2: 0, 1");
  EXPECT_EQ(RefusalOf(Files(images_, Labels({1, 1}), test_images_, test_labels_)),
            "tl: all labels are \"1\", expected 2 classes or more");
  EXPECT_EQ(RefusalOf(Files(images_, Labels({1}), test_images_, test_labels_)),
            "tl: 1 labels, expected 2, one for each sample of ti");
}

// The memory checked for beforehand, apart from rounding to whole pages: a byte a value, four a
// label.
TEST_F(OwnIdx, PredictsItsBytes) {
  OwnFiles files = Files(images_, labels_, test_images_, test_labels_);
  const std::int64_t as_numbers = OwnDataBytes(ExamineOwnData(files));
  files.are_bytes = true;
  EXPECT_EQ(as_numbers - OwnDataBytes(ExamineOwnData(files)), 3 * 3 * 3);
}

TEST_F(OwnIdx, MapsLabelsThatDoNotBeginAtZero) {
  const OwnFiles files = Files(images_, Labels({26, 1}), test_images_, Labels({26}));
  const OwnData data = ExamineOwnData(files);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"1", "26"}));
  EXPECT_EQ(Values(LoadOwnData(data, ledger_).train.labels), (std::vector<std::int32_t>{1, 0}));
}

TEST_F(OwnIdx, IsSplitBySeed) {
  OwnFiles files = Files(Images("aaabbbcccdddeee"), Labels({0, 1, 2, 3, 4}), images_, labels_);
  files.test = files.test_labels = "";
  files.test_share = 0.4;
  const OwnData data = ExamineOwnData(files);
  EXPECT_EQ(data.train_samples, 3);
  const Task task = LoadOwnData(data, ledger_, 0, 3);
  EXPECT_EQ(task.test.samples, 2);
  for (const Dataset* set : {&task.train, &task.test}) {
    for (std::int64_t i = 0; i < set->samples; ++i) {
      EXPECT_EQ(set->bytes[3 * i], 'a' + set->labels[i]);
      EXPECT_EQ(set->bytes[3 * i + 2], 'a' + set->labels[i]);
    }
  }
}

// Elements wider than bytes are numbers, standardized if that is asked for.
TEST_F(OwnIdx, ReadsOtherElementsAsNumbers) {
  const std::string shorts{0, 0, 0x0B, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0, 3, 1, 2, 0, 3};
  OwnFiles files = Files(shorts, labels_, shorts, labels_);
  const Task task = Load(files);
  EXPECT_TRUE(task.train.bytes.empty());
  EXPECT_EQ(Values(task.train.values), (std::vector<float>{256, 3, 258, 3}));
  files.is_standardized = true;
  EXPECT_EQ(Values(Load(files).test.values), (std::vector<float>{-1, 0, 1, 0}));
  EXPECT_EQ(RefusalOf(Files(shorts, labels_, std::string(shorts).replace(2, 1, "\x09"), labels_))
                .substr(0, 3),
            "si:");
}

}  // namespace
}  // namespace biasbench::data
