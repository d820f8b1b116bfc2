// tanh against the theory behind ReLU's floor on harmonic3.
#include <gtest/gtest.h>

#include "data/task.h"
#include "network/trainer.h"

namespace biasbench::network {
namespace {

// Without biases ReLU cannot represent odd frequencies above one; a bias-free tanh network is odd
// and can.
TEST(Harmonic3, TanhLearnsItWithoutBiasesAndReluDoesNot) {
  const auto loss = [](kernel::ActivationKind activation) {
    memory::Ledger ledger;
    const data::Task task = data::LoadTask("harmonic3", ledger);
    Network network({.shape = {task.train.inputs, 1000, task.train.outputs, 32},
                     .strategy = bias::ParseSelection("none"),
                     .schedule = schedule::ScheduleKind::kInPlace,
                     .activation = activation,
                     .seed = 1,
                     .threads = 2},
                    ledger);
    return Train(network, task, {.epochs = 60}, [](const EpochRecord&) {}).train.loss;
  };
  EXPECT_GE(loss(kernel::ActivationKind::kRelu), 0.4999);
  EXPECT_LT(loss(kernel::ActivationKind::kTanh), 0.1);
}

}  // namespace
}  // namespace biasbench::network
