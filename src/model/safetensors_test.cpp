#include "model/safetensors.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

std::vector<Tensor> Read(const std::string& header, std::int64_t data_bytes) {
  return ReadSafetensors(
      WriteFile(TestPath("model.safetensors"), SafetensorsOf(header), data_bytes));
}

std::string Refusal(const std::string& header, std::int64_t data_bytes = 0) {
  return ErrorOf([&] { Read(header, data_bytes); });
}

// One tensor `t`.
std::string One(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

TEST(Safetensors, ReadsTensorsInTheHeadersOrder) {
  // As the format's own writer pads it, with metadata, a scalar and an empty tensor.
  const std::vector<Tensor> tensors = Read(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[8,20]},)"
      R"("s":{"shape":[],"data_offsets":[0,8],"dtype":"I64"},)"
      R"("e":{"dtype":"F32","shape":[0,7],"data_offsets":[20,20]}}    )",
      20);
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors[0].name, "b");
  EXPECT_EQ(tensors[0].shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensors[0].type.name, "BF16");
  EXPECT_EQ(tensors[0].bytes, 12);
  EXPECT_EQ(tensors[1].elements, 1);
  EXPECT_TRUE(tensors[1].type.is_integer);
  EXPECT_EQ(tensors[2].elements, 0);
}

TEST(Safetensors, ReadsElementsOfLessThanAByte) {
  EXPECT_EQ(Read(One("F4", "[4]", "[0,2]"), 2)[0].bytes, 2);
  EXPECT_EQ(Read(One("F6_E2M3", "[8]", "[0,6]"), 6)[0].bytes, 6);
  EXPECT_EQ(Refusal(One("F4", "[3]", "[0,2]"), 2),
            "tensor 't' of 3 elements of F4 is given 2 bytes, expected 2");
}

TEST(Safetensors, RefusesHeadersBeyondTheFile) {
  const auto refusal = [](const std::string& contents) {
    return ErrorOf([&] { ReadSafetensors(WriteFile(TestPath("model.safetensors"), contents)); });
  };
  EXPECT_EQ(refusal("abc"), "truncated: 1 bytes are announced at byte 3, 0 follow");
  EXPECT_EQ(refusal(LittleEndian<std::uint64_t>(100) + "{}"),
            "truncated: 100 bytes are announced at byte 8, 2 follow");
  EXPECT_EQ(refusal(LittleEndian(std::uint64_t{1} << 63) + "{}"),
            "announces a safetensors header of 9223372036854775808 bytes, expected 100000000 at "
            "most");
}

TEST(Safetensors, RefusesOffsetsThatLie) {
  EXPECT_EQ(Refusal(One("F32", "[2]", "[0,8]"), 4),
            "truncated or damaged: tensor 't' lies from byte 0 to byte 8 of 4 bytes of data");
  EXPECT_EQ(Refusal(One("F32", "[2]", "[8,0]"), 8),
            "truncated or damaged: tensor 't' lies from byte 8 to byte 0 of 8 bytes of data");
  EXPECT_EQ(Refusal(One("F32", "[2]", "[0,4]"), 4),
            "tensor 't' of 2 elements of F32 is given 4 bytes, expected 8");
  EXPECT_EQ(Refusal(One("F32", "[2]", "[4,12]"), 12),
            "its tensors take 8 of 12 bytes of data, expected all of them");
  EXPECT_EQ(Refusal("{}", 5), "its tensors take 0 of 5 bytes of data, expected all of them");
  EXPECT_EQ(Refusal(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                    R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
                    6),
            "the data of tensor 'a' and tensor 'b' overlap");
}

TEST(Safetensors, RefusesNumbersNoFileHas) {
  EXPECT_EQ(Refusal(One("F32", "[9223372036854775808]", "[0,0]")),
            "tensor 't': its dimensions are more or larger than any file's");
  EXPECT_EQ(Refusal(One("F32", "[4294967296,4294967296]", "[0,0]")),
            "tensor 't' of 4294967296 x 4294967296 elements, expected dimensions from 0 up and "
            "2^56 elements at most");
  EXPECT_EQ(Refusal(One("F32", "[1]", "[0,18446744073709551615]")),
            "tensor 't': its data_offsets are more or larger than any file's");
  std::string ones = "[1";
  for (int i = 0; i < 64; ++i) ones += ",1";
  EXPECT_EQ(Refusal(One("F32", ones + "]", "[0,4]"), 4),
            "tensor 't': its dimensions are more or larger than any file's");
}

TEST(Safetensors, RefusesWhatIsNoSuchHeader) {
  const std::string expected =
      "tensor 't' is not as safetensors has it, an object of dtype, shape (whole numbers) and "
      "data_offsets (two)";
  for (const std::string& header :
       {One("F32", "[-1]", "[0,4]"), One("F32", "[1.5]", "[0,4]"), One("F32", "[[1]]", "[0,4]"),
        One("F32", "{}", "[0,4]"), One("F32", "1", "[0,4]"), One("F32", "[1]", "[0]"),
        One("F32", "[1]", R"(["0","4"])"), std::string(R"({"t":[]})"), std::string(R"({"t":{}})"),
        std::string(R"({"t":3})"), std::string(R"({"t":{"dtype":5}})"),
        std::string(R"({"t":{"other":"F32"}})"), std::string(R"({"t":{"dtype":"F32"}})")}) {
    EXPECT_EQ(Refusal(header, 4), expected) << header;
  }
  EXPECT_EQ(Refusal("[]"), "its header is no JSON object");
  EXPECT_EQ(Refusal("3"), "its header is no JSON object");
  EXPECT_EQ(Refusal(One("F33", "[1]", "[0,4]"), 4),
            "tensor 't' is of dtype 'F33', which is not known here");
  EXPECT_EQ(Refusal(R"({"t":1,"t":2})"), expected);
  EXPECT_EQ(Refusal(R"({"__metadata__":{},"__metadata__":{}})"),
            "the key '__metadata__' stands twice in one object");
}

}  // namespace
}  // namespace biasbench::model
