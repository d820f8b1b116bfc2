// Training a network on a task, epoch by epoch, and its result.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "bias/strategies.h"
#include "data/task.h"
#include "network/movement.h"
#include "network/network.h"

namespace biasbench::network {

struct TrainingOptions {
  std::int64_t epochs = 60;
  double learning_rate = 0.1;
  // An epoch's training loss that counts as reached, for epochs_to_target; 0: none.
  double target_loss = 0;
  std::int64_t test_interval_epochs = 5;
  bias::BiasSign bias_sign = bias::BiasSign::kRight;
  double weight_decay = 0;  // decoupled; learning_rate · weight_decay < 1
  bool decays_biases = false;
};

// Mean loss and, for classification, the share of samples that is right.
struct Evaluation {
  double loss = 0;
  std::optional<double> accuracy;
};

struct EpochRecord {
  std::int64_t epoch = 0;  // from 1
  double train_loss = 0;   // running mean over the epoch's batches, each before its step
  std::optional<Evaluation> test;
  std::optional<double> imitation_ratio;  // with `test`; ImitationRatio's
  double seconds = 0;                     // of training since the start, evaluations left out
};

struct TrainingResult {
  double initial_loss = 0;
  std::optional<double> initial_imitation_ratio;
  std::vector<EpochRecord> epochs;
  Evaluation train;  // evaluated over the whole training set at the end
  Evaluation test;
  Movement movement;  // of the hidden layer, at the end
  std::optional<std::int64_t> epochs_to_target;
  // A loss that is not finite, or above ten times the initial loss at an epoch's end. Training
  // stops there.
  bool diverged = false;
  // Time of training without evaluations: elapsed, and used by all threads.
  double seconds = 0;
  double cpu_seconds = 0;
};

// Samples are shuffled anew each epoch from the network's seed. Under a strategy that needs
// validation a tenth of the training set is held out and never trained on. `progress` is called
// after each epoch.
TrainingResult Train(Network& network, const data::Task& task, const TrainingOptions& options,
                     const std::function<void(const EpochRecord&)>& progress);

// Evaluations of a trained network with the test set's inputs multiplied by each of `scales`, in
// their order. The network does not learn from them, and the test set is restored.
std::vector<Evaluation> EvaluateAtScales(Network& network, data::Dataset& test,
                                         std::span<const double> scales);

}  // namespace biasbench::network
