#include "data/own_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "data/own_data_fixture.h"

namespace biasbench::data {
namespace {

// Rows (i, 10 i) for i below 100; the target tells which one it is.
class OwnShare : public OwnDataTest {
 protected:
  OwnShare() {
    std::string rows;
    for (int i = 0; i < 100; ++i) rows += std::to_string(i) + "," + std::to_string(10 * i) + "\n";
    files_.train = WritePlain("all.csv", rows);
    files_.test_share = 0.2;
    files_.csv.header = CsvHeader::kNo;
  }
  Task Split(random::Seed seed, std::int64_t max_samples = 0) {
    return LoadOwnData(ExamineOwnData(files_), ledger_, max_samples, seed);
  }

  OwnFiles files_{.train = {}, .test = {}, .target = {}};
};

TEST_F(OwnShare, IsChosenByTheSeed) {
  const OwnData data = ExamineOwnData(files_);
  EXPECT_EQ(data.train_samples, 80);
  EXPECT_EQ(data.test_samples, 20);
  const Task task = Split(7);
  std::vector<float> all = Values(task.train.targets);
  EXPECT_EQ(all.size(), 80U);
  EXPECT_TRUE(std::ranges::is_sorted(all));
  const std::vector<float> test = Values(task.test.targets);
  EXPECT_EQ(Values(Split(7).test.targets), test);
  EXPECT_NE(Values(Split(8).test.targets), test);
  all.insert(all.end(), test.begin(), test.end());
  std::ranges::sort(all);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(all[i], 10.0F * static_cast<float>(i));
}

// Every sample tests as often as any other.
TEST_F(OwnShare, FavoursNoSample) {
  std::vector<int> times(100);
  for (random::Seed seed = 0; seed < 400; ++seed) {
    for (const float target : Values(Split(seed).test.targets)) {
      ++times[static_cast<std::size_t>(target / 10)];
    }
  }
  for (const int count : times) EXPECT_NEAR(count, 80, 40);  // 5 deviations
}

TEST_F(OwnShare, IsStandardizedByTheRestAlone) {
  files_.is_standardized = true;
  const Task task = Split(1);
  double sum = 0;
  for (const float target : Values(task.train.targets)) sum += target;
  EXPECT_NEAR(sum, 0, 1e-4);
  EXPECT_EQ(Values(Split(1, 5).train.values),
            (std::vector<float>{task.train.values[0], task.train.values[1], task.train.values[2],
                                task.train.values[3], task.train.values[4]}));
}

TEST_F(OwnShare, LeavesSamplesToBothSets) {
  files_.test_share = 0.999;
  EXPECT_EQ(ErrorOf([&] { ExamineOwnData(files_); }),
            files_.train + ": 1 samples, expected 2 to 2147483647");
  files_.test_share = 0.001;
  EXPECT_EQ(ExamineOwnData(files_).test_samples, 1);
}

}  // namespace
}  // namespace biasbench::data
