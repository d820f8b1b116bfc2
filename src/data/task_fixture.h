// The shape and the classes that tests expect of a task's data.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>

#include "data/dataset.h"
#include "data/task.h"

namespace biasbench::data {

inline std::map<std::int32_t, int> ClassCounts(const Dataset& dataset) {
  std::map<std::int32_t, int> counts;
  for (const std::int32_t label : dataset.labels.span()) ++counts[label];
  return counts;
}

// Sizes of a data set's buffers follow from its shape.
inline void ExpectShape(const Dataset& dataset, const TaskDescription& description) {
  EXPECT_EQ(dataset.inputs, description.inputs);
  EXPECT_EQ(dataset.outputs, description.outputs);
  EXPECT_EQ(dataset.is_classification(), description.is_classification);
  EXPECT_EQ(dataset.values.size() + dataset.bytes.size(), dataset.samples * dataset.inputs);
  EXPECT_TRUE(dataset.values.empty() || dataset.bytes.empty());
  EXPECT_EQ(dataset.labels.size(), description.is_classification ? dataset.samples : 0);
  EXPECT_EQ(dataset.targets.size(),
            description.is_classification ? 0 : dataset.samples * dataset.outputs);
  for (const std::int32_t label : dataset.labels.span()) {
    ASSERT_GE(label, 0);
    ASSERT_LT(label, dataset.outputs);
  }
}

}  // namespace biasbench::data
