// Walks of rows: steps and products componentwise within the bound of single precision, in every
// format, and nothing written that need not be.
#include "kernel/row_walk.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "kernel/bfloat16.h"
#include "kernel/float32.h"
#include "kernel/unstepped_rows.h"
#include "reference/guarded_result.h"
#include "reference/rounding_bound.h"
#include "schedule/sgd.h"
#include "schedule/trained_network.h"
#include "schedule/weight_rows.h"

namespace biasbench::kernel {
namespace {

using reference::Bounded;
using reference::BoundedStep;
using reference::BoundedSum;
using reference::GuardedResult;
using reference::IsWithin;
using schedule::Noise;

constexpr double kRate = 0.25;
constexpr std::int64_t kColumns[] = {1,  2,  3,   15,  16,  17,  31,  32,  33,  34,
                                     63, 64, 127, 128, 129, 255, 256, 258, 290, 785};

struct Sizes {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t old_samples;
  std::int64_t new_samples;
};

// Stores z as it is, and counts what is stored.
struct StoreSums {
  template <class SomeLanes>
  void operator()(std::int64_t i, Vector z, SomeLanes lanes) const {
    lanes.Store(z, sums + i);
  }
  float* sums;
};

struct FromStart {
  Vector Initial(std::int64_t row) const { return hn::Set(kFloat, start[row]); }
  const float* start;
};

// A batch of noise as a format's walks read it, and its values.
template <class X>
struct Batch {
  Batch(std::int64_t samples, std::int64_t columns, random::Seed seed, bool is_paired)
      : values(Noise(samples * columns, seed)), x(values.size()) {
    if constexpr (std::is_same_v<X, float>) {
      x = values;
      if (is_paired) PairColumns(samples, columns, values.data(), x.data());
    } else {
      std::ranges::transform(values, x.begin(), NearestBfloat16);
      std::ranges::transform(x, values.begin(), FromBfloat16);
    }
    walk = {samples, columns, x.data(), true};
  }
  std::vector<float> values;  // (samples, columns), in order
  std::vector<X> x;
  WalkBatch<X> walk;
};

auto Line(const std::vector<float>& values, std::int64_t begin, std::int64_t stride = 1) {
  return [&values, begin, stride](std::int64_t i) { return Bounded{values[begin + i * stride]}; };
}

// Weights in a format: as stored, as numbers, and as walks take them.
struct Floats {
  using Values = FloatValues;
  static constexpr double kUnitInLastPlace = 0;
  static float Widen(float stored) { return stored; }
  static float Stored(float value) { return value; }
  static Values At(float* data) { return {data}; }
};
struct Halves {
  using Values = Bfloat16Values;
  static constexpr double kUnitInLastPlace = 0x1p-7;  // one neighbour or the other
  static float Widen(std::uint16_t stored) { return FromBfloat16(stored); }
  static std::uint16_t Stored(float value) { return NearestBfloat16(value); }
  static Values At(std::uint16_t* data) { return {data, 77}; }
};

template <class Format>
using StoredOf = typename UnsteppedRows<typename Format::Values>::Stored;

template <class Format>
auto RowsOf(StoredOf<Format>* data) {
  const schedule::SgdStep<false> step(schedule::StepSettings(1, kRate), {});
  using Group = schedule::ParameterGroup<typename Format::Values>;
  return schedule::WeightRows(step,
                              Group{Format::At(data), Format::At(nullptr), Format::At(nullptr)});
}

template <class Format, class X>
void CheckWalk(const Sizes& sizes) {
  SCOPED_TRACE(testing::Message() << sizes.rows << " rows of " << sizes.columns << ", "
                                  << sizes.old_samples << " samples, then " << sizes.new_samples);
  const std::int64_t rows = sizes.rows;
  const std::int64_t columns = sizes.columns;
  const std::int64_t old_samples = sizes.old_samples;
  const std::int64_t new_samples = sizes.new_samples;
  std::vector<float> before = Noise(rows * columns, 1);
  std::vector<StoredOf<Format>> weights(before.size());
  std::ranges::transform(before, weights.begin(), Format::Stored);
  std::ranges::transform(weights, before.begin(), Format::Widen);
  const bool is_paired = decltype(RowsOf<Format>(nullptr))::kHasWords && columns % 2 == 0;
  const Batch<X> old_batch(old_samples, columns, 2, is_paired);
  const Batch<X> new_batch(new_samples, columns, 3, is_paired);
  const std::vector<float> delta = Noise(rows * old_samples, 4);
  const std::vector<float> start = Noise(rows, 5);
  GuardedResult sums(rows * new_samples);
  const auto stepped = RowsOf<Format>(weights.data());
  WalkSteps(rows, stepped, old_batch.walk, delta.data(),
            WalkProduct{new_batch.walk, FromStart{start.data()}, StoreSums{sums.data()}});
  std::vector<float> after(weights.size());
  std::ranges::transform(weights, after.begin(), Format::Widen);
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    Bounded expected =
        BoundedStep({before[i]}, {kRate},
                    BoundedSum({}, old_samples, Line(delta, i / columns * old_samples),
                               Line(old_batch.values, i % columns, columns)));
    expected.error += Format::kUnitInLastPlace * expected.magnitude();
    ASSERT_TRUE(IsWithin(after[i], expected)) << i;
  }
  // Of what is stored then: a product with values not yet rounded would not be within this.
  sums.Check("WalkSteps", [&](std::int64_t i) {
    return BoundedSum({start[i / new_samples]}, columns, Line(after, i / new_samples * columns),
                      Line(new_batch.values, i % new_samples * columns));
  });
  // Forward alone gives the same bits; steps alone store the same.
  std::vector<float> again(rows * new_samples);
  WalkForward(rows, stepped.Unstepped(),
              WalkProduct{new_batch.walk, FromStart{start.data()}, StoreSums{again.data()}});
  EXPECT_EQ(std::memcmp(again.data(), sums.data(), again.size() * sizeof(float)), 0);
  std::vector<StoredOf<Format>> alone(before.size());
  std::ranges::transform(before, alone.begin(), Format::Stored);
  WalkSteps(rows, RowsOf<Format>(alone.data()), old_batch.walk, delta.data(), NoProduct{});
  EXPECT_EQ(alone, weights);
}

template <class Format, class X>
void CheckWalks() {
  for (const std::int64_t columns : kColumns) {
    CheckWalk<Format, X>({3, columns, 1, 1});
    CheckWalk<Format, X>({3, columns, 3, 5});
  }
  for (std::int64_t samples = 1; samples <= kVectorLanes; ++samples) {
    CheckWalk<Format, X>({5, 130, samples, 1});
    CheckWalk<Format, X>({5, 131, 1, samples});
  }
}

TEST(RowWalk, StepsAndMultipliesFloats) { CheckWalks<Floats, float>(); }
TEST(RowWalk, StepsAndMultipliesHalvesWidened) { CheckWalks<Halves, float>(); }
TEST(RowWalk, StepsAndMultipliesHalvesByTheProcessor) {
  if constexpr (kHasBfloat16Products) CheckWalks<Halves, std::uint16_t>();
}

// Memory that a write ends the program in.
template <class T>
class ReadOnly {
 public:
  explicit ReadOnly(const std::vector<T>& values) : bytes_(values.size() * sizeof(T)) {
    pages_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memcpy(pages_, values.data(), bytes_);
    mprotect(pages_, bytes_, PROT_READ);
  }
  ~ReadOnly() { munmap(pages_, bytes_); }
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;

  T* data() const { return static_cast<T*>(pages_); }

 private:
  std::size_t bytes_;
  void* pages_;
};

template <class Format>
void CheckNothingWritten() {
  constexpr std::int64_t kSize = 130;
  const std::vector<StoredOf<Format>> values(2 * kSize, Format::Stored(0.5F));
  const ReadOnly<StoredOf<Format>> weights(values);
  const Batch<float> batch(2, kSize, 1, RowsOf<Format>(nullptr).kHasWords);
  const float delta[] = {0.0F, -0.0F, 0.0F, 0.0F};
  const float start[] = {0, 0};
  float sums[4];
  WalkSteps(2, RowsOf<Format>(weights.data()), batch.walk, delta,
            WalkProduct{batch.walk, FromStart{start}, StoreSums{sums}});
  for (std::int64_t n = 0; n < 4; ++n) {
    double expected = 0;
    for (std::int64_t k = 0; k < kSize; ++k) expected += 0.5 * batch.values[n % 2 * kSize + k];
    EXPECT_NEAR(sums[n], expected, 1e-4);
  }
  WalkSteps(2, RowsOf<Format>(weights.data()), batch.walk, delta, NoProduct{});
}

TEST(RowWalk, WritesNoRowThatStaysAsItIs) {
  CheckNothingWritten<Floats>();
  CheckNothingWritten<Halves>();
}

TEST(RowWalk, StepsARowThatSomeSamplesLeaveAsItIs) {
  constexpr std::int64_t kSize = 70;
  std::vector<float> weights(kSize, 1);
  const Batch<float> batch(2, kSize, 1, false);
  const float delta[] = {0, 2};
  WalkSteps(1, RowsOf<Floats>(weights.data()), batch.walk, delta, NoProduct{});
  for (std::int64_t k = 0; k < kSize; ++k) {
    EXPECT_NEAR(weights[k], 1 - kRate * 2 * batch.values[kSize + k], 1e-6);
  }
}

// Zero times infinity: the row must become NaN as the formula says.
TEST(RowWalk, StepsARowOfZeroDeltasWhereInputsAreNotFinite) {
  for (const float value : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
    std::vector<float> weights(40, 1);
    std::vector<float> x(40, 1);
    x[33] = value;
    const float delta = 0;
    WalkSteps(1, RowsOf<Floats>(weights.data()), WalkBatch<float>{1, 40, x.data(), false}, &delta,
              NoProduct{});
    for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_EQ(std::isnan(weights[i]), i == 33);
  }
}

}  // namespace
}  // namespace biasbench::kernel
