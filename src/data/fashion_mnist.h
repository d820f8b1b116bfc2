// Fashion-MNIST (Xiao, Rasul and Vollgraf, arXiv 1708.07747): photographs of clothes, 28x28 pixels.
#pragma once

#include <cstdint>
#include <string>

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

// The folder of the four files of Debian's package dataset-fashion-mnist.
inline constexpr char kFashionMnistDirectory[] = "/usr/share/datasets/fashion-mnist";

// True if all four files exist.
bool IsFashionMnistInstalled(const std::string& directory = kFashionMnistDirectory);

// 784 pixels -> 10 classes; 60,000 training and 10,000 test images, whose checksums are verified.
// Pixels stay bytes, 255 being worth 1. Throws Error, naming the package if a file is missing.
Task FashionMnist(memory::Ledger& ledger, std::int64_t max_samples,
                  const std::string& directory = kFashionMnistDirectory);

}  // namespace biasbench::data
