#include "kernel/micro_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel/bfloat16_products.h"
#include "random/philox.h"

namespace biasbench::kernel {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> Noise(std::int64_t size, random::Seed seed) {
  std::vector<float> values(static_cast<std::size_t>(size));
  random::FillUniform(seed, random::Stream::kNoise, 0, 1, values);
  return values;
}

std::vector<std::uint16_t> NearestHalves(const std::vector<float>& values) {
  std::vector<std::uint16_t> halves(values.size());
  std::ranges::transform(values, halves.begin(), NearestBfloat16);
  return halves;
}

struct FromRow {
  const std::vector<float>& start;
  Vector Initial(std::int64_t row) const { return hn::Set(kFloat, start[row]); }
};

struct Case {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t depth;
};

// A result with NaN all around it, which must stay so, and a count of how often each value came.
class Result {
 public:
  explicit Result(const Case& c)
      : columns_(c.columns),
        stride_(c.columns + 3),
        values_(c.rows * stride_ + 64, kNan),
        writes_(c.rows * c.columns) {}

  auto Epilogue() {
    return [this](std::int64_t first, Vector sum, auto lanes) {
      const std::int64_t row = first / columns_;
      const std::int64_t column = first % columns_;
      lanes.Store(sum, &values_[row * stride_ + column]);
      for (std::int64_t i = column; i < std::min(column + Count(lanes), columns_); ++i) {
        ++writes_[row * columns_ + i];
      }
    };
  }

  // left(row, k) and right(k, column) are what was multiplied.
  template <class Left, class Right>
  void Check(const Case& c, const std::vector<float>& start, const Left& left,
             const Right& right) const {
    for (std::int64_t row = 0; row < c.rows; ++row) {
      for (std::int64_t column = 0; column < c.columns; ++column) {
        double expected = start[row];
        double magnitude = std::abs(start[row]);
        for (std::int64_t k = 0; k < c.depth; ++k) {
          const double product = static_cast<double>(left(row, k)) * right(k, column);
          expected += product;
          magnitude += std::abs(product);
        }
        // |error| ≤ γ_k Σ|left||right|: Higham, Accuracy and Stability, section 3.1.
        const double unit = 0x1p-24;
        const auto k = static_cast<double>(c.depth + 1);
        const double bound = k * unit / (1 - k * unit) * magnitude;
        ASSERT_NEAR(values_[row * stride_ + column], expected, bound) << row << ", " << column;
        ASSERT_EQ(writes_[row * columns_ + column], 1) << row << ", " << column;
      }
      for (std::int64_t i = columns_; i < stride_; ++i) {
        ASSERT_TRUE(std::isnan(values_[row * stride_ + i])) << "written behind row " << row;
      }
    }
  }

 private:
  static std::int64_t Count(AllLanes /*lanes*/) { return kVectorLanes; }
  static std::int64_t Count(const FirstLanes& lanes) { return lanes.count(); }

  std::int64_t columns_;
  std::int64_t stride_;
  std::vector<float> values_;
  std::vector<int> writes_;
};

// The panel's rows are separated by NaN, which must not leak in.
template <Residence kLeft>
void CheckProduct(const Case& c, bool left_is_transposed) {
  SCOPED_TRACE(testing::Message() << c.rows << "×" << c.columns << "×" << c.depth
                                  << (left_is_transposed ? " transposed" : ""));
  const std::vector<float> left = Noise(c.rows * c.depth, 1);
  const std::int64_t row_stride = left_is_transposed ? 1 : c.depth;
  const std::int64_t depth_stride = left_is_transposed ? c.rows : 1;
  const std::int64_t panel_stride = c.columns + 1;
  std::vector<float> panel = Noise(c.depth * panel_stride, 2);
  for (std::int64_t k = 0; k < c.depth; ++k) panel[k * panel_stride + c.columns] = kNan;
  const std::vector<float> start = Noise(c.rows, 3);
  Result result(c);
  Product<kLeft>(c.rows, c.columns, c.depth, Left(left.data(), row_stride, depth_stride),
                 {panel.data(), panel_stride}, FromRow{start}, result.Epilogue());
  result.Check(
      c, start,
      [&](std::int64_t row, std::int64_t k) { return left[row * row_stride + k * depth_stride]; },
      [&](std::int64_t k, std::int64_t column) { return panel[k * panel_stride + column]; });
}

void CheckProduct(const Case& c, bool left_is_transposed) {
  CheckProduct<Residence::kInCache>(c, left_is_transposed);
  CheckProduct<Residence::kInMemory>(c, left_is_transposed);
}

// A left operand of bfloat16, widened on the way.
void CheckWidenedProduct(const Case& c) {
  SCOPED_TRACE(testing::Message() << c.rows << "×" << c.columns << "×" << c.depth << " widened");
  const std::vector<std::uint16_t> left = NearestHalves(Noise(c.rows * c.depth, 1));
  const std::vector<float> panel = Noise(c.depth * c.columns, 2);
  const std::vector<float> start = Noise(c.rows, 3);
  Result result(c);
  Product(c.rows, c.columns, c.depth, Left(left.data(), c.depth, 1), {panel.data(), c.columns},
          FromRow{start}, result.Epilogue());
  result.Check(
      c, start,
      [&](std::int64_t row, std::int64_t k) { return FromBfloat16(left[row * c.depth + k]); },
      [&](std::int64_t k, std::int64_t column) { return panel[k * c.columns + column]; });
}

// Pairs of bfloat16 in both operands: depth counts pairs.
void CheckPairProduct(const Case& c) {
  SCOPED_TRACE(testing::Message() << c.rows << "×" << c.columns << "×" << c.depth << " pairs");
  const std::vector<std::uint16_t> left = NearestHalves(Noise(c.rows * 2 * c.depth, 1));
  const std::vector<std::uint16_t> right = NearestHalves(Noise(2 * c.depth * c.columns, 2));
  std::vector<float> panel(c.depth * c.columns);
  for (std::int64_t k = 0; k < c.depth; ++k) {
    for (std::int64_t column = 0; column < c.columns; ++column) {
      const std::uint32_t lower = right[2 * k * c.columns + column];
      const std::uint32_t upper = right[(2 * k + 1) * c.columns + column];
      panel[k * c.columns + column] = std::bit_cast<float>(lower | upper << 16);
    }
  }
  const std::vector<float> start = Noise(c.rows, 3);
  Result result(c);
  Product(c.rows, c.columns, c.depth, LeftPairs(left.data(), 2 * c.depth),
          {panel.data(), c.columns}, FromRow{start}, result.Epilogue());
  result.Check(
      {c.rows, c.columns, 2 * c.depth}, start,
      [&](std::int64_t row, std::int64_t k) { return FromBfloat16(left[row * 2 * c.depth + k]); },
      [&](std::int64_t k, std::int64_t column) {
        return FromBfloat16(right[k * c.columns + column]);
      });
}

constexpr std::int64_t kSizes[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127};

TEST(Product, EveryRowCount) {
  for (const std::int64_t rows : kSizes) CheckProduct({rows, 19, 13}, false);
}
TEST(Product, EveryColumnCount) {
  for (const std::int64_t columns : kSizes) CheckProduct({13, columns, 7}, false);
  for (std::int64_t columns = 1; columns <= 33; ++columns) CheckProduct({5, columns, 3}, true);
}
TEST(Product, EveryDepth) {
  for (const std::int64_t depth : kSizes) CheckProduct({14, 21, depth}, true);
  CheckProduct({14, 21, 1023}, false);
}
TEST(Product, PairsOfOddSizes) {
  for (const std::int64_t rows : {1, 11, 12, 13, 25}) {
    for (const std::int64_t columns : {1, 15, 16, 17, 47}) {
      for (const std::int64_t depth : {1, 2, 65}) {
        CheckProduct({rows, columns, depth}, false);
        CheckProduct({rows, columns, depth}, true);
      }
    }
  }
}

TEST(Product, WidensEverySize) {
  for (const std::int64_t size : kSizes) {
    CheckWidenedProduct({size, 19, 13});
    CheckWidenedProduct({13, size, 7});
    CheckWidenedProduct({14, 21, size});
  }
}

TEST(Product, MultipliesPairsOfEverySize) {
  if constexpr (!kHasBfloat16Products) return;  // then no program has them
  for (const std::int64_t size : kSizes) {
    CheckPairProduct({size, 19, 13});
    CheckPairProduct({13, size, 7});
    CheckPairProduct({14, 21, size});
  }
}

// An epilogue that takes whole blocks of columns by pairs, the panel's columns being paired.
struct PairSink {
  std::vector<float>& sums;
  std::vector<int>& writes;

  template <class SomeLanes>
  void operator()(std::int64_t i, Vector sum, SomeLanes lanes) const {
    float values[kVectorLanes];
    AllLanes{}.Store(sum, values);
    for (std::int64_t lane = 0; lane < Count(lanes); ++lane) Take(i + lane, values[lane]);
  }
  void operator()(std::int64_t i, const EvenAndOdd& sum) const {
    float even[kVectorLanes];
    float odd[kVectorLanes];
    AllLanes{}.Store(sum.even, even);
    AllLanes{}.Store(sum.odd, odd);
    for (std::int64_t j = 0; j < kVectorLanes; ++j) {
      Take(i + 2 * j, even[j]);
      Take(i + 2 * j + 1, odd[j]);
    }
  }

 private:
  static std::int64_t Count(AllLanes /*lanes*/) { return kVectorLanes; }
  static std::int64_t Count(const FirstLanes& lanes) { return lanes.count(); }
  void Take(std::int64_t i, float value) const {
    sums.at(i) = value;
    ++writes.at(i);
  }
};

TEST(Product, HandsOverPairsOfColumns) {
  constexpr std::int64_t kRows = 7;
  for (const std::int64_t columns : kSizes) {
    const std::vector<float> left = Noise(kRows, 1);
    const std::vector<float> right = Noise(columns, 2);
    std::vector<float> panel(right.size());
    PairColumns(1, columns, right.data(), panel.data());
    std::vector<float> sums(kRows * columns, kNan);
    std::vector<int> writes(sums.size());
    Product(kRows, columns, 1, Left(left.data(), 1, 1), {panel.data(), columns}, FromZero{},
            PairSink{sums, writes});
    for (std::int64_t i = 0; i < kRows * columns; ++i) {
      ASSERT_EQ(sums[i], left[i / columns] * right[i % columns]) << i << " of " << columns;
      ASSERT_EQ(writes[i], 1) << i << " of " << columns;
    }
  }
}

// A NaN in the left operand's row r reaches exactly row r; one in the panel's column c exactly c.
TEST(Product, NanReachesWhatDependsOnIt) {
  constexpr std::int64_t kRows = 14;
  constexpr std::int64_t kColumns = 19;
  constexpr std::int64_t kDepth = 3;
  std::vector<float> left = Noise(kRows * kDepth, 1);
  std::vector<float> panel = Noise(kDepth * kColumns, 2);
  left[5 * kDepth + 1] = kNan;
  panel[2 * kColumns + 17] = std::numeric_limits<float>::infinity();
  std::vector<float> result(kRows * kColumns);
  Product(kRows, kColumns, kDepth, Left(left.data(), kDepth, 1), {panel.data(), kColumns},
          FromZero{},
          [&](std::int64_t i, Vector sum, auto lanes) { lanes.Store(sum, &result[i]); });
  for (std::int64_t row = 0; row < kRows; ++row) {
    for (std::int64_t column = 0; column < kColumns; ++column) {
      EXPECT_EQ(std::isfinite(result[row * kColumns + column]), row != 5 && column != 17);
    }
  }
}

}  // namespace
}  // namespace biasbench::kernel
