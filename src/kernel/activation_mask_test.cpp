#include "kernel/activation_mask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace biasbench::kernel {
namespace {

TEST(ActivationMask, KeepsWhichActivationsAreNotZero) {
  for (std::int64_t size = 1; size <= 70; ++size) {
    std::vector<float> activation(static_cast<std::size_t>(size));
    for (std::int64_t i = 0; i < size; ++i) {
      activation[i] = i * i % 3 == 1 ? std::ldexp(1.0F, -static_cast<int>(i)) : 0;
    }
    activation[size / 2] = std::nanf("");
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(MaskBytes(size)) + 1, 0xa5);
    PackActivationMask(activation.data(), size, mask.data());
    EXPECT_EQ(mask.back(), 0xa5) << "written behind the end";
    std::vector<float> unpacked(activation.size() + 1, -1);
    UnpackActivationMask(mask.data(), size, unpacked.data());
    EXPECT_EQ(unpacked.back(), -1) << "written behind the end";
    for (std::int64_t i = 0; i < size; ++i) {
      EXPECT_EQ(unpacked[i], activation[i] == 0 ? 0 : 1) << size << ", " << i;
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
