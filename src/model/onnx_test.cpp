#include "model/onnx.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

std::vector<Tensor> Read(const std::string& contents, std::int64_t hole_bytes = 0) {
  return ReadOnnx(WriteFile(TestPath("model.onnx"), contents, hole_bytes));
}
std::string Refusal(const std::string& contents) {
  return ErrorOf([&] { Read(contents); });
}

std::vector<Tensor> ReadTensors(const std::vector<std::string>& tensors) {
  return Read(OnnxModelOf(OnnxGraphOf({}, tensors)));
}
std::string RefusalOf(const std::string& tensor) {
  return ErrorOf([&] { ReadTensors({tensor}); });
}

std::string ConstantNode(const std::string& output, const std::string& tensor) {
  return OnnxNodeOf("Constant", {}, output, Bytes(5, Bytes(1, "value") + Bytes(5, tensor)));
}

TEST(Onnx, ReadsInitializersWhereverTheirDataStand) {
  const std::string packed_shape = Bytes(1, Varint(2) + Varint(3)) + Number(2, 11) + Bytes(8, "d");
  const std::vector<Tensor> tensors = ReadTensors(
      {OnnxFloats("raw", {2, 3}), OnnxTensor("floats", {2}, 1, Bytes(4, std::string(8, 'x'))),
       OnnxTensor("unpacked", {2}, 1,
                  "\x25"
                  "abcd"
                  "\x25"
                  "abcd"),
       packed_shape + Bytes(10, std::string(48, 'x')),
       OnnxTensor("halves", {3}, 10, Bytes(5, Varint(1) + Varint(300) + Varint(65535))),
       OnnxTensor("axes", {2}, 7, Bytes(7, Varint(1) + Varint(~std::uint64_t{0}))),
       OnnxTensor("axis", {1}, 7, Number(7, 1)),
       OnnxTensor("words", {2}, 8, Bytes(6, "a") + Bytes(6, "")),
       OnnxTensor("nibbles", {3}, 22, Bytes(9, "ab")), OnnxTensor("nothing", {0, 5}, 1, "")});
  ASSERT_EQ(tensors.size(), 10U);
  EXPECT_EQ(tensors[0].name, "raw");
  EXPECT_EQ(tensors[0].shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensors[0].type.name, "FLOAT");
  EXPECT_EQ(tensors[0].bytes, 24);
  EXPECT_EQ(tensors[3].shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensors[3].bytes, 48);
  EXPECT_EQ(tensors[4].bytes, 6);
  EXPECT_EQ(tensors[8].bytes, 2);
  EXPECT_EQ(tensors[9].bytes, 0);
}

TEST(Onnx, ReadsConstantsSubgraphsAndFunctions) {
  const std::string inner =
      OnnxGraphOf({ConstantNode("c", OnnxFloats("", {4}))}, {OnnxFloats("i", {2})});
  const std::string branch = OnnxNodeOf("If", {"x"}, "y",
                                        Bytes(5, Bytes(1, "then_branch") + Bytes(6, inner)) +
                                            Bytes(5, Bytes(1, "several") + Bytes(11, inner)));
  const std::string function = Bytes(1, "f") + Bytes(7, ConstantNode("k", OnnxFloats("", {3})));
  const std::string sparse = Bytes(1, OnnxFloats("s", {5})) + Number(3, 100);
  const std::vector<Tensor> tensors =
      Read(OnnxModelOf(OnnxGraphOf({branch}, {OnnxFloats("o", {1, 9})}) + Bytes(15, sparse)) +
           Bytes(25, function));
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors) names.push_back(tensor.name);
  EXPECT_EQ(names, (std::vector<std::string>{"c", "i", "c", "i", "o", "s", "k"}));
  EXPECT_EQ(tensors[0].elements, 4);
  EXPECT_EQ(tensors[5].elements, 5);
}

// A gibibyte that is not there: only its length is read.
TEST(Onnx, SkipsRawData) {
  constexpr std::int64_t kHole = std::int64_t{1} << 30;
  const std::string tensor = Number(1, kHole / 4) + Number(2, 1) + Bytes(8, "t");
  const std::string raw = Varint(9 << 3 | 2) + Varint(kHole);
  const std::vector<Tensor> tensors =
      Read(OnnxModelOf(Bytes(5, tensor + raw, kHole), kHole), kHole);
  ASSERT_EQ(tensors.size(), 1U);
  EXPECT_EQ(tensors[0].bytes, kHole);
}

TEST(Onnx, RefusesDataThatDoNotFitTheirShape) {
  const auto expected = [](const std::string& what, int bytes) {
    return "truncated or damaged: tensor 't' of " + what + " is given data of " +
           std::to_string(bytes) + " bytes";
  };
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {2}, 1, Bytes(9, "1234"))),
            expected("2 elements of FLOAT", 4));
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {2}, 1, "")), expected("2 elements of FLOAT", 0));
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {2}, 1, Bytes(9, "12345678") + Bytes(4, "1234"))),
            expected("2 elements of FLOAT", 12));
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {5}, 7, Bytes(7, "abcd"))),
            expected("5 elements of INT64", 4));
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {1}, 7, Bytes(7, std::string(11, 'a')))),
            expected("1 elements of INT64", 11));
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {2}, 8, Bytes(6, "a"))), expected("2 elements of STRING", 0));
}

TEST(Onnx, RefusesShapesAndTypesNoFileHas) {
  const std::uint64_t most = std::uint64_t{1} << 63;
  EXPECT_EQ(RefusalOf(Number(1, most) + Number(2, 1) + Bytes(8, "t")),
            "tensor 't' of -9223372036854775808 elements, expected dimensions from 0 up and 2^56 "
            "elements at most");
  EXPECT_EQ(RefusalOf(OnnxTensor("t", std::vector<std::int64_t>(65, 1), 1, "")),
            "a tensor of more than 64 dimensions");
  EXPECT_EQ(RefusalOf(Bytes(1, std::string(65, '\1'))), "damaged: more than 64 numbers at byte 24");
  EXPECT_EQ(RefusalOf(OnnxTensor("t", {1}, 99, "")),
            "tensor 't' is of data type 99, which is not known here");
  EXPECT_EQ(RefusalOf(Bytes(8, std::string(70'000, 'x'))),
            "a name of 70000 bytes at byte 30, expected 65536 at most");
}

TEST(Onnx, RefusesTheSameNameTwice) {
  EXPECT_EQ(ErrorOf([] {
              ReadTensors({OnnxFloats("t", {1}), OnnxFloats("t", {2})});
            }),
            "tensor 't' stands twice in one graph");
  const std::string graph = Bytes(7, OnnxGraphOf({}, {}));
  EXPECT_EQ(Refusal(Number(1, 8) + graph + graph), "it has two graphs, expected one");
  EXPECT_EQ(Refusal(Number(1, 8)), "no ONNX model: it has no graph");
}

TEST(Onnx, RefusesGraphsThatAreNestedTooDeep) {
  const auto nested = [](int depth) {
    std::string graph;
    for (int i = 0; i < depth; ++i) {
      graph = OnnxGraphOf({OnnxNodeOf("If", {}, "y", Bytes(5, Bytes(6, graph)))}, {});
    }
    return Refusal(OnnxModelOf(graph));
  };
  EXPECT_EQ(nested(64), "no error");
  EXPECT_EQ(nested(65), "graphs that are nested more than 64 deep");
}

TEST(Onnx, RefusesBytesThatAreNoProtocolBuffer) {
  EXPECT_EQ(Refusal(Number(1, 8) + Bytes(7, "").substr(0, 1)),
            "truncated or damaged: a number goes on where its message ends");
  EXPECT_EQ(Refusal(Number(1, 8) + Varint(7 << 3 | 2) + Varint(50) + "abc"),
            "truncated or damaged: a field of 50 bytes at byte 2, 3 follow");
  EXPECT_EQ(Refusal(Number(1, 8) + Varint(7 << 3 | 2) + Varint(~std::uint64_t{0})),
            "truncated or damaged: a field of 18446744073709551615 bytes at byte 2, 0 follow");
  EXPECT_EQ(Refusal("\x08" + std::string(10, '\xff') + "\1"),
            "damaged: a number of more than 64 bits at byte 11");
  EXPECT_EQ(Refusal("\x08\x08\x0b"), "damaged, or no protocol buffer: wire type 3 at byte 2");
  EXPECT_EQ(Refusal(std::string("\x08\x08\x00\x00", 4)),
            "damaged, or no protocol buffer: field 0 at byte 2");
  // A message inside another that would go on behind it.
  EXPECT_EQ(Refusal(Number(1, 8) + Bytes(7, Varint(5 << 3 | 2) + Varint(4)) + "abcd"),
            "truncated or damaged: a field of 4 bytes at byte 4, 0 follow");
}

class OnnxExternalDataTest : public testing::Test {
 protected:
  OnnxExternalDataTest() {
    std::filesystem::create_directories(folder_ / "sub");
    WriteFile(folder_ / "sub" / "data", "", 100);
  }

  std::string Refusal(const std::vector<std::string>& places) const {
    return ErrorOf([&] { Read(places); });
  }
  // Tensors of 5 floats each, called a, b, ….
  std::size_t Read(const std::vector<std::string>& places) const {
    std::vector<std::string> tensors;
    for (std::size_t i = 0; i < places.size(); ++i) {
      tensors.push_back(OnnxTensor(std::string(1, static_cast<char>('a' + i)), {5}, 1, places[i]));
    }
    return ReadOnnx(WriteFile(folder_ / "model.onnx", OnnxModelOf(OnnxGraphOf({}, tensors))))
        .size();
  }

  const std::filesystem::path folder_ = TestPath("folder");
};

TEST_F(OnnxExternalDataTest, LieInFilesOfTheModelsFolder) {
  EXPECT_EQ(Read({OnnxExternal("sub/data", "80", "20"), OnnxExternal("sub/data", "", "20"),
                  OnnxExternal("sub/data", "20", ""), OnnxExternal("./sub/data", "20", "")}),
            4U);
  // Equal values may be stored once.
  EXPECT_EQ(Read({OnnxExternal("sub/data", "80", "20"), OnnxExternal("sub/data", "80", "20")}), 2U);
}

TEST_F(OnnxExternalDataTest, RefusesFilesOutsideIt) {
  for (const std::string location : {"/tmp/data", "../data", "sub/../../data", "sub/.."}) {
    EXPECT_EQ(Refusal({OnnxExternal(location, "", "")}),
              "tensor 'a': its data are said to be in '" + location +
                  "', expected a file in the model's folder");
  }
  EXPECT_EQ(Refusal({OnnxExternal("", "", "")}),
            "tensor 'a': its data are said to be in '', expected a file in the model's folder");
  EXPECT_EQ(Refusal({OnnxExternal("sub", "", "")}), "expected a regular file");
  EXPECT_EQ(Refusal({OnnxExternal("other", "", "")}), "No such file or directory");
}

TEST_F(OnnxExternalDataTest, RefusesOffsetsThatLie) {
  EXPECT_EQ(Refusal({OnnxExternal("sub/data", "81", "20")}),
            "tensor 'a': truncated: 20 bytes from byte 81 of sub/data, which has 100");
  EXPECT_EQ(Refusal({OnnxExternal("sub/data", "9223372036854775807", "20")}),
            "tensor 'a': truncated: 20 bytes from byte 9223372036854775807 of sub/data, which has "
            "100");
  EXPECT_EQ(Refusal({OnnxExternal("sub/data", "0", "24")}),
            "tensor 'a': of its data, 20 bytes, offset '0' and length '24' are said");
  for (const std::string offset : {"-1", "x", "1x", " 1", "9223372036854775808"}) {
    EXPECT_EQ(Refusal({OnnxExternal("sub/data", offset, "")}),
              "tensor 'a': of its data, 20 bytes, offset '" + offset + "' and length '' are said");
  }
  EXPECT_EQ(Refusal({OnnxExternal("sub/data", "4", ""), OnnxExternal("sub/data", "", "")}),
            "the data of tensor 'b' and tensor 'a' overlap");
}

}  // namespace
}  // namespace biasbench::model
