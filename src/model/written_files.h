// Model files for tests and fuzzers' corpora: headers are real, data are holes.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/known_shapes.h"

namespace biasbench::model {

// A path of the running test's own: tests run at the same time.
inline std::string TestPath(const std::string& name) {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return testing::TempDir() + test->test_suite_name() + "." + test->name() + "." + name;
}

// Writes the contents, and behind them a hole.
inline std::string WriteFile(const std::string& path, const std::string& contents,
                             std::int64_t hole_bytes = 0) {
  std::ofstream(path, std::ios::binary) << contents;
  const auto bytes = static_cast<std::int64_t>(contents.size()) + hole_bytes;
  EXPECT_EQ(truncate(path.c_str(), bytes), 0) << path;
  return path;
}

// The message of the Error that `call` throws, behind the path that it begins with; "no error" if
// it throws none.
inline std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    const std::size_t colon = message.find(": ");
    return colon == std::string::npos ? message : message.substr(colon + 2);
  }
  return "no error";
}

template <class Integer>
std::string LittleEndian(Integer value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

// safetensors: the header's length and the header.
inline std::string SafetensorsOf(const std::string& header) {
  return LittleEndian<std::uint64_t>(header.size()) + header;
}

struct WrittenSafetensors {
  std::string contents;
  std::int64_t data_bytes = 0;
};

inline WrittenSafetensors SafetensorsOf(const NamedShapes& tensors) {
  std::string header = R"({"__metadata__":{"format":"pt"})";
  std::int64_t end = 0;
  for (const NamedShape& tensor : tensors) {
    const std::int64_t begin = end;
    std::int64_t elements = 1;
    for (const std::int64_t dimension : tensor.shape) elements *= dimension;
    end += elements * (tensor.type == "I64" ? 8 : 4);
    header += fmt::format(R"(,"{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                          tensor.name, tensor.type, fmt::join(tensor.shape, ","), begin, end);
  }
  return {SafetensorsOf(header + "}"), end};
}

inline std::string WriteSafetensors(const std::string& path, const NamedShapes& tensors) {
  const WrittenSafetensors written = SafetensorsOf(tensors);
  return WriteFile(path, written.contents, written.data_bytes);
}

// Protocol buffers.
inline std::string Varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
inline std::string Number(std::uint32_t field, std::uint64_t value) {
  return Varint(field << 3) + Varint(value);
}
// `hole_bytes` more belong to it, which are not written: it is the last of its message.
inline std::string Bytes(std::uint32_t field, const std::string& bytes,
                         std::int64_t hole_bytes = 0) {
  return Varint(field << 3 | 2) + Varint(bytes.size() + static_cast<std::uint64_t>(hole_bytes)) +
         bytes;
}

// ONNX's messages.
inline std::string OnnxTensor(const std::string& name, const std::vector<std::int64_t>& shape,
                              std::uint64_t type, const std::string& data) {
  std::string message;
  for (const std::int64_t dimension : shape) {
    message += Number(1, static_cast<std::uint64_t>(dimension));
  }
  return message + Number(2, type) + Bytes(8, name) + data;
}
inline std::string OnnxFloats(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::int64_t elements = 1;
  for (const std::int64_t dimension : shape) elements *= dimension;
  return OnnxTensor(name, shape, 1,
                    Bytes(9, std::string(static_cast<std::size_t>(4 * elements), '\0')));
}
inline std::string OnnxExternal(const std::string& location, const std::string& offset,
                                const std::string& length) {
  std::string data;
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) data += Bytes(13, Bytes(1, key) + Bytes(2, value));
  };
  add("location", location);
  add("offset", offset);
  add("length", length);
  return data + Number(14, 1);
}
inline std::string OnnxNodeOf(const std::string& operation, const std::vector<std::string>& inputs,
                              const std::string& output, const std::string& attributes = "") {
  std::string message;
  for (const std::string& input : inputs) message += Bytes(1, input);
  return message + Bytes(2, output) + Bytes(4, operation) + attributes;
}
inline std::string OnnxModelOf(const std::string& graph, std::int64_t hole_bytes = 0) {
  return Number(1, 8) + Bytes(2, "pytorch") + Bytes(7, graph, hole_bytes);
}
inline std::string OnnxGraphOf(const std::vector<std::string>& nodes,
                               const std::vector<std::string>& tensors) {
  std::string message;
  for (const std::string& node : nodes) message += Bytes(1, node);
  message += Bytes(2, "graph");
  for (const std::string& tensor : tensors) message += Bytes(5, tensor);
  return message;
}

}  // namespace biasbench::model
