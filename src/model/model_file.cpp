#include "model/model_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "model/error.h"
#include "model/gguf.h"
#include "model/header_reader.h"
#include "model/onnx.h"
#include "model/safetensors.h"
#include "model/safetensors_index.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

using namespace std::string_view_literals;

// Formats that are not read, the bytes they begin with, and what to do about it.
struct Refused {
  std::string_view bytes;
  std::string_view format;
  std::string_view advice;
};
constexpr std::string_view kFromPyTorch =
    "in Python, save it by safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")";
constexpr std::string_view kFromKeras =
    "in Python, save it by model.export(\"model.onnx\", format=\"onnx\"), or convert it by tf2onnx";
constexpr std::string_view kUnpack = "take the model file out of it";
constexpr auto kRefused = std::to_array<Refused>({
    {"\x89HDF\r\n\x1a\n"sv, "HDF5, as Keras writes it", kFromKeras},
    {"\x1f\x8b"sv, "gzip", kUnpack},
    {"7z\xBC\xAF"sv, "a 7z archive", kUnpack},
    {"\x93NUMPY"sv, "a NumPy array", "save all arrays of the model as safetensors"},
    {"ggjt"sv, "GGML, older than GGUF", "convert it to GGUF by llama.cpp"},
    {"tjgg"sv, "GGML, older than GGUF", "convert it to GGUF by llama.cpp"},
    {"lmgg"sv, "GGML, older than GGUF", "convert it to GGUF by llama.cpp"},
    {"\x08\x01\x12"sv, "a SavedModel of TensorFlow", "convert it to ONNX by tf2onnx"},
    {"version https://git-lfs"sv, "a Git LFS pointer", "download the file that it stands for"},
});
constexpr auto kMarkup = std::to_array<std::string_view>({"<!doctype html", "<html", "<head"});
constexpr std::int64_t kPeekBytes = 512;

[[noreturn]] void Refuse(const HeaderReader& file, std::string_view format,
                         std::string_view advice) {
  file.Fail(fmt::format("{}, expected safetensors, GGUF or ONNX: {}", format, advice));
}

// Zip archives are told apart by the name of their first file, which stands behind 30 bytes.
[[noreturn]] void RefuseZip(const HeaderReader& file, std::string_view begin) {
  const std::string_view name = begin.substr(std::min<std::size_t>(30, begin.size()));
  if (name.find("data.pkl") < 64) Refuse(file, "a PyTorch file (pickle in zip)", kFromPyTorch);
  if (name.starts_with("metadata.json") || name.starts_with("config.json")) {
    Refuse(file, "a Keras file (zip)", kFromKeras);
  }
  Refuse(file, "a zip archive", kUnpack);
}

void RefuseKnown(const HeaderReader& file, std::string_view begin) {
  for (const Refused& refused : kRefused) {
    if (begin.starts_with(refused.bytes)) Refuse(file, refused.format, refused.advice);
  }
  if (begin.starts_with("PK\x03\x04")) RefuseZip(file, begin);
  // Pickle's protocols 2 to 5.
  if (begin.size() > 1 && begin[0] == '\x80' && begin[1] >= 2 && begin[1] <= 5) {
    Refuse(file, "a Python pickle, as older PyTorch writes it", kFromPyTorch);
  }
  if (begin.substr(std::min<std::size_t>(4, begin.size())).starts_with("TFL3")) {
    Refuse(file, "TensorFlow Lite", "convert it to ONNX by tf2onnx --tflite");
  }
  std::string lower(begin.substr(0, 32));
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const std::string_view tag : kMarkup) {
    if (lower.starts_with(tag)) {
      Refuse(file, "a web page (HTML)", "an error page may have been downloaded in its place");
    }
  }
}

// Text that opens an object. The length that safetensors begin with has zeros in it.
bool IsJson(std::string_view begin) {
  const std::size_t first = begin.find_first_not_of(" \t\r\n");
  return first < begin.size() && begin[first] == '{' &&
         begin.substr(0, 8).find('\0') == std::string_view::npos;
}

ModelFile Read(const std::string& path) {
  HeaderReader file(path);
  const std::string begin = file.Peek(kPeekBytes);
  RefuseKnown(file, begin);
  if (begin.starts_with("GGUF")) return {"GGUF", ReadGguf(path)};
  if (IsJson(begin)) return {"safetensors index", ReadSafetensorsIndex(path)};
  if (begin.size() > 8 && begin[8] == '{') return {"safetensors", ReadSafetensors(path)};
  // ir_version, ONNX's first field.
  if (begin.starts_with('\x08')) return {"ONNX", ReadOnnx(path)};
  Refuse(file, begin.empty() ? "an empty file" : "a file of an unknown kind",
         "convert the model to one of them");
}

}  // namespace

ModelFile ReadModelFile(const std::string& path) {
  ModelFile model = Read(path);
  const std::string shown = text::PathExcerpt(path);
  if (model.tensors.empty()) throw Error(fmt::format("{}: it holds no tensors", shown));
  CheckTotal(shown, model.tensors);
  return model;
}

}  // namespace biasbench::model
