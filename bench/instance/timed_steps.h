// Training steps and the time they take.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>

namespace biasbench::bench {

// Processor time used by all threads of this process.
double CpuSeconds();

// Calls `step` `count` times: {"seconds", "cpu_seconds" (of all threads)} of all of them together
// and {"loss"}, what the last one returned.
nlohmann::json TimeSteps(std::int64_t count, const std::function<double()>& step);

// The number of steps to time: at least `wanted`; where `steps_of_block` of them share a pass over
// the weights, whole blocks and at least four.
constexpr std::int64_t StepsToTime(std::int64_t wanted, std::int64_t steps_of_block) {
  if (steps_of_block <= 1) return wanted;
  const std::int64_t blocks = (wanted + steps_of_block - 1) / steps_of_block;
  return (blocks < 4 ? 4 : blocks) * steps_of_block;
}

}  // namespace biasbench::bench
