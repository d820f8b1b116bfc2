// Everything that decides a network's memory and arithmetic.
#pragma once

#include <cstdint>

#include "bias/strategies.h"
#include "kernel/activation_kind.h"
#include "kernel/optimizer.h"
#include "kernel/parametrization.h"
#include "kernel/schedule.h"
#include "kernel/shape.h"
#include "kernel/weight_format.h"
#include "random/philox.h"

namespace biasbench::network {

struct Configuration {
  kernel::Shape shape;  // inputs without the bias unit
  bias::Selection strategy;
  kernel::ScheduleKind schedule = kernel::ScheduleKind::kRecompute;
  kernel::Optimizer optimizer = kernel::Optimizer::kSgd;
  kernel::WeightFormat weight_format = kernel::WeightFormat::kFloat32;  // textbook: only this
  kernel::Parametrization parametrization = kernel::Parametrization::kMeanField;
  kernel::ActivationKind activation = kernel::ActivationKind::kRelu;
  random::Seed seed = 1;
  int threads = 1;
};

}  // namespace biasbench::network
