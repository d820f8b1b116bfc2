#include "data/own_classes.h"

#include <fmt/format.h>

#include "data/dataset.h"

namespace biasbench::data {

std::int64_t ClassesOf(const std::set<std::int32_t>& labels, const std::string& path) {
  const std::int64_t classes = std::int64_t{*labels.rbegin()} + 1;
  std::int32_t expected = 0;
  for (const std::int32_t label : labels) {
    if (label != expected) break;
    ++expected;
  }
  if (expected < classes || classes < 2) {
    throw Error(
        fmt::format("{}: labels up to {}, but no sample of class {}; expected all of "
                    "0 to K-1 for K classes, 2 or more",
                    path, classes - 1, expected));
  }
  return classes;
}

}  // namespace biasbench::data
