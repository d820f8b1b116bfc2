#include "model/model_file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

using namespace std::string_literals;

std::string Refusal(const std::string& contents) {
  return ErrorOf([&] { ReadModelFile(WriteFile(TestPath("model"), contents)); });
}

// The formats themselves are read in known_models_test.cpp.
TEST(ModelFile, NamesWhatIsNotReadAndWhatToConvertItTo) {
  const std::string zip = "PK\x03\x04" + std::string(26, '\0');
  const std::string pytorch =
      ", expected safetensors, GGUF or ONNX: in Python, save it by "
      "safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")";
  const std::string keras =
      ", expected safetensors, GGUF or ONNX: in Python, save it by model.export(\"model.onnx\", "
      "format=\"onnx\"), or convert it by tf2onnx";
  EXPECT_EQ(Refusal(zip + "archive/data.pkl"), "a PyTorch file (pickle in zip)" + pytorch);
  EXPECT_EQ(Refusal("\x80\x02\x8a\x0al\xfc"),
            "a Python pickle, as older PyTorch writes it" + pytorch);
  EXPECT_EQ(Refusal(zip + "metadata.json"), "a Keras file (zip)" + keras);
  EXPECT_EQ(Refusal("\x89HDF\r\n\x1a\n"), "HDF5, as Keras writes it" + keras);
  EXPECT_EQ(Refusal(zip + "other"),
            "a zip archive, expected safetensors, GGUF or ONNX: take the model file out of it");
  EXPECT_EQ(Refusal("\x1c\0\0\0TFL3"s),
            "TensorFlow Lite, expected safetensors, GGUF or ONNX: convert it to ONNX by tf2onnx "
            "--tflite");
  EXPECT_EQ(Refusal("<!DOCTYPE html>"),
            "a web page (HTML), expected safetensors, GGUF or ONNX: an error page may have been "
            "downloaded in its place");
  EXPECT_EQ(Refusal("version https://git-lfs.github.com/spec/v1"),
            "a Git LFS pointer, expected safetensors, GGUF or ONNX: download the file that it "
            "stands for");
  const std::string unknown =
      ", expected safetensors, GGUF or ONNX: convert the model to one of them";
  EXPECT_EQ(Refusal("hello"), "a file of an unknown kind" + unknown);
  EXPECT_EQ(Refusal(""), "an empty file" + unknown);
}

TEST(ModelFile, LiesAreTakenForTheFormatThatTheyBeginWith) {
  EXPECT_EQ(Refusal("GGUF"), "truncated: 1 bytes are announced at byte 4, 0 follow");
  EXPECT_EQ(Refusal(LittleEndian(std::uint64_t{1} << 63) + "{}"),
            "announces a safetensors header of 9223372036854775808 bytes, expected 100000000 at "
            "most");
  EXPECT_EQ(Refusal("{\"a\": {}}"),
            "no index of safetensors files: expected an object weight_map of tensors and files");
  EXPECT_EQ(Refusal("\x08\x08"), "no ONNX model: it has no graph");
  EXPECT_EQ(Refusal(SafetensorsOf("{}")), "it holds no tensors");
}

TEST(ModelFile, TenGigabytesTakeMilliseconds) {
  constexpr std::int64_t kRows = 2'500'000;
  const std::string path = WriteSafetensors(TestPath("model"), {{"fc.weight", {kRows, 1000}}});
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(ReadModelFile(path).tensors[0].bytes, 10'000'000'000);
  // It takes less than one; reading the hole takes seconds.
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace biasbench::model
