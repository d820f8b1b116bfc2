#include "random/philox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace biasbench::random {
namespace {

// Random123's own known-answer vectors (kat_vectors, philox4x32 10), reached through our counter
// layout: counter = {block low, block high, stream, substream}, key = {seed low, seed high}.
TEST(Philox, KnownAnswers) {
  const auto zeros = Block(0, static_cast<Stream>(0), 0);
  EXPECT_EQ(zeros, (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const auto ones = Block(~0ULL, static_cast<Stream>(0xffffffff), ~0ULL, 0xffffffff);
  EXPECT_EQ(ones, (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  const auto pi =
      Block(0x299f31d0a4093822, static_cast<Stream>(0x13198a2e), 0x85a308d3243f6a88, 0x03707344);
  EXPECT_EQ(pi, (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, FillIsIndependentOfTheRangeAskedFor) {
  std::vector<float> whole(101);
  FillUniform(7, Stream::kHiddenWeights, 0, 2.0F, whole);
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t size = 0; size < 23; ++size) {
      std::vector<float> part(size);
      FillUniform(7, Stream::kHiddenWeights, begin, 2.0F, part);
      for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(part[i], whole[begin + i]);
    }
  }
}

// Many at once must be what one by one gives, also where the counter's lower half overflows.
TEST(Philox, FillEqualsItsBlocks) {
  for (const std::uint64_t first_block :
       {std::uint64_t{0}, std::uint64_t{12345678901}, (std::uint64_t{1} << 32) - 40,
        (std::uint64_t{3} << 32) - 1}) {
    constexpr std::size_t kBlocks = 101;
    std::vector<float> values(4 * kBlocks);
    FillUniform(0x123456789abcdef0, Stream::kOutputWeights, 4 * first_block, 1, values);
    for (std::size_t b = 0; b < kBlocks; ++b) {
      const auto block = Block(0x123456789abcdef0, Stream::kOutputWeights, first_block + b);
      for (std::size_t j = 0; j < 4; ++j) {
        const auto k = static_cast<std::int32_t>(block[j]) >> 9;
        ASSERT_EQ(values[4 * b + j], std::ldexp(static_cast<float>(2 * k + 1), -23))
            << first_block << " + " << b;
      }
    }
  }
}

TEST(Philox, UniformHasItsMeanAndVariance) {
  std::vector<float> values(1 << 20);
  FillUniform(1, Stream::kNoise, 0, 1.0F, values);
  double mean = 0;
  double square = 0;
  for (const float v : values) {
    ASSERT_NE(v, 0.0F);
    ASSERT_LT(std::abs(v), 1.0F);
    mean += v;
    square += static_cast<double>(v) * v;
  }
  mean /= static_cast<double>(values.size());
  square /= static_cast<double>(values.size());
  EXPECT_NEAR(mean, 0, 5 * std::sqrt(1.0 / 3 / (1 << 20)));  // five standard errors
  EXPECT_NEAR(square, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / (1 << 20)));
}

TEST(Philox, StreamsSeedsAndSubstreamsDiffer) {
  std::set<std::array<std::uint32_t, 4>> seen;
  for (Seed seed = 0; seed < 3; ++seed) {
    for (const Stream stream : {Stream::kHiddenWeights, Stream::kHiddenBias}) {
      for (std::uint32_t substream = 0; substream < 3; ++substream) {
        seen.insert(Block(seed, stream, 5, substream));
      }
    }
  }
  EXPECT_EQ(seen.size(), 18U);
}

TEST(Philox, PermutationHoldsEachOnceAndDependsOnTheSubstream) {
  const auto first = Permutation(3, Stream::kShuffle, 1000, 0);
  EXPECT_EQ(std::set<std::int32_t>(first.begin(), first.end()).size(), 1000U);
  EXPECT_EQ(first, Permutation(3, Stream::kShuffle, 1000, 0));
  EXPECT_NE(first, Permutation(3, Stream::kShuffle, 1000, 1));
  EXPECT_TRUE(Permutation(3, Stream::kShuffle, 0, 0).empty());
}

}  // namespace
}  // namespace biasbench::random
