// Counter-based random numbers: a draw is a pure function of (seed, stream, index), so it is the
// same for any thread count, order or schedule, and can be drawn again instead of being stored.
// Philox4x32-10 of Random123 (Salmon, Moraes, Dror and Shaw, SC'11).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace biasbench::random {

using Seed = std::uint64_t;

// The purpose of a draw; draws of different streams are independent. The values are part of the
// reproducible result: append, never renumber.
enum class Stream : std::uint32_t {
  kHiddenWeights = 1,
  kOutputWeights = 2,
  kHiddenBias = 3,
  kShuffle = 5,
  kSplit = 6,
  kNoise = 7,
  kRounding = 8,
  kWeightRounding = 9,
  kMomentRounding = 10,
};

// Four 32-bit draws: those with indices 4*block … 4*block + 3 of the stream. `substream` tells
// apart repeated uses of one stream (the epoch of a shuffle, the step of a rounding).
std::array<std::uint32_t, 4> Block(Seed seed, Stream stream, std::uint64_t block,
                                   std::uint32_t substream = 0);

// values[i] = draw number begin + i of the stream, uniform in (-half_width, half_width), symmetric
// and never zero. Any begin and length give the same value for the same draw number.
void FillUniform(Seed seed, Stream stream, std::uint64_t begin, float half_width,
                 std::span<float> values);

// A permutation of 0 … size-1 (Fisher–Yates), one for each substream.
std::vector<std::int32_t> Permutation(Seed seed, Stream stream, std::int32_t size,
                                      std::uint32_t substream);

}  // namespace biasbench::random
