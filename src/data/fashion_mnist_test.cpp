#include "data/fashion_mnist.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "data/task.h"
#include "data/task_fixture.h"
#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

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

}  // namespace
}  // namespace biasbench::data
