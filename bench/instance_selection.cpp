#include "bench/instance_selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "bench/choices.h"
#include "bench/flag_values.h"
#include "data/own_data.h"
#include "data/task.h"
#include "kernel/narrow_tile.h"

namespace biasbench::bench {
namespace {

using Texts = std::vector<std::string>;

std::vector<std::int64_t> Counts(std::string_view flag, const std::string& text,
                                 const CountRange& range) {
  return ParseFlag(flag, text, [&](const std::string& list) { return ParseCounts(list, range); });
}

const data::TrainingDefaults& DefaultsOf(std::string_view task) {
  return task == data::kOwn ? data::kOwnDefaults : data::FindTask(task).defaults;
}

// More than anybody waits for. A few long lists would otherwise combine to more than memory holds.
constexpr std::size_t kMostRows = 100'000;

void CheckRows(std::size_t rows) {
  if (rows <= kMostRows) return;
  throw std::invalid_argument(fmt::format(
      "the lists combine to more than {} rows; shorten one, or run its parts one by one",
      kMostRows));
}

// What the values come to, list by list, before they are combined.
class Selection {
 public:
  Selection(const ProgramDescription& program, const TypedFlags& typed)
      : program_(program),
        typed_(typed),
        strategies_(ParseFlag("--strategies", typed.strategies, ParseStrategies)),
        schedules_(typed.schedules.empty()
                       ? std::vector<kernel::ScheduleKind>()
                       : ParseFlag("--schedules", typed.schedules, ParseSchedules)),
        optimizers_(ParseFlag("--optimizers", typed.optimizers, ParseOptimizers)),
        weight_formats_(ParseFlag("--parameters", typed.weight_formats, ParseWeightFormats)),
        parametrizations_(
            ParseFlag("--parametrization", typed.parametrizations, ParseParametrizations)),
        activations_(ParseFlag("--activation", typed.activations, ParseActivations)),
        tasks_(Tasks()),
        hidden_(Counts("--hidden", typed.hidden, kSizes)),
        threads_(typed.threads.empty() ? std::vector<std::int64_t>{AvailableProcessors()}
                                       : Counts("--threads", typed.threads, kThreads)),
        seeds_(Counts("--seed", typed.seeds, kSeeds)) {
    if (std::ranges::count(schedules_, kernel::ScheduleKind::kTextbook) > 0 &&
        std::ranges::count(weight_formats_, kernel::WeightFormat::kBfloat16) > 0) {
      throw std::invalid_argument(
          "--parameters: bfloat16 is for every schedule but textbook, which updates weights in "
          "single precision; choose others by --schedules");
    }
    if (!program.trains_on_tasks && seeds_.size() > 1) {
      throw std::invalid_argument("--seed: one number; it is not part of the rows' names here");
    }
    if (!typed.own_data.train.empty() && !typed.tasks.empty()) {
      throw std::invalid_argument("--task: not together with --train, which brings its own data");
    }
    if (typed.decay_bias && typed.weight_decay.empty()) {
      throw std::invalid_argument("--decay_bias: needs --weight_decay");
    }
    own_data_ = ExamineOwnData(typed.own_data);
  }

  std::vector<InstanceConfiguration> Combine() {
    if (own_data_) {
      AddBatches(std::string(data::kOwn),
                 {.inputs = own_data_->inputs, .outputs = own_data_->outputs});
      return std::move(configurations_);
    }
    if (program_.trains_on_tasks) {
      for (const std::string& task : tasks_) {
        const data::TaskDescription& description = data::FindTask(task);
        AddBatches(task, {.inputs = description.inputs, .outputs = description.outputs});
      }
      return std::move(configurations_);
    }
    for (const kernel::Shape& shape : Shapes()) AddBatches(FedTask(shape), shape);
    return std::move(configurations_);
  }

 private:
  Texts Tasks() const {
    if (typed_.tasks.empty()) return program_.trains_on_tasks ? Texts{"harmonic3"} : Texts{};
    return ParseFlag("--task", typed_.tasks, ParseTasks);
  }

  // Inputs and outputs, from tasks or from flags.
  std::vector<kernel::Shape> Shapes() const {
    std::vector<kernel::Shape> shapes;
    if (!tasks_.empty()) {
      if (!typed_.inputs.empty() || !typed_.outputs.empty()) {
        throw std::invalid_argument("--task: decides inputs and outputs; leave out either");
      }
      for (const std::string& task : tasks_) {
        const data::TaskDescription& description = data::FindTask(task);
        shapes.push_back({.inputs = description.inputs, .outputs = description.outputs});
      }
      return shapes;
    }
    const std::string inputs = typed_.inputs.empty() ? "784" : typed_.inputs;
    const std::string outputs = typed_.outputs.empty() ? "10" : typed_.outputs;
    for (const std::int64_t input_count : Counts("--inputs", inputs, kSizes)) {
      for (const std::int64_t output_count : Counts("--outputs", outputs, kSamples)) {
        shapes.push_back({.inputs = input_count, .outputs = output_count});
        CheckRows(shapes.size());
      }
    }
    return shapes;
  }

  // Real samples where a task has the shape, else noise.
  static std::string FedTask(const kernel::Shape& shape) {
    for (const data::TaskDescription& task : data::Tasks()) {
      if (task.inputs == shape.inputs && task.outputs == shape.outputs &&
          data::IsInstalled(task.name)) {
        return std::string(task.name);
      }
    }
    return std::string(kNoise);
  }

  void AddBatches(const std::string& task, const kernel::Shape& inputs_and_outputs) {
    const std::string default_batch =
        program_.trains_on_tasks ? std::to_string(DefaultsOf(task).batch) : "64";
    const std::string& batches = typed_.batch.empty() ? default_batch : typed_.batch;
    for (const std::int64_t hidden : hidden_) {
      for (const std::int64_t batch : Counts("--batch", batches, kSamples)) {
        InstanceConfiguration configuration;
        configuration.network.shape = inputs_and_outputs;
        configuration.network.shape.hidden = hidden;
        configuration.network.shape.batch = batch;
        configuration.task = task;
        configuration.own_data = own_data_;
        configuration.max_samples =
            program_.trains_on_tasks ? SampleLimit("--samples", typed_.samples) : batch;
        configuration.max_test_samples = SampleLimit("--test_samples", typed_.test_samples);
        configuration.centres_inputs = typed_.center;
        configuration.training = Training(task);
        AddVariants(std::move(configuration));
      }
    }
  }

  // Every optimizer, schedule, strategy, number of threads and seed of a shape; none twice.
  void AddVariants(InstanceConfiguration configuration) {
    for (const kernel::WeightFormat format : weight_formats_) {
      configuration.network.weight_format = format;
      AddVariantsOfFormat(configuration);
    }
  }

  void AddVariantsOfFormat(InstanceConfiguration configuration) {
    for (const kernel::Parametrization parametrization : parametrizations_) {
      configuration.network.parametrization = parametrization;
      for (const kernel::ActivationKind activation : activations_) {
        configuration.network.activation = activation;
        AddVariantsOfActivation(configuration);
      }
    }
  }

  void AddVariantsOfActivation(InstanceConfiguration configuration) {
    network::Configuration& network = configuration.network;
    for (const kernel::Optimizer optimizer : optimizers_) {
      for (const kernel::ScheduleKind schedule : SchedulesFor(network.shape)) {
        for (const bias::Selection& strategy : strategies_) {
          for (const std::int64_t threads : threads_) {
            for (const std::int64_t seed : seeds_) {
              network.optimizer = optimizer;
              network.schedule = schedule;
              network.strategy = strategy;
              network.threads = static_cast<int>(threads);
              network.seed = static_cast<random::Seed>(seed);
              CheckRows(++combinations_);
              if (names_.insert(CanonicalName(program_.name, configuration)).second) {
                configurations_.push_back(configuration);
              }
            }
          }
        }
      }
    }
  }

  // The fastest where none was asked for: a node of few weights is sooner computed again than its
  // activations read.
  std::vector<kernel::ScheduleKind> SchedulesFor(const kernel::Shape& shape) const {
    if (!schedules_.empty()) return schedules_;
    return {kernel::IsNarrow(shape.inputs, shape.outputs) ? kernel::ScheduleKind::kRecompute
                                                          : kernel::ScheduleKind::kStreaming};
  }

  static std::int64_t SampleLimit(std::string_view flag, const std::string& text) {
    return text.empty() ? 0 : ParseCountFlag(flag, text, kSamples);
  }

  std::optional<network::TrainingOptions> Training(const std::string& task) const {
    if (!program_.trains_on_tasks) return std::nullopt;
    const data::TrainingDefaults& defaults = DefaultsOf(task);
    network::TrainingOptions options{.epochs = defaults.epochs,
                                     .learning_rate = defaults.learning_rate};
    if (!typed_.epochs.empty()) {
      options.epochs = ParseCountFlag("--epochs", typed_.epochs, kSamples);
    }
    if (!typed_.learning_rate.empty()) {
      options.learning_rate = ParseFlag("--learning_rate", typed_.learning_rate, ParsePositive);
    }
    if (!typed_.target_loss.empty()) {
      options.target_loss = ParseFlag("--target_loss", typed_.target_loss, ParsePositive);
    }
    options.bias_sign = BiasSign();
    if (!typed_.weight_decay.empty()) {
      options.weight_decay = ParseFlag("--weight_decay", typed_.weight_decay, ParsePositive);
      if (options.weight_decay * options.learning_rate >= 1) {
        throw std::invalid_argument(fmt::format(
            "--weight_decay: a step would leave nothing of the weights; expected less than {}, 1 "
            "over the learning rate",
            1 / options.learning_rate));
      }
    }
    options.decays_biases = typed_.decay_bias;
    return options;
  }

  bias::BiasSign BiasSign() const {
    const bias::BiasSign sign = ParseFlag("--bias_sign", typed_.bias_sign, ParseBiasSign);
    const bool turns_hidden =
        sign == bias::BiasSign::kWrong || sign == bias::BiasSign::kWrongHidden;
    const bool has_bias_unit = std::ranges::any_of(
        strategies_, [](const bias::Selection& s) { return s.strategy->has_bias_unit; });
    if (turns_hidden && has_bias_unit) {
      throw std::invalid_argument(
          "--bias_sign: only right and wrong_output are for bias_unit, whose hidden biases are "
          "weights; choose others by --strategies");
    }
    return sign;
  }

  const ProgramDescription& program_;
  const TypedFlags& typed_;
  std::vector<bias::Selection> strategies_;
  std::vector<kernel::ScheduleKind> schedules_;
  std::vector<kernel::Optimizer> optimizers_;
  std::vector<kernel::WeightFormat> weight_formats_;
  std::vector<kernel::Parametrization> parametrizations_;
  std::vector<kernel::ActivationKind> activations_;
  Texts tasks_;
  std::vector<std::int64_t> hidden_;
  std::vector<std::int64_t> threads_;
  std::vector<std::int64_t> seeds_;
  std::optional<data::OwnData> own_data_;
  std::set<std::string> names_;
  std::size_t combinations_ = 0;  // also those that are there already
  std::vector<InstanceConfiguration> configurations_;
};

}  // namespace

std::string DescribeTaskDefaults() {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view task) {
    const data::TrainingDefaults& defaults = DefaultsOf(task);
    parts.push_back(fmt::format("{} {} epochs, rate {}, batch {}", task, defaults.epochs,
                                defaults.learning_rate, defaults.batch));
  };
  for (const data::TaskDescription& task : data::Tasks()) add(task.name);
  add(data::kOwn);
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<InstanceConfiguration> SelectInstances(const ProgramDescription& program,
                                                   const TypedFlags& typed) {
  return Selection(program, typed).Combine();
}

}  // namespace biasbench::bench
