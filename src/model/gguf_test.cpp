#include "model/gguf.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

std::string U32(std::uint32_t value) { return LittleEndian(value); }
std::string U64(std::uint64_t value) { return LittleEndian(value); }
std::string Text(const std::string& text) { return U64(text.size()) + text; }
std::string Key(const std::string& key, std::uint32_t type, const std::string& value) {
  return Text(key) + U32(type) + value;
}
std::string Info(const std::string& name, const std::vector<std::uint64_t>& dimensions,
                 std::uint32_t type, std::uint64_t offset) {
  std::string info = Text(name) + U32(static_cast<std::uint32_t>(dimensions.size()));
  for (const std::uint64_t dimension : dimensions) info += U64(dimension);
  return info + U32(type) + U64(offset);
}

struct Parts {
  std::vector<std::string> keys = {};
  std::vector<std::string> tensors = {};
  std::int64_t data_bytes = 0;
  std::size_t alignment = 32;
  std::uint32_t version = 3;
};

std::vector<Tensor> Read(const Parts& parts) {
  std::string contents =
      "GGUF" + U32(parts.version) + U64(parts.tensors.size()) + U64(parts.keys.size());
  for (const std::string& key : parts.keys) contents += key;
  for (const std::string& tensor : parts.tensors) contents += tensor;
  contents.resize((contents.size() + parts.alignment - 1) / parts.alignment * parts.alignment);
  return ReadGguf(WriteFile(TestPath("model.gguf"), contents, parts.data_bytes));
}

std::string Refusal(const Parts& parts) {
  return ErrorOf([&] { Read(parts); });
}

TEST(Gguf, ReadsTensorsBehindAnyMetadata) {
  const std::vector<Tensor> tensors =
      Read({.keys = {Key("general.architecture", 8, Text("gpt2")), Key("a.flag", 7, "\x01"),
                     Key("tokens", 9, U32(8) + U64(2) + Text("a") + Text("")),
                     Key("scores", 9, U32(6) + U64(3) + std::string(12, 'x')),
                     Key("nested", 9, U32(9) + U64(2) + U32(0) + U64(1) + "x" + U32(8) + U64(0)),
                     Key("real", 12, std::string(8, 'x'))},
            .tensors = {Info("w", {64, 3}, 2, 0), Info("b", {3}, 0, 128)},
            .data_bytes = 140});
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0].shape, (std::vector<std::int64_t>{3, 64}));  // the contiguous one is last
  EXPECT_EQ(tensors[0].type.name, "Q4_0");
  EXPECT_EQ(tensors[0].bytes, 3 * 2 * 18);
  EXPECT_EQ(tensors[1].bytes, 12);
}

TEST(Gguf, DataBeginAtAMultipleOfTheAlignment) {
  const std::string alignment = Key("general.alignment", 4, U32(256));
  const std::string tensor = Info("b", {3}, 0, 256);
  EXPECT_EQ(Read({{alignment}, {tensor}, 256 + 12, 256})[0].bytes, 12);
  EXPECT_EQ(Refusal({{alignment}, {tensor}, 256 + 11, 256}),
            "truncated: tensor 'b' takes 12 bytes from byte 256 of 267 bytes of data");
  EXPECT_EQ(Refusal({{alignment}, {Info("b", {3}, 0, 32)}, 500, 256}),
            "tensor 'b' lies at byte 32 of the data, expected a multiple of 256");
  for (const std::string& value : {U32(0), U32(48), U32(1U << 31)}) {
    EXPECT_EQ(Refusal({.keys = {Key("general.alignment", 4, value)}}),
              "general.alignment: expected a power of two up to 1073741824, uint32");
  }
  EXPECT_EQ(Refusal({.keys = {Key("general.alignment", 10, U64(32))}}),
            "general.alignment: expected a power of two up to 1073741824, uint32");
}

TEST(Gguf, RefusesOtherVersions) {
  EXPECT_EQ(Refusal({.version = 1}), "GGUF version 1, expected 2 or 3");
  EXPECT_EQ(Refusal({.version = 0x0300'0000}),
            "big-endian GGUF, expected little-endian: convert it by gguf-py's gguf_convert_endian");
  EXPECT_EQ(Refusal({.version = 2}), "no error");
}

TEST(Gguf, RefusesAPartOfAModel) {
  EXPECT_EQ(Refusal({.keys = {Key("split.count", 2, LittleEndian<std::uint16_t>(3))}}),
            "one of 3 parts of a model, expected all of it: join them by llama-gguf-split --merge");
  EXPECT_EQ(Refusal({.keys = {Key("split.count", 2, LittleEndian<std::uint16_t>(1))}}), "no error");
}

TEST(Gguf, RefusesCountsBeyondTheFile) {
  const auto refusal = [](std::uint64_t tensors, std::uint64_t keys) {
    return ErrorOf([&] {
      ReadGguf(WriteFile(TestPath("model.gguf"), "GGUF" + U32(3) + U64(tensors) + U64(keys), 24));
    });
  };
  EXPECT_EQ(refusal(3, 0), "truncated: 3 tensors and 0 keys are announced, 24 bytes follow");
  EXPECT_EQ(refusal(0, std::uint64_t{1} << 63),
            "truncated: 0 tensors and 9223372036854775808 keys are announced, 24 bytes follow");
  EXPECT_EQ(Refusal({.keys = {Key("k", 9, U32(4) + U64(std::uint64_t{1} << 63))}}),
            "truncated: 18446744073709551615 bytes are announced at byte 49, 15 follow");
  EXPECT_EQ(Refusal({.keys = {Key("k", 9, U32(8) + U64(9))}}),
            "truncated: 72 bytes are announced at byte 49, 15 follow");
  EXPECT_EQ(Refusal({.keys = {U64(60) + "k"}}),
            "truncated: 60 bytes are announced at byte 32, 32 follow");
}

TEST(Gguf, RefusesWhatStandsTwiceOrOverlaps) {
  EXPECT_EQ(Refusal({.keys = {Key("k", 0, "x"), Key("k", 0, "x")}}),
            "the key 'k' stands twice in it");
  const std::string tensor = Info("t", {8}, 0, 0);
  EXPECT_EQ(Refusal({.tensors = {tensor, tensor}, .data_bytes = 64}),
            "tensor 't' stands twice in it");
  EXPECT_EQ(Refusal({.tensors = {tensor, Info("u", {16}, 0, 0)}, .data_bytes = 64}),
            "the data of tensor 't' and tensor 'u' overlap");
}

TEST(Gguf, RefusesTensorsThatLie) {
  const auto refusal = [](const std::string& tensor) {
    return Refusal({.tensors = {tensor}, .data_bytes = 64});
  };
  EXPECT_EQ(refusal(Info("t", {std::uint64_t{1} << 63}, 0, 0)),
            "tensor 't' of -9223372036854775808 elements, expected dimensions from 0 up and 2^56 "
            "elements at most");
  EXPECT_EQ(refusal(Info("t", {17}, 0, 0)),
            "truncated: tensor 't' takes 68 bytes from byte 0 of 64 bytes of data");
  EXPECT_EQ(refusal(Info("t", {1}, 0, ~std::uint64_t{31})),
            "truncated: tensor 't' takes 4 bytes from byte 18446744073709551584 of 64 bytes of "
            "data");
  EXPECT_EQ(refusal(Info("t", {33}, 2, 0)),
            "tensor 't': rows of 33 elements, expected whole blocks of 32 (Q4_0)");
  EXPECT_EQ(refusal(Info("t", {1}, 4, 0)), "tensor 't' is of GGML type 4, which is not known here");
  EXPECT_EQ(refusal(Info("t", std::vector<std::uint64_t>(65, 1), 0, 0)),
            "tensor 't' has 65 dimensions, expected 64 at most");
  EXPECT_EQ(refusal(Info("", {1}, 0, 0)), "a tensor's name of 0 bytes, expected 1 to 65535");
}

TEST(Gguf, RefusesMetadataThatLie) {
  EXPECT_EQ(Refusal({.keys = {Key("k", 13, "")}}), "the key 'k' is of type 13, expected 0 to 12");
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += U32(9) + U64(1);
  EXPECT_EQ(Refusal({.keys = {Key("k", 9, nested)}}),
            "the key 'k' holds arrays nested more than 8 deep");
}

}  // namespace
}  // namespace biasbench::model
