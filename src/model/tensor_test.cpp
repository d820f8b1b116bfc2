#include "model/tensor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

constexpr ElementType kFloat{"F32", 1, 4};

TEST(Tensor, CountsElementsAndBytes) {
  EXPECT_EQ(MakeTensor("m", "t", {}, kFloat).bytes, 4);
  EXPECT_EQ(MakeTensor("m", "t", {2, 3}, kFloat).elements, 6);
  EXPECT_EQ(MakeTensor("m", "t", {2, 3}, kFloat).bytes, 24);
  EXPECT_EQ(MakeTensor("m", "t", {64}, {"Q4_0", 32, 18}).bytes, 36);
  EXPECT_EQ(MakeTensor("m", "t", {3}, {"INT4", 2, 1}).bytes, 2);
}

TEST(Tensor, ProductsThatOverflowAreRefused) {
  const std::string expected = ", expected dimensions from 0 up and 2^56 elements at most";
  const auto refusal = [](const std::vector<std::int64_t>& shape) {
    return ErrorOf([&] { MakeTensor("m", "t", shape, kFloat); });
  };
  constexpr std::int64_t k2To32 = std::int64_t{1} << 32;
  EXPECT_EQ(refusal({k2To32, k2To32}), "tensor 't' of 4294967296 x 4294967296 elements" + expected);
  EXPECT_EQ(refusal({k2To32, 1 << 24, 2}),
            "tensor 't' of 4294967296 x 16777216 x 2 elements" + expected);
  EXPECT_EQ(refusal({-1}), "tensor 't' of -1 elements" + expected);
  EXPECT_EQ(MakeTensor("m", "t", {k2To32, 1 << 24}, kFloat).elements, kMaxElements);
  EXPECT_EQ(MakeTensor("m", "t", {k2To32, k2To32, 0}, kFloat).elements, 0);
}

TEST(Tensor, TotalsAreBounded) {
  const Tensor most = MakeTensor("m", "t", {kMaxElements}, kFloat);
  const Tensor one = MakeTensor("m", "u", {1}, kFloat);
  CheckTotal("m", {most});
  EXPECT_EQ(ErrorOf([&] {
              CheckTotal("m", {most, one});
            }),
            "its tensors have more than 2^56 elements together");
}

TEST(Tensor, VectorsHaveOneLongDimension) {
  const auto is_vector = [](const std::vector<std::int64_t>& shape) {
    return IsVector(MakeTensor("m", "t", shape, kFloat));
  };
  EXPECT_TRUE(is_vector({}));
  EXPECT_TRUE(is_vector({5}));
  EXPECT_TRUE(is_vector({1, 5, 1}));
  EXPECT_FALSE(is_vector({5, 2}));
}

TEST(Tensor, ExtentsThatOverlapAreNamed) {
  CheckApart("m", {{8, 16, "b"}, {0, 8, "a"}, {4, 4, "nothing"}});
  EXPECT_EQ(ErrorOf([] {
              CheckApart("m", {{8, 16, "b"}, {0, 9, "a"}});
            }),
            "the data of tensor 'a' and tensor 'b' overlap");
  EXPECT_EQ(ErrorOf([] {
              CheckApart("m", {{0, 8, "a"}, {0, 8, "b"}});
            }),
            "the data of tensor 'a' and tensor 'b' overlap");
}

}  // namespace
}  // namespace biasbench::model
