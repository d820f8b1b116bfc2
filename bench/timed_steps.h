// Training steps and the time they take.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>

namespace biasbench::bench {

// Processor time that all of this process's threads have used.
double CpuSeconds();

// Calls `step` `count` times: {"seconds", "cpu_seconds" (of all threads)} of all of them together
// and {"loss"}, what the last one returned.
nlohmann::json TimeSteps(std::int64_t count, const std::function<double()>& step);

}  // namespace biasbench::bench
