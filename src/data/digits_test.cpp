#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "data/task.h"
#include "data/task_fixture.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

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

}  // namespace
}  // namespace biasbench::data
