// The exception thrown by readers of model files.
#pragma once

#include <stdexcept>

namespace biasbench::model {

// A model file that cannot be used, in one line that begins with its path.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace biasbench::model
