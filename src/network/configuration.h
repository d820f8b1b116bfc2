// Everything that decides a network's memory and arithmetic.
#pragma once

#include <cstdint>

#include "bias/strategies.h"
#include "kernel/activation_kind.h"
#include "kernel/number_format.h"
#include "kernel/optimizer.h"
#include "kernel/parametrization.h"
#include "kernel/schedule.h"
#include "kernel/shape.h"
#include "random/philox.h"

namespace biasbench::network {

struct Configuration {
  kernel::Shape shape;  // inputs without the bias unit
  bias::Selection strategy;
  kernel::ScheduleKind schedule = kernel::ScheduleKind::kRecompute;
  kernel::Optimizer optimizer = kernel::Optimizer::kSgd;
  kernel::Formats formats = {};
  kernel::Parametrization parametrization = kernel::Parametrization::kMeanField;
  kernel::ActivationKind activation = kernel::ActivationKind::kRelu;
  random::Seed seed = 1;
  int threads = 1;

  // Whether there is such a training: not every schedule takes every format, not every optimizer
  // has states to store.
  bool Exists() const {
    const bool takes_formats =
        !Describe(schedule).takes_only_float32 || formats == kernel::Formats{};
    const bool has_states = kernel::Describe(optimizer).states > 0;
    return takes_formats && (has_states || formats.states == kernel::NumberFormat::kFloat32);
  }
};

}  // namespace biasbench::network
