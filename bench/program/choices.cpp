#include "bench/program/choices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bias/strategies.h"
#include "data/own_data.h"
#include "data/task.h"
#include "schedule/optimizer.h"
#include "schedule/schedules.h"

namespace biasbench::bench {
namespace {

std::string Entry(std::string_view name, std::string_view meaning) {
  return fmt::format("  {:<20} {}\n", name, meaning);
}

}  // namespace

std::string ListOfChoices() {
  std::string text = "strategies (--strategies=), families with the values that all stands for:\n";
  for (const bias::Strategy& strategy : bias::Strategies()) {
    const std::string name = strategy.values.empty() ? std::string(strategy.name)
                                                     : fmt::format("{}={}", strategy.name,
                                                                   fmt::join(strategy.values, "|"));
    text += Entry(name, strategy.summary);
  }
  text += "schedules (--schedules=):\n";
  for (const auto* schedule : schedule::kSchedules) {
    text += Entry(schedule->name, schedule->summary);
  }
  text += "optimizers (--optimizers=):\n";
  for (const auto& optimizer : schedule::kOptimizers) {
    text += Entry(optimizer.name, fmt::format("{} float{} of state for each parameter",
                                              optimizer.states, optimizer.states == 1 ? "" : "s"));
  }
  text += "tasks (--task=):\n";
  for (const data::TaskDescription& task : data::Tasks()) {
    text += Entry(task.name, fmt::format("{}{}", task.summary,
                                         data::IsInstalled(task.name) ? "" : " (not installed)"));
  }
  text += Entry(data::kOwn, "your own CSV or IDX files: --train= and --test= instead of --task=");
  return text;
}

}  // namespace biasbench::bench
