// A tensor's kind from its name, its shape and its neighbours: safetensors and GGUF say no more.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/kind.h"
#include "model/tensor.h"

namespace biasbench::model {

class KindByName {
 public:
  explicit KindByName(const std::vector<Tensor>& tensors);

  // kOther if it cannot be told.
  Kind Of(const Tensor& tensor) const;

 private:
  // Facts about the tensors of a module, taken together.
  struct Module {
    std::int64_t scales = -1;      // elements of its weight, gamma or scale of one dimension
    std::int64_t biases = -1;      // of its bias, beta or offset
    bool has_wide_weight = false;  // of two dimensions or more
    bool has_running_statistics = false;

    bool IsNorm() const {
      return has_running_statistics || (scales >= 0 && scales == biases && !has_wide_weight);
    }
  };

  std::unordered_map<std::string, Module> modules_;  // by name
};

}  // namespace biasbench::model
