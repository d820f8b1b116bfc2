// A test fixture: noise to train on, and a network with the schedule that trains it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bias/strategies.h"
#include "random/philox.h"
#include "schedule/optimizer.h"
#include "schedule/parameters.h"
#include "schedule/schedule.h"

namespace biasbench::schedule {

// All schedules but textbook.
inline constexpr auto kTiledKinds = std::span(kScheduleKinds).subspan<1>();
static_assert(kScheduleKinds.front() == ScheduleKind::kTextbook);

// The optimizer with the most states that a schedule takes.
inline Optimizer RichestOptimizer(ScheduleKind kind) {
  return Describe(kind).takes({}, Optimizer::kAdam) ? Optimizer::kAdam : Optimizer::kSgd;
}

inline std::vector<float> Noise(std::int64_t size, random::Seed seed) {
  std::vector<float> values(static_cast<std::size_t>(size));
  random::FillUniform(seed, random::Stream::kNoise, 0, 1, values);
  return values;
}

// A batch of noise, with the bias unit's column where the strategy has one.
struct NoiseBatch {
  NoiseBatch(const Parameters& parameters, std::int64_t samples, random::Seed seed)
      : inputs(parameters.configuration.shape.inputs),
        row_length(parameters.configuration.row_length()),
        x(Noise(samples * inputs, seed)),
        delta(Noise(samples * parameters.configuration.shape.outputs, seed + 100)),
        rows(samples * row_length, 1.0F),
        panel(samples * row_length) {
    for (std::int64_t n = 0; n < samples; ++n) {
      std::copy_n(&x[n * inputs], inputs, &rows[n * row_length]);
    }
    for (std::int64_t d = 0; d < row_length; ++d) {
      for (std::int64_t n = 0; n < samples; ++n) panel[d * samples + n] = rows[n * row_length + d];
    }
  }

  kernel::BatchView view() const {
    const auto samples = static_cast<std::int64_t>(rows.size()) / row_length;
    return {samples, row_length, rows.data(), panel.data()};
  }

  std::int64_t inputs;
  std::int64_t row_length;
  std::vector<float> x;      // (samples, inputs)
  std::vector<float> delta;  // (samples, outputs)
  std::vector<float> rows;
  std::vector<float> panel;
};

struct Trained {
  Trained(const Shape& shape, const std::string& strategy, ScheduleKind kind, Optimizer optimizer,
          int threads, Formats formats = {},
          kernel::ActivationKind activation = kernel::ActivationKind::kRelu)
      : parameters(ledger, {.shape = shape,
                            .strategy = bias::ParseSelection(strategy),
                            .schedule = kind,
                            .optimizer = optimizer,
                            .formats = formats,
                            .activation = activation,
                            .seed = 11,
                            .threads = threads}),
        schedule(Describe(kind).make(parameters, ledger)) {}

  // Forward and update on noise; returns the outputs. The multiplier is the strategy's at its
  // start.
  std::vector<float> Step(std::int64_t number, std::int64_t samples, double rate) {
    return Step(NoiseBatch(parameters, samples, static_cast<random::Seed>(number)),
                Settings(number, rate));
  }
  std::vector<float> Step(const NoiseBatch& batch, const StepSettings& settings) {
    std::vector<float> outputs(batch.delta.size(), std::nanf(""));
    schedule->Forward(batch.view(), outputs.data());
    schedule->Update(batch.view(), batch.delta.data(), settings);
    return outputs;
  }

  StepSettings Settings(std::int64_t number, double rate) const {
    StepSettings settings(number, rate);
    if (parameters.configuration.strategy.trains_bias()) {
      settings.SetBiasMultipliers(parameters.configuration.strategy.Multipliers({}));
    }
    return settings;
  }

  memory::Ledger ledger;
  Parameters parameters;
  std::unique_ptr<Schedule> schedule;
};

inline std::vector<std::byte> Bytes(const StoredValues& values) {
  return {values.bytes().span().begin(), values.bytes().span().end()};
}
template <class T>
std::vector<std::byte> Bytes(const memory::TrackedBuffer<T>& buffer) {
  const auto bytes = std::as_bytes(buffer.span());
  return {bytes.begin(), bytes.end()};
}

inline std::vector<std::byte> AllBytes(const Parameters& parameters) {
  std::vector<std::byte> all;
  for (const auto& bytes : {Bytes(parameters.hidden_weights), Bytes(parameters.output_weights),
                            Bytes(parameters.hidden_bias), Bytes(parameters.output_bias)}) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

}  // namespace biasbench::schedule
