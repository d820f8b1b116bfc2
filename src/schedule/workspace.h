// A layout of arrays of floats in one buffer, each on cache lines of its own.
#pragma once

#include <cstdint>

#include "kernel/lanes.h"
#include "schedule/memory_sum.h"

namespace biasbench::schedule {

class Workspace {
 public:
  // The offset of a new array of rows · columns floats, after those reserved before.
  std::int64_t Reserve(std::int64_t rows, std::int64_t columns) {
    const std::int64_t begin = size_;
    size_ += (MemorySum::Multiply({rows, columns}) + kernel::kLineFloats - 1) /
             kernel::kLineFloats * kernel::kLineFloats;
    return begin;
  }
  // The number of floats in all arrays.
  std::int64_t size() const { return size_; }

 private:
  std::int64_t size_ = 0;
};

}  // namespace biasbench::schedule
