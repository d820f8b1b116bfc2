#include "kernel/transpose.h"

#include <gtest/gtest.h>

#include <vector>

#include "reference/guarded_result.h"

namespace biasbench::kernel {
namespace {

TEST(Transpose, EverySizeWithAndWithoutFactors) {
  for (std::int64_t rows = 1; rows <= 20; ++rows) {
    for (std::int64_t columns = 1; columns <= 20; ++columns) {
      std::vector<float> from;
      std::vector<std::uint16_t> halves;
      std::vector<float> factors;
      for (std::int64_t i = 0; i < rows * columns; ++i) {
        from.push_back(static_cast<float>(i + 1));
        halves.push_back(static_cast<std::uint16_t>(i + 1));
      }
      for (std::int64_t row = 0; row < rows; ++row) factors.push_back(static_cast<float>(row + 2));
      reference::GuardedResult plain(rows * columns);
      reference::GuardedResult scaled(rows * columns);
      std::vector<std::uint16_t> turned(halves.size());
      Transpose(rows, columns, from.data(), plain.data());
      Transpose(rows, columns, from.data(), scaled.data(), factors.data());
      Transpose(rows, columns, halves.data(), turned.data());
      for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t column = 0; column < columns; ++column) {
          const float value = from[row * columns + column];
          ASSERT_EQ(plain[column * rows + row], value);
          ASSERT_EQ(scaled[column * rows + row], value * factors[row]);
          ASSERT_EQ(turned[column * rows + row], value);
        }
      }
      plain.CheckGuard("plain");
      scaled.CheckGuard("scaled");
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
