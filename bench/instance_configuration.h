// An instance: everything that decides one row's name, the command that repeats it and what its
// process does.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bias/strategies.h"
#include "data/own_data.h"
#include "kernel/optimizer.h"
#include "kernel/schedule.h"
#include "network/configuration.h"
#include "network/trainer.h"

namespace biasbench::bench {

inline constexpr std::string_view kNoise = "noise";

struct InstanceConfiguration {
  network::Configuration network;
  std::string task;                                  // the data fed: a task's name, or kNoise
  std::optional<data::OwnData> own_data;             // where the task is data::kOwn
  std::int64_t max_samples = 0;                      // of the training set; 0: all of them
  std::int64_t max_test_samples = 0;                 // likewise of the test set
  bool centres_inputs = false;                       // convergence and stability only
  std::optional<network::TrainingOptions> training;  // convergence only
};

// A bias sign's name on the command line: kBiasSignNames[static_cast<size_t>(sign)].
inline constexpr auto kBiasSignNames =
    std::to_array<std::string_view>({"right", "wrong", "wrong_hidden", "wrong_output"});

// Names from the command line. Throw std::invalid_argument listing what there is.
kernel::ScheduleKind ParseSchedule(std::string_view name);
kernel::Optimizer ParseOptimizer(std::string_view name);
kernel::WeightFormat ParseWeightFormat(std::string_view name);
kernel::Parametrization ParseParametrization(std::string_view name);
kernel::ActivationKind ParseActivation(std::string_view name);
bias::BiasSign ParseBiasSign(std::string_view name);

// The keys of a result row that say what was run (strategy, schedule, …, hidden, …, epochs, …); the
// instance's process is told the same.
nlohmann::json ToJson(const InstanceConfiguration& configuration);
InstanceConfiguration FromJson(const nlohmann::json& json);

// footprint/<strategy>/<schedule>/<optimizer>/inputs:784/… ; convergence/<task>/<strategy>/…
std::string CanonicalName(std::string_view program, const InstanceConfiguration& configuration);

// The flags that select this row alone.
std::vector<std::string> RepeatFlags(const InstanceConfiguration& configuration);

}  // namespace biasbench::bench
