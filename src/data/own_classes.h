// Which labels the reader's own data may have; own_data.h says it in words.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace biasbench::data {

// How many classes the training labels are of. Throws Error, naming their file, unless they are
// 0 … K − 1 for a K of 2 or more. There is at least one.
std::int64_t ClassesOf(const std::set<std::int32_t>& labels, const std::string& path);

}  // namespace biasbench::data
