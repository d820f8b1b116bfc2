// From what was typed to the instances that a program runs: the lists of the command line,
// combined.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/instance_configuration.h"
#include "bench/own_data_flags.h"

namespace biasbench::bench {

// What tells the programs' command lines apart.
struct ProgramDescription {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;           // command lines, one a line
  std::string_view default_schedules;  // empty: the fastest one at the shape
  bool trains_on_tasks = false;  // a task decides inputs and outputs; there is training to set up
  bool follows_epochs = false;   // has --curves and --target_loss
};

// The values of the flags as they were typed; empty where they were not.
struct TypedFlags {
  std::string strategies = "learned,fixed=1,none";
  std::string schedules;
  std::string optimizers = "sgd";
  std::string weight_formats = "float32";
  std::string tasks;
  std::string inputs;
  std::string hidden = "1e6";
  std::string outputs;
  std::string batch;
  std::string threads;
  std::string seeds = "1";
  std::string epochs;
  std::string learning_rate;
  std::string target_loss;
  std::string bias_sign = "right";
  std::string parametrizations = "mean_field";
  std::string activations = "relu";
  std::string weight_decay;
  bool decay_bias = false;
  bool center = false;
  std::string samples;
  std::string test_samples;
  OwnDataFlags own_data;
  bool list = false;
};

// "harmonic3 60 epochs, rate 0.1, batch 32; …"
std::string DescribeTaskDefaults();

// One for each combination of the lists, none twice, in the order in which they run. Throws as
// ParseCommandLine does.
std::vector<InstanceConfiguration> SelectInstances(const ProgramDescription& program,
                                                   const TypedFlags& typed);

}  // namespace biasbench::bench
