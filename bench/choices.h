// What can be chosen by name on a command line: strategies, schedules, optimizers and tasks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/instance_configuration.h"

namespace biasbench::bench {

// Lists by comma; `all` stands for everything there is. Throw std::invalid_argument naming what is
// unknown and listing what there is; for a task also if its data is not installed.
std::vector<bias::Selection> ParseStrategies(std::string_view list);
std::vector<kernel::ScheduleKind> ParseSchedules(std::string_view list);
std::vector<kernel::Optimizer> ParseOptimizers(std::string_view list);
std::vector<kernel::WeightFormat> ParseWeightFormats(std::string_view list);
std::vector<kernel::Parametrization> ParseParametrizations(std::string_view list);
std::vector<kernel::ActivationKind> ParseActivations(std::string_view list);
std::vector<std::string> ParseTasks(std::string_view list);

// All of them, each with what it means in one line.
std::string ListOfChoices();

}  // namespace biasbench::bench
