#include "random/philox.h"

#include <Random123/philox.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "random/philox_vector.h"

namespace biasbench::random {
namespace {

constexpr int kDrawsPerBlock = 4;

r123::Philox4x32::key_type Key(Seed seed) {
  return {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
}

r123::Philox4x32::ctr_type Counter(Stream stream, std::uint64_t block, std::uint32_t substream) {
  return {{static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
           static_cast<std::uint32_t>(stream), substream}};
}

// 23 random bits k in [-2^22, 2^22) become (2k + 1) * 2^-23: exact in single precision, symmetric
// about zero, never zero.
float ToUniform(std::uint32_t bits, float half_width) {
  const std::int32_t k = static_cast<std::int32_t>(bits) >> 9;
  return static_cast<float>(2 * k + 1) * 0x1p-23F * half_width;
}

// ToUniform(), lane by lane.
hn::Vec<hn::ScalableTag<float>> ToUniform(BitsVector bits, float half_width) {
  const hn::ScalableTag<std::int32_t> integers;
  const hn::ScalableTag<float> floats;
  const auto k = hn::ShiftRight<9>(hn::BitCast(integers, bits));
  const auto odd = hn::Add(hn::ShiftLeft<1>(k), hn::Set(integers, 1));
  return hn::Mul(hn::Mul(hn::ConvertTo(floats, odd), hn::Set(floats, 0x1p-23F)),
                 hn::Set(floats, half_width));
}

// Fills whole groups of kBlocksAtOnce blocks, as long as the lower half of the counter does not
// overflow; returns the number of values filled.
std::size_t FillFromGroups(Seed seed, Stream stream, std::uint64_t block, float half_width,
                           std::span<float> values) {
  constexpr auto kBlocks = static_cast<std::uint64_t>(kBlocksAtOnce);
  constexpr std::size_t kValues = kBlocks * kDrawsPerBlock;
  std::size_t i = 0;
  for (; i + kValues <= values.size(); i += kValues, block += kBlocks) {
    if (static_cast<std::uint32_t>(block) > ~std::uint32_t{0} - kBlocks) break;
    const BlockDraws group = BlocksFrom(seed, stream, block);
    const auto uniform = [&](int draw) { return ToUniform(group.draws[draw], half_width); };
    hn::StoreInterleaved4(uniform(0), uniform(1), uniform(2), uniform(3), hn::ScalableTag<float>(),
                          &values[i]);
  }
  return i;
}

}  // namespace

std::array<std::uint32_t, 4> Block(Seed seed, Stream stream, std::uint64_t block,
                                   std::uint32_t substream) {
  const auto draws = r123::Philox4x32()(Counter(stream, block, substream), Key(seed));
  return {draws[0], draws[1], draws[2], draws[3]};
}

void FillUniform(Seed seed, Stream stream, std::uint64_t begin, float half_width,
                 std::span<float> values) {
  std::size_t i = 0;
  const auto fill_from_block = [&](std::uint64_t draw, std::size_t count) {
    const auto block = Block(seed, stream, draw / kDrawsPerBlock);
    for (std::size_t j = 0; j < count; ++j) {
      values[i + j] = ToUniform(block[(draw + j) % kDrawsPerBlock], half_width);
    }
    i += count;
  };
  const std::size_t head = (kDrawsPerBlock - begin % kDrawsPerBlock) % kDrawsPerBlock;
  if (head > 0) fill_from_block(begin, std::min(head, values.size()));
  if (i < values.size()) {
    i += FillFromGroups(seed, stream, (begin + i) / kDrawsPerBlock, half_width, values.subspan(i));
  }
  while (i + kDrawsPerBlock <= values.size()) fill_from_block(begin + i, kDrawsPerBlock);
  if (i < values.size()) fill_from_block(begin + i, values.size() - i);
}

std::vector<std::int32_t> Permutation(Seed seed, Stream stream, std::int32_t size,
                                      std::uint32_t substream) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), 0);
  for (std::int32_t i = size - 1; i > 0; --i) {
    const auto block = Block(seed, stream, static_cast<std::uint64_t>(i), substream);
    // 64 random bits modulo at most 2^31: the bias is below 2^-33.
    const std::uint64_t bits = (static_cast<std::uint64_t>(block[1]) << 32) | block[0];
    std::swap(order[static_cast<std::size_t>(i)],
              order[static_cast<std::size_t>(bits % static_cast<std::uint64_t>(i + 1))]);
  }
  return order;
}

}  // namespace biasbench::random
