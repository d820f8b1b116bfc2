// The load of this machine: how much of its processors other programs and its host leave.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace biasbench::machine {

// The kernel's counters (/proc/stat), in ticks since the start, of all processors together.
struct ProcessorTimes {
  int processors = 0;  // that are online
  std::int64_t busy = 0;
  std::int64_t idle = 0;
  std::int64_t stolen = 0;  // by the host of a virtual machine, from threads that wanted to run
};
std::optional<ProcessorTimes> ReadProcessorTimes(const std::filesystem::path& root = "/");

struct Load {
  int processors = 0;           // that are online; 0 if the kernel does not tell
  int masked_processors = 0;    // in the mask that this program was started with
  double quota_processors = 0;  // that CPU quotas of control groups allow; infinite without
  std::optional<double> busy_processors;  // kept busy while this program waited
  // Of the time in which threads wanted to run, since the start: an idle machine is not robbed, so
  // a sample would not show it.
  std::optional<double> stolen_share;
  std::optional<double> load_average;  // of the last minute
};

// Measures the load between two calls of the kernel's counters, during which `wait` should leave
// the processors alone. `root` is "/" except in tests. Throws as AllowedProcessors() does.
Load MeasureLoad(const std::function<void()>& wait, const std::filesystem::path& root = "/");

// Waits a tenth of a second.
Load MeasureLoad();

// The reasons why times measured now are not those of the whole machine: "other programs keep 0.9
// of 2 processors busy; …". Empty if the machine is free.
std::string Interference(const Load& load);

nlohmann::json ToJson(const Load& load);

}  // namespace biasbench::machine
