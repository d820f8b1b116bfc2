#include "data/dataset.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

constexpr auto kCategory = memory::Category::kDataset;

TEST(CopyInputs, GathersFloatsAndLeavesTheRestOfARowAlone) {
  memory::Ledger ledger;
  Dataset dataset;
  dataset.samples = 3;
  dataset.inputs = 2;
  dataset.values = {ledger, kCategory, 6};
  for (std::int64_t i = 0; i < 6; ++i) dataset.values[i] = static_cast<float>(i);
  std::vector<float> rows(9, -1);
  dataset.CopyInputs(std::array{2, 0, 2}, rows.data(), 3);
  EXPECT_EQ(rows, (std::vector<float>{4, 5, -1, 0, 1, -1, 4, 5, -1}));
}

TEST(CopyInputs, ScalesBytes) {
  memory::Ledger ledger;
  Dataset dataset;
  dataset.samples = 2;
  dataset.inputs = 3;
  dataset.byte_scale = 1.0F / 16;
  dataset.bytes = {ledger, kCategory, 6};
  for (std::int64_t i = 0; i < 6; ++i) dataset.bytes[i] = static_cast<std::uint8_t>(51 * i);
  std::vector<float> rows(7, -1);
  dataset.CopyInputs(std::array{1, 0}, rows.data(), 4);
  EXPECT_EQ(rows,
            (std::vector<float>{153.F / 16, 204.F / 16, 255.F / 16, -1, 0, 51.F / 16, 102.F / 16}));
}

TEST(LimitSamples, KeepsTheFirstOrAll) {
  EXPECT_EQ(LimitSamples(10, 0), 10);
  EXPECT_EQ(LimitSamples(10, 3), 3);
  EXPECT_EQ(LimitSamples(10, 11), 10);
  EXPECT_EQ(ErrorOf([] { LimitSamples(10, -1); }), "max_samples is -1, expected 0 (all) or more");
}

}  // namespace
}  // namespace biasbench::data
