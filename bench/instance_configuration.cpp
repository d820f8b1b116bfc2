#include "bench/instance_configuration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "bench/own_data_flags.h"
#include "text/excerpt.h"

namespace biasbench::bench {
namespace {

// The index of the element whose name this is.
template <class Range, class Projection>
std::size_t FindByName(std::string_view kind, std::string_view name, const Range& range,
                       Projection projection) {
  const auto found = std::ranges::find(range, name, projection);
  if (found == range.end()) {
    std::vector<std::string_view> names;
    std::ranges::transform(range, std::back_inserter(names), projection);
    throw std::invalid_argument(fmt::format("unknown {} '{}': expected one of {}", kind,
                                            text::Excerpt(name), fmt::join(names, ", ")));
  }
  return static_cast<std::size_t>(found - range.begin());
}

std::string_view BiasSignName(bias::BiasSign sign) {
  return kBiasSignNames[static_cast<std::size_t>(sign)];
}

}  // namespace

kernel::ScheduleKind ParseSchedule(std::string_view name) {
  return static_cast<kernel::ScheduleKind>(
      FindByName("schedule", name, kernel::kSchedules, &kernel::ScheduleDescription::name));
}

kernel::Optimizer ParseOptimizer(std::string_view name) {
  return static_cast<kernel::Optimizer>(
      FindByName("optimizer", name, kernel::kOptimizers, &kernel::OptimizerDescription::name));
}

kernel::WeightFormat ParseWeightFormat(std::string_view name) {
  return static_cast<kernel::WeightFormat>(
      FindByName("format", name, kernel::kWeightFormatNames, std::identity()));
}

kernel::Parametrization ParseParametrization(std::string_view name) {
  return static_cast<kernel::Parametrization>(
      FindByName("parametrization", name, kernel::kParametrizationNames, std::identity()));
}

kernel::ActivationKind ParseActivation(std::string_view name) {
  return static_cast<kernel::ActivationKind>(
      FindByName("activation", name, kernel::kActivationNames, std::identity()));
}

bias::BiasSign ParseBiasSign(std::string_view name) {
  return static_cast<bias::BiasSign>(
      FindByName("bias sign", name, kBiasSignNames, std::identity()));
}

nlohmann::json ToJson(const InstanceConfiguration& configuration) {
  const network::Configuration& network = configuration.network;
  nlohmann::json json = {{"strategy", network.strategy.Name()},
                         {"schedule", kernel::Describe(network.schedule).name},
                         {"optimizer", kernel::Describe(network.optimizer).name},
                         {"parameters", NameOf(network.weight_format)},
                         {"parametrization", NameOf(network.parametrization)},
                         {"activation", NameOf(network.activation)},
                         {"inputs", network.shape.inputs},
                         {"hidden", network.shape.hidden},
                         {"outputs", network.shape.outputs},
                         {"batch", network.shape.batch},
                         {"omp_threads", network.threads},
                         {"seed", network.seed},
                         {"task", configuration.task},
                         {"max_samples", configuration.max_samples},
                         {"max_test_samples", configuration.max_test_samples},
                         {"center", configuration.centres_inputs}};
  if (configuration.own_data) json["own_data"] = ToJson(*configuration.own_data);
  if (configuration.training) {
    json["epochs"] = configuration.training->epochs;
    json["learning_rate"] = configuration.training->learning_rate;
    json["target_loss"] = configuration.training->target_loss;
    json["bias_sign"] = BiasSignName(configuration.training->bias_sign);
    json["weight_decay"] = configuration.training->weight_decay;
    json["decay_bias"] = configuration.training->decays_biases;
  }
  return json;
}

InstanceConfiguration FromJson(const nlohmann::json& json) {
  InstanceConfiguration configuration{
      .network = {.shape = {.inputs = json.at("inputs"),
                            .hidden = json.at("hidden"),
                            .outputs = json.at("outputs"),
                            .batch = json.at("batch")},
                  .strategy = bias::ParseSelection(json.at("strategy").get<std::string>()),
                  .schedule = ParseSchedule(json.at("schedule").get<std::string>()),
                  .optimizer = ParseOptimizer(json.at("optimizer").get<std::string>()),
                  .weight_format = ParseWeightFormat(json.at("parameters").get<std::string>()),
                  .parametrization =
                      ParseParametrization(json.at("parametrization").get<std::string>()),
                  .activation = ParseActivation(json.at("activation").get<std::string>()),
                  .seed = json.at("seed"),
                  .threads = json.at("omp_threads")},
      .task = json.at("task"),
      .own_data = std::nullopt,
      .max_samples = json.at("max_samples"),
      .max_test_samples = json.at("max_test_samples"),
      .centres_inputs = json.at("center"),
      .training = std::nullopt};
  if (json.contains("own_data")) configuration.own_data = OwnDataFromJson(json["own_data"]);
  if (json.contains("epochs")) {
    configuration.training = {.epochs = json.at("epochs"),
                              .learning_rate = json.at("learning_rate"),
                              .target_loss = json.at("target_loss"),
                              .bias_sign = ParseBiasSign(json.at("bias_sign").get<std::string>()),
                              .weight_decay = json.at("weight_decay"),
                              .decays_biases = json.at("decay_bias")};
  }
  return configuration;
}

std::string CanonicalName(std::string_view program, const InstanceConfiguration& configuration) {
  const network::Configuration& network = configuration.network;
  const kernel::Shape& shape = network.shape;
  std::string name(program);
  if (configuration.training) name += "/" + configuration.task;
  name += fmt::format("/{}/{}/{}/inputs:{}/hidden:{}/outputs:{}/batch:{}/threads:{}",
                      network.strategy.Name(), kernel::Describe(network.schedule).name,
                      kernel::Describe(network.optimizer).name, shape.inputs, shape.hidden,
                      shape.outputs, shape.batch, network.threads);
  if (network.weight_format != kernel::WeightFormat::kFloat32) {
    name += fmt::format("/parameters:{}", NameOf(network.weight_format));
  }
  if (network.parametrization != kernel::Parametrization::kMeanField) {
    name += fmt::format("/parametrization:{}", NameOf(network.parametrization));
  }
  if (network.activation != kernel::ActivationKind::kRelu) {
    name += fmt::format("/activation:{}", NameOf(network.activation));
  }
  if (!configuration.training) return name;
  const network::TrainingOptions& training = *configuration.training;
  name += fmt::format("/epochs:{}/rate:{}", training.epochs, training.learning_rate);
  if (training.bias_sign != bias::BiasSign::kRight) {
    name += fmt::format("/bias_sign:{}", BiasSignName(training.bias_sign));
  }
  if (training.weight_decay > 0) name += fmt::format("/weight_decay:{}", training.weight_decay);
  if (training.decays_biases) name += "/decay_bias";
  if (configuration.max_samples > 0) name += fmt::format("/samples:{}", configuration.max_samples);
  if (configuration.max_test_samples > 0) {
    name += fmt::format("/test_samples:{}", configuration.max_test_samples);
  }
  if (configuration.centres_inputs) name += "/center";
  if (configuration.own_data) name += fmt::format("/data:{}", configuration.own_data->digest);
  return name + fmt::format("/seed:{}", network.seed);
}

std::vector<std::string> RepeatFlags(const InstanceConfiguration& configuration) {
  const network::Configuration& network = configuration.network;
  const kernel::Shape& shape = network.shape;
  std::vector<std::string> flags = {
      fmt::format("--strategies={}", network.strategy.Name()),
      fmt::format("--schedules={}", kernel::Describe(network.schedule).name),
      fmt::format("--optimizers={}", kernel::Describe(network.optimizer).name),
      fmt::format("--hidden={}", shape.hidden),
      fmt::format("--batch={}", shape.batch),
      fmt::format("--threads={}", network.threads),
      fmt::format("--seed={}", network.seed)};
  if (network.weight_format != kernel::WeightFormat::kFloat32) {
    flags.push_back(fmt::format("--parameters={}", NameOf(network.weight_format)));
  }
  if (network.parametrization != kernel::Parametrization::kMeanField) {
    flags.push_back(fmt::format("--parametrization={}", NameOf(network.parametrization)));
  }
  if (network.activation != kernel::ActivationKind::kRelu) {
    flags.push_back(fmt::format("--activation={}", NameOf(network.activation)));
  }
  if (!configuration.training) {
    flags.push_back(fmt::format("--inputs={}", shape.inputs));
    flags.push_back(fmt::format("--outputs={}", shape.outputs));
    return flags;
  }
  const network::TrainingOptions& training = *configuration.training;
  if (configuration.own_data) {
    std::ranges::copy(RepeatFlags(configuration.own_data->files), std::back_inserter(flags));
  } else {
    flags.push_back(fmt::format("--task={}", configuration.task));
  }
  flags.push_back(fmt::format("--epochs={}", training.epochs));
  flags.push_back(fmt::format("--learning_rate={}", training.learning_rate));
  if (training.target_loss > 0) {
    flags.push_back(fmt::format("--target_loss={}", training.target_loss));
  }
  if (training.bias_sign != bias::BiasSign::kRight) {
    flags.push_back(fmt::format("--bias_sign={}", BiasSignName(training.bias_sign)));
  }
  if (training.weight_decay > 0) {
    flags.push_back(fmt::format("--weight_decay={}", training.weight_decay));
  }
  if (training.decays_biases) flags.emplace_back("--decay_bias");
  if (configuration.max_samples > 0) {
    flags.push_back(fmt::format("--samples={}", configuration.max_samples));
  }
  if (configuration.max_test_samples > 0) {
    flags.push_back(fmt::format("--test_samples={}", configuration.max_test_samples));
  }
  if (configuration.centres_inputs) flags.emplace_back("--center");
  return flags;
}

}  // namespace biasbench::bench
