#include "machine/load.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>
#include <vector>

#include "machine/kernel_file.h"
#include "machine/processors.h"

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// In a tenth of a second two processors have 20 ticks, of which some go to whatever started this
// program.
constexpr auto kSample = std::chrono::milliseconds(100);
constexpr double kBusyShare = 0.1;
constexpr double kStolenShare = 0.02;

std::optional<double> LoadAverage(const fs::path& root) {
  std::istringstream words(ReadKernelFile(root / "proc/loadavg").value_or(""));
  double average = 0;
  if (!(words >> average)) return std::nullopt;
  return average;
}

// "0.9", "2": not more digits than a short sample has.
std::string Count(double processors) { return fmt::format("{:.2g}", processors); }

json OrNull(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

}  // namespace

// "cpu  user nice system idle iowait irq softirq steal …", then a line for each processor.
std::optional<ProcessorTimes> ReadProcessorTimes(const fs::path& root) {
  std::istringstream lines(ReadKernelFile(root / "proc/stat").value_or(""));
  std::optional<ProcessorTimes> times;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("cpu")) continue;
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != "cpu") {
      if (times) ++times->processors;
      continue;
    }
    std::int64_t user = 0;
    std::int64_t nice = 0;
    std::int64_t system = 0;
    std::int64_t idle = 0;
    std::int64_t iowait = 0;
    std::int64_t irq = 0;
    std::int64_t softirq = 0;
    std::int64_t steal = 0;
    if (!(words >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal)) continue;
    times = {.processors = 0,
             .busy = user + nice + system + irq + softirq,
             .idle = idle + iowait,
             .stolen = steal};
  }
  return times;
}

Load MeasureLoad(const std::function<void()>& wait, const fs::path& root) {
  const auto before = ReadProcessorTimes(root);
  wait();
  const auto after = ReadProcessorTimes(root);
  Load load;
  load.masked_processors = ProcessorsOfStartMask();
  load.quota_processors = CpuQuota(root);
  load.load_average = LoadAverage(root);
  if (!before || !after) return load;
  load.processors = after->processors;
  const auto busy = static_cast<double>(after->busy - before->busy);
  const double all = busy + static_cast<double>(after->idle - before->idle) +
                     static_cast<double>(after->stolen - before->stolen);
  if (all > 0) load.busy_processors = std::max(0.0, busy / all) * after->processors;
  const auto wanted = static_cast<double>(after->busy + after->stolen);
  if (wanted > 0) load.stolen_share = static_cast<double>(after->stolen) / wanted;
  return load;
}

Load MeasureLoad() {
  return MeasureLoad([] { std::this_thread::sleep_for(kSample); });
}

std::string Interference(const Load& load) {
  if (load.processors == 0) return "";
  std::vector<std::string> reasons;
  // The average of a minute stands in if the kernel does not count.
  const double busy = load.busy_processors.value_or(load.load_average.value_or(0));
  if (busy > kBusyShare * load.processors) {
    reasons.push_back(fmt::format("other programs keep {} of {} processors busy",
                                  Count(std::min<double>(busy, load.processors)), load.processors));
  }
  if (load.masked_processors < load.processors) {
    reasons.push_back(fmt::format("the affinity mask has {} of {} processors",
                                  load.masked_processors, load.processors));
  }
  if (load.quota_processors < load.processors) {
    reasons.push_back(fmt::format("a CPU quota allows {} of {} processors",
                                  Count(load.quota_processors), load.processors));
  }
  if (load.stolen_share.value_or(0) > kStolenShare) {
    reasons.push_back(fmt::format("the host takes {:.0f} % of the time in which threads would run",
                                  100 * *load.stolen_share));
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

json ToJson(const Load& load) {
  return {{"processors", load.processors > 0 ? json(load.processors) : json(nullptr)},
          {"allowed_processors", std::min<double>(load.masked_processors, load.quota_processors)},
          {"busy_processors", OrNull(load.busy_processors)},
          {"stolen_share", OrNull(load.stolen_share)},
          {"load_average", OrNull(load.load_average)}};
}

}  // namespace biasbench::machine
