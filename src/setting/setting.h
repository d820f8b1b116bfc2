// A setting: everything that decides one row's name, the command that repeats it, and the work of
// its process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/own_data.h"
#include "network/trainer.h"
#include "schedule/configuration.h"

namespace biasbench::setting {

inline constexpr std::string_view kNoise = "noise";

struct Setting {
  schedule::Configuration network;
  std::string task;                                  // the data fed: a task's name, or kNoise
  std::optional<data::OwnData> own_data;             // where the task is data::kOwn
  std::int64_t max_samples = 0;                      // of the training set; 0: all of them
  std::int64_t max_test_samples = 0;                 // likewise of the test set
  bool centres_inputs = false;                       // programs that train only
  std::vector<double> test_scales = {};              // at which classes are told once more
  std::optional<network::TrainingOptions> training;  // programs that train only
};

}  // namespace biasbench::setting
