// A pair of arrays, of samples and of their labels: IDX or NumPy files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "data/array_file.h"

namespace biasbench::data {

// Both files, each positioned at its first element. Throws Error unless the samples have 2
// dimensions or more, and there is one label for each.
struct ArrayPair {
  ArrayFile samples;
  ArrayFile labels;

  ArrayPair(const std::string& sample_path, const std::string& label_path,
            const std::string& sample_sha256 = {}, const std::string& label_sha256 = {});
};

// Calls `visit` with each of the first `samples` labels and the number of its sample. Throws Error
// for one that is not a whole number.
void VisitLabels(ArrayFile& labels, std::int64_t samples,
                 const std::function<void(std::int64_t, std::int64_t)>& visit);

}  // namespace biasbench::data
