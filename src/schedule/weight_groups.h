// A tile's weights in the form that an optimizer's step takes.
#pragma once

#include "schedule/optimizer.h"
#include "schedule/parameters.h"
#include "schedule/tiling.h"
#include "schedule/training_state.h"

namespace biasbench::schedule {

// Calls use(values) with the hidden weights of `nodes` as stored, or drawn again into `drawn`
// (nodes, row_length).
template <class Use>
void VisitHiddenWeights(const Parameters& parameters, NodeRange nodes, float* drawn,
                        const Use& use) {
  const Configuration& configuration = parameters.configuration;
  if (!configuration.stores_weights()) {
    parameters.ReadHiddenWeights(nodes.begin, nodes.size, drawn);
    return use(kernel::FloatValues{drawn});
  }
  const std::int64_t first = nodes.begin * configuration.row_length();
  kernel::VisitFormat(configuration.formats.weights, [&]<class Format>() {
    use(Format::At(parameters.hidden_weights.As<Format>(first), 0));
  });
}

// Calls use(step, hidden_weights, output_weights) with the step and both groups from the tile's
// first node on, in the types of the optimizer's step and of the formats.
template <class Use>
void VisitWeightGroups(const Parameters& parameters, const TrainingState& state, NodeRange tile,
                       const StepSettings& settings, const Use& use) {
  const Configuration& configuration = parameters.configuration;
  const std::int64_t hidden_begin = tile.begin * configuration.row_length();
  const std::int64_t output_begin = tile.begin * configuration.shape.outputs;
  const Moments& hidden_moments = state.hidden_weights();
  const Moments& output_moments = state.output_weights();
  // Nothing is rounded where all is single precision.
  const Parameters::RoundingKeys keys =
      configuration.formats.AreFloat32() ? Parameters::RoundingKeys{}
                                         : parameters.KeysOfRounding(tile.begin, settings.number);
  kernel::VisitFormat(configuration.formats.weights, [&]<class Weights>() {
    const auto hidden =
        Weights::At(parameters.hidden_weights.As<Weights>(hidden_begin), keys.weights[0]);
    const auto output =
        Weights::At(parameters.output_weights.As<Weights>(output_begin), keys.weights[1]);
    VisitStep(configuration.optimizer, settings, settings.weights(),
              [&]<class Step>(const Step& step) {
                constexpr int kStates = Step::kStates;
                const auto use_with = [&]<class States>() {
                  const auto& [first, second, output_first, output_second] = keys.moments;
                  use(step, hidden_moments.Of<kStates, States>(hidden, hidden_begin, first, second),
                      output_moments.Of<kStates, States>(output, output_begin, output_first,
                                                         output_second));
                };
                if constexpr (kStates > 0) {
                  kernel::VisitFormat(configuration.formats.states, use_with);
                } else {
                  use_with.template operator()<kernel::Float32>();
                }
              });
  });
}

}  // namespace biasbench::schedule
