// A tensor of an ONNX model, checked against its data.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/protobuf.h"
#include "model/tensor.h"

namespace biasbench::model {

// Data in files beside the model's.
class OnnxExternalData {
 public:
  // `path` is the model's.
  explicit OnnxExternalData(const std::string& path) : path_(path) {}

  // The place of a tensor's external data, as the file gives it.
  struct Place {
    std::string location;  // a file, relative to the model's folder
    std::string offset;    // decimal; empty: 0
    std::string length;    // decimal; empty: not said
  };
  // Throws Error if the place is not inside a file inside the model's folder.
  void Add(const Tensor& tensor, const Place& place);
  // Throws Error if data overlap that are not the same.
  void CheckApart() const;

 private:
  struct Piece {
    std::int64_t begin;
    std::int64_t end;
    std::string tensor;
  };
  struct File {
    std::int64_t bytes;
    std::vector<Piece> pieces;
  };

  std::string path_;
  std::map<std::string, File> files_;  // by location
};

// Reads a TensorProto. Throws Error if it has less or more data than its shape wants.
Tensor ReadOnnxTensor(HeaderReader& file, Message message, OnnxExternalData& external_data);

}  // namespace biasbench::model
