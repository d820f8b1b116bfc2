#include "bench/choices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "bench/flag_values.h"
#include "data/own_data.h"
#include "data/task.h"

namespace biasbench::bench {
namespace {

constexpr std::string_view kAll = "all";

// Parses the parts of a list; `all` becomes everything that `all` returns.
template <class All, class Parse>
auto ParseList(std::string_view list, const All& all, const Parse& parse) {
  decltype(all()) chosen;
  for (const std::string& part : SplitList(list)) {
    if (part == kAll) {
      const auto everything = all();
      chosen.insert(chosen.end(), everything.begin(), everything.end());
    } else {
      chosen.push_back(parse(part));
    }
  }
  return chosen;
}

// 0 … count − 1 as values of an enumeration.
template <class Enumeration>
std::vector<Enumeration> Everything(std::size_t count) {
  std::vector<Enumeration> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<Enumeration>(i));
  return values;
}

std::string CheckedTask(std::string_view name) {
  const data::TaskDescription& task = data::FindTask(name);  // throws for what is unknown
  if (!data::IsInstalled(name)) {
    throw std::invalid_argument(
        fmt::format("the data of {} is not installed (a package of the system has it)", name));
  }
  return std::string(task.name);
}

std::vector<std::string> InstalledTasks() {
  std::vector<std::string> names;
  for (const data::TaskDescription& task : data::Tasks()) {
    if (data::IsInstalled(task.name)) names.emplace_back(task.name);
  }
  return names;
}

std::string Entry(std::string_view name, std::string_view meaning) {
  return fmt::format("  {:<20} {}\n", name, meaning);
}

}  // namespace

std::vector<bias::Selection> ParseStrategies(std::string_view list) {
  return ParseList(list, bias::AllSelections, bias::ParseSelection);
}

std::vector<kernel::ScheduleKind> ParseSchedules(std::string_view list) {
  return ParseList(
      list, [] { return Everything<kernel::ScheduleKind>(kernel::kSchedules.size()); },
      ParseSchedule);
}

std::vector<kernel::Optimizer> ParseOptimizers(std::string_view list) {
  return ParseList(
      list, [] { return Everything<kernel::Optimizer>(kernel::kOptimizers.size()); },
      ParseOptimizer);
}

std::vector<kernel::WeightFormat> ParseWeightFormats(std::string_view list) {
  return ParseList(
      list, [] { return Everything<kernel::WeightFormat>(kernel::kWeightFormatNames.size()); },
      ParseWeightFormat);
}

std::vector<kernel::Parametrization> ParseParametrizations(std::string_view list) {
  return ParseList(
      list,
      [] { return Everything<kernel::Parametrization>(kernel::kParametrizationNames.size()); },
      ParseParametrization);
}

std::vector<kernel::ActivationKind> ParseActivations(std::string_view list) {
  return ParseList(
      list, [] { return Everything<kernel::ActivationKind>(kernel::kActivationNames.size()); },
      ParseActivation);
}

std::vector<std::string> ParseTasks(std::string_view list) {
  return ParseList(list, InstalledTasks, CheckedTask);
}

std::string ListOfChoices() {
  std::string text = "strategies (--strategies=), families with the values that all stands for:\n";
  for (const bias::Strategy& strategy : bias::Strategies()) {
    const std::string name = strategy.values.empty() ? std::string(strategy.name)
                                                     : fmt::format("{}={}", strategy.name,
                                                                   fmt::join(strategy.values, "|"));
    text += Entry(name, strategy.answers);
  }
  text += "schedules (--schedules=):\n";
  for (const auto& schedule : kernel::kSchedules) text += Entry(schedule.name, schedule.summary);
  text += "optimizers (--optimizers=):\n";
  for (const auto& optimizer : kernel::kOptimizers) {
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
