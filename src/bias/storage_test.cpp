#include "bias/storage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace biasbench::bias {
namespace {

// A plain gradient step with η = 1: value −= gradient.
constexpr auto kSubtract = [](float* entries, const float* gradient, std::int64_t first,
                              std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) entries[first + i] -= gradient[i];
};

TEST(Storage, HashedDrawsThePerNeuronValuesAgain) {
  constexpr std::int64_t kHidden = 320;
  std::vector<float> stored(kHidden);
  random::FillUniform(5, random::Stream::kHiddenBias, 0, kRandomHalfWidth, stored);
  const Hashed hashed(HiddenBias{.all_hidden = kHidden, .seed = 5});
  for (const std::int64_t begin : {0, 64, 256}) {
    std::vector<float> scratch(64);
    const float* values = hashed.Values(begin, scratch);
    for (std::int64_t i = 0; i < 64; ++i) EXPECT_EQ(values[i], stored[begin + i]);
  }
  EXPECT_EQ(Hashed::Entries(kHidden, 1), 0);
}

TEST(Storage, GroupedAveragesEachGroupAndTheRest) {
  constexpr std::int64_t kHidden = 70;  // the second group of 64 has six nodes
  std::vector<float> entries(Grouped::Entries(kHidden, 64));
  ASSERT_EQ(entries.size(), 2U);
  const Grouped grouped(HiddenBias{.entries = entries.data(), .all_hidden = kHidden, .group = 64});
  std::vector<float> node_gradient(kHidden, 2.0F);
  node_gradient[64] = 8.0F;  // mean of the rest: (8 + 5·2)/6 = 3
  std::vector<float> entry_gradient(2);
  grouped.Reduce(node_gradient, entry_gradient.data());
  EXPECT_EQ(entry_gradient, (std::vector<float>{2, 3}));
  grouped.Update(0, kHidden, entry_gradient.data(), kSubtract);
  EXPECT_EQ(entries, (std::vector<float>{-2, -3}));
  std::vector<float> scratch(6);
  EXPECT_EQ(grouped.Values(60, scratch), scratch.data());
  EXPECT_EQ(scratch, (std::vector<float>{-2, -2, -2, -2, -3, -3}));
}

TEST(Storage, SharedTakesTheMeanOverAllTiles) {
  float value = 1;
  const Shared shared(HiddenBias{.entries = &value, .all_hidden = 6});
  float first = 0;
  float second = 0;
  shared.Reduce(std::vector<float>{1, 2, 3, 6}, &first);
  shared.Reduce(std::vector<float>{6, 6}, &second);
  const float mean = first + second;
  EXPECT_FLOAT_EQ(mean, 4);
  shared.Update(0, 6, &mean, kSubtract);
  EXPECT_FLOAT_EQ(value, -3);
  std::vector<float> scratch(2);
  EXPECT_FLOAT_EQ(shared.Values(4, scratch)[1], -3);
}

TEST(Storage, PerNeuronUpdatesItsTileOnly) {
  std::vector<float> values(8, 1.0F);
  const PerNeuron per_neuron(HiddenBias{.entries = values.data(), .all_hidden = 8});
  const std::vector<float> gradient{1, 2};
  per_neuron.Update(4, 2, gradient.data(), kSubtract);
  EXPECT_EQ(values, (std::vector<float>{1, 1, 1, 1, 0, -1, 1, 1}));
}

}  // namespace
}  // namespace biasbench::bias
