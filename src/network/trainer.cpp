#include "network/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <numeric>
#include <span>

#include "network/imitation.h"
#include "random/philox.h"

namespace biasbench::network {
namespace {

using Samples = std::vector<std::int32_t>;
using Clock = std::chrono::steady_clock;

constexpr double kDivergenceFactor = 10;
constexpr std::size_t kHeldOutShare = 10;  // one sample in ten

Samples AllSamples(const data::Dataset& dataset) {
  Samples samples(static_cast<std::size_t>(dataset.samples));
  std::iota(samples.begin(), samples.end(), 0);
  return samples;
}

Evaluation Mean(const LossSum& sum, const data::Dataset& dataset, std::size_t samples) {
  const auto count = static_cast<double>(samples);
  Evaluation mean{.loss = sum.loss / count, .accuracy = std::nullopt};
  if (dataset.is_classification()) mean.accuracy = static_cast<double>(sum.correct) / count;
  return mean;
}

// The state of one call of Train() that epochs share.
class Training {
 public:
  Training(Network& network, const data::Task& task, const TrainingOptions& options)
      : network_(network),
        task_(task),
        options_(options),
        train_samples_(AllSamples(task.train)),
        mean_inputs_(MeanInputs(task.train)) {
    if (strategy().needs_validation) HoldOut();
  }

  TrainingResult Run(const std::function<void(const EpochRecord&)>& progress) {
    result_.initial_loss = Evaluate(task_.train, train_samples_).loss;
    result_.initial_imitation_ratio = Imitation();
    signals_.initial_loss = signals_.train_loss = result_.initial_loss;
    signals_.validation_loss = result_.initial_loss;
    for (std::int64_t epoch = 1; epoch <= options_.epochs && !result_.diverged; ++epoch) {
      RunEpoch(epoch);
      progress(result_.epochs.back());
    }
    result_.train = Evaluate(task_.train, AllSamples(task_.train));
    const auto& last_test = result_.epochs.back().test;
    result_.test = last_test ? *last_test : Evaluate(task_.test, AllSamples(task_.test));
    result_.movement = MeasureMovement(network_.parameters(), network_.configuration().threads);
    result_.diverged = result_.diverged || IsDiverged(result_.train.loss);
    return std::move(result_);
  }

 private:
  const bias::Strategy& strategy() const { return *network_.configuration().strategy.strategy; }
  std::size_t batch() const {
    return static_cast<std::size_t>(network_.configuration().shape.batch);
  }

  void HoldOut() {
    const auto order = random::Permutation(network_.configuration().seed, random::Stream::kSplit,
                                           static_cast<std::int32_t>(train_samples_.size()), 0);
    const std::size_t held_out = std::max<std::size_t>(1, order.size() / kHeldOutShare);
    validation_samples_.assign(order.begin(),
                               order.begin() + static_cast<std::ptrdiff_t>(held_out));
    train_samples_.assign(order.begin() + static_cast<std::ptrdiff_t>(held_out), order.end());
  }

  Evaluation Evaluate(const data::Dataset& dataset, const Samples& samples) {
    return Mean(network_.Evaluate(dataset, samples), dataset, samples.size());
  }

  std::optional<double> Imitation() const {
    return ImitationRatio(network_.parameters(), mean_inputs_, network_.configuration().threads);
  }

  bool IsDiverged(double loss) const {
    return !std::isfinite(loss) || loss > kDivergenceFactor * result_.initial_loss;
  }

  void RunEpoch(std::int64_t epoch) {
    const Clock::time_point start = Clock::now();
    const std::clock_t cpu_start = std::clock();
    const double loss = TrainOnAllSamples(epoch);
    result_.cpu_seconds += static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    result_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    EpochRecord record{.epoch = epoch,
                       .train_loss = loss,
                       .test = std::nullopt,
                       .imitation_ratio = std::nullopt,
                       .seconds = result_.seconds};
    result_.diverged = IsDiverged(loss);
    const bool has_target = options_.target_loss > 0;
    if (has_target && loss <= options_.target_loss && !result_.epochs_to_target) {
      result_.epochs_to_target = epoch;
    }
    if (!result_.diverged &&
        (epoch % options_.test_interval_epochs == 0 || epoch == options_.epochs)) {
      record.test = Evaluate(task_.test, AllSamples(task_.test));
      record.imitation_ratio = Imitation();
    }
    signals_.train_loss = loss;
    if (strategy().needs_validation && !result_.diverged) {
      signals_.validation_loss = Evaluate(task_.train, validation_samples_).loss;
    }
    result_.epochs.push_back(record);
  }

  // Returns the running mean of the loss.
  double TrainOnAllSamples(std::int64_t epoch) {
    const auto order = random::Permutation(network_.configuration().seed, random::Stream::kShuffle,
                                           static_cast<std::int32_t>(train_samples_.size()),
                                           static_cast<std::uint32_t>(epoch));
    Samples samples(order.size());
    std::ranges::transform(order, samples.begin(), [&](std::int32_t i) {
      return train_samples_[static_cast<std::size_t>(i)];
    });
    double loss = 0;
    std::span<const std::int32_t> rest(samples);
    while (!rest.empty()) {
      const auto step_samples = rest.first(std::min(batch(), rest.size()));
      rest = rest.subspan(step_samples.size());
      loss += network_.Step(task_.train, step_samples, NextStep(), rest).loss;
    }
    return loss / static_cast<double>(samples.size());
  }

  schedule::StepSettings NextStep() {
    const auto steps_per_epoch = (train_samples_.size() + batch() - 1) / batch();
    const double all_steps =
        static_cast<double>(steps_per_epoch) * static_cast<double>(options_.epochs);
    ++step_;
    schedule::StepSettings settings(step_, options_.learning_rate);
    settings.weight_decay = static_cast<float>(options_.weight_decay);
    settings.decays_biases = options_.decays_biases;
    if (strategy().multiplier == nullptr) return settings;
    settings.updates_biases = static_cast<double>(step_) <= strategy().trained_share * all_steps;
    if (!settings.updates_biases && !biases_are_frozen_) {
      network_.FreezeBiases();
      biases_are_frozen_ = true;
    }
    settings.SetBiasMultipliers(
        network_.configuration().strategy.Multipliers(signals_, options_.bias_sign));
    return settings;
  }

  Network& network_;
  const data::Task& task_;
  TrainingOptions options_;
  Samples train_samples_;
  Samples validation_samples_;
  std::vector<double> mean_inputs_;
  bias::Signals signals_;
  TrainingResult result_;
  std::int64_t step_ = 0;
  bool biases_are_frozen_ = false;
};

}  // namespace

TrainingResult Train(Network& network, const data::Task& task, const TrainingOptions& options,
                     const std::function<void(const EpochRecord&)>& progress) {
  return Training(network, task, options).Run(progress);
}

std::vector<Evaluation> EvaluateAtScales(Network& network, data::Dataset& test,
                                         std::span<const double> scales) {
  const Samples samples = AllSamples(test);
  const float brightness = test.brightness;
  std::vector<Evaluation> evaluations;
  for (const double scale : scales) {
    test.brightness = static_cast<float>(scale * brightness);
    evaluations.push_back(Mean(network.Evaluate(test, samples), test, samples.size()));
  }
  test.brightness = brightness;
  return evaluations;
}

}  // namespace biasbench::network
