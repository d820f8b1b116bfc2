#include "bench/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "bench/choices.h"
#include "bench/flag_values.h"
#include "bench/own_data_flags.h"
#include "data/own_data.h"
#include "data/task.h"

namespace biasbench::bench {
namespace {

using Texts = std::vector<std::string>;

// The values of the flags as they were typed; empty where they were not.
struct Typed {
  std::string strategies = "learned,fixed=1,none";
  std::string schedules;
  std::string optimizers = "sgd";
  std::string weight_formats = "float32";
  std::string tasks;
  std::string inputs;
  std::string hidden = "1e6";
  std::string outputs;
  std::string batch;
  std::string threads;
  std::string seeds = "1";
  std::string epochs;
  std::string learning_rate;
  std::string target_loss;
  std::string bias_sign = "right";
  std::string parametrizations = "mean_field";
  std::string weight_decay;
  bool decay_bias = false;
  bool center = false;
  std::string samples;
  OwnDataFlags own_data;
  bool list = false;
};

constexpr std::string_view kBenchmarkFooter =
    "Google Benchmark's flags work too, among them:\n"
    "  --benchmark_filter=REGEX        of the rows selected, run only those whose name matches\n"
    "  --benchmark_repetitions=N       measure each row N times\n"
    "  --benchmark_min_time=SECONDS    throughput: for at least so long\n"
    "  --benchmark_out=FILE            write the rows as JSON, after each row, never half a file\n"
    "  --benchmark_list_tests          print the names of the rows, and run none\n"
    "  --benchmark_format=console|json|csv, --benchmark_color=true|false, …\n"
    "Exit status: 0 all rows measured; 1 a row failed; 2 cannot understand, or nothing fits.";

void AddOwnDataFlags(OwnDataFlags& typed, CLI::App& app) {
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)
        ->type_name(kind)
        ->group("Your own data, instead of --task (plain or .gz)")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  };
  add("--train", typed.train, "FILES",
      "training data: FILE.csv, lines of numbers, or IMAGES,LABELS: two\nIDX files");
  add("--test", typed.test, "FILES", "test data, likewise");
  add("--target", typed.target, "COLUMN",
      "CSV: the target's name in the header, or its number from 1 (default:\nthe last); all other "
      "columns are inputs. The first line is a header\nif none of its fields is a number");
  add("--kind", typed.kind, "KIND",
      "regression: the target is a number (default for CSV)\nclassification: it is a label from 0 "
      "to K-1; all K occur in the\ntraining data (default for IDX)");
  add("--scale", typed.scale, "HOW",
      "standardize: subtract each column's mean and divide by its deviation,\nboth of the training "
      "file; a regression's target too, so that always\nanswering its mean has a loss of 1 "
      "(default for CSV)\nnone: leave all as it is, also offsets that a bias would have to "
      "learn\nIDX has no choice: bytes/255");
}

void AddFlags(const ProgramDescription& program, Typed& typed, CommandLine& line, CLI::App& app) {
  const auto add = [&](const char* name, std::string& value, const char* kind, const char* what) {
    app.add_option(name, value, what)
        ->type_name(kind)
        ->group("What to run")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  };
  add("--strategies", typed.strategies, "LIST",
      "bias strategies, or all (default: learned,fixed=1,none)");
  const std::string schedules =
      fmt::format("schedules, or all (default: {})", program.default_schedules);
  add("--schedules", typed.schedules, "LIST", schedules.c_str());
  add("--optimizers", typed.optimizers, "LIST", "optimizers, or all (default: sgd)");
  add("--parameters", typed.weight_formats, "LIST",
      "weights and their optimizer's state stored as float32 or bfloat16, the latter rounded "
      "stochastically and not under textbook; biases as the strategy says (default: float32)");
  add("--hidden", typed.hidden, "LIST", "hidden nodes (default: 1e6)");
  add("--batch", typed.batch, "LIST",
      program.trains_on_tasks ? "samples of a step (default: by task)"
                              : "samples of a step (default: 64)");
  add("--threads", typed.threads, "LIST", "OpenMP threads (default: the processors available)");
  if (program.trains_on_tasks) {
    add("--task", typed.tasks, "LIST", "tasks to train on, or all (default: harmonic3)");
    add("--seed,--seeds", typed.seeds, "LIST", "of initial values and shuffles (default: 1)");
    add("--epochs", typed.epochs, "N", "default: by task");
    add("--learning_rate", typed.learning_rate, "NUMBER", "default: by task");
    add("--target_loss", typed.target_loss, "NUMBER", "count the epochs until the training loss");
    add("--bias_sign", typed.bias_sign, "SIGN", "right, wrong, wrong_hidden or wrong_output");
    add("--parametrization", typed.parametrizations, "LIST",
        "mean_field: the same curves at any width (default); standard: what frameworks do by "
        "default, all initial weights and random biases U(+-1/sqrt(fan-in)), no 1/hidden");
    add("--weight_decay", typed.weight_decay, "NUMBER",
        "decoupled: a step shrinks weights by learning rate times it; a bias unit's biases are "
        "weights (default: 0)");
    app.add_flag("--decay_bias", typed.decay_bias, "decay the biases that are trained, too")
        ->group("What to run");
    add("--samples", typed.samples, "N", "use only the first N training samples");
    app.add_flag("--center", typed.center,
                 "subtract each input's mean over the training set: then weights cannot act\nas a "
                 "bias (see imitation_ratio)")
        ->group("What to run");
    add("--curves", line.curves, "FILE", "write the losses of every epoch (CSV)");
    AddOwnDataFlags(typed.own_data, app);
  } else {
    add("--inputs", typed.inputs, "LIST", "inputs (default: 784)");
    add("--outputs", typed.outputs, "LIST", "outputs (default: 10)");
    add("--task", typed.tasks, "LIST", "take inputs and outputs from these tasks");
    add("--seed", typed.seeds, "N", "of initial values and noise (default: 1)");
  }
  app.add_flag("--resume", line.resume, "keep the finished rows of the --benchmark_out file");
  app.add_flag("--list", typed.list, "list strategies, schedules, optimizers and tasks");
}

std::vector<std::int64_t> Counts(std::string_view flag, const std::string& text,
                                 const CountRange& range) {
  return ParseFlag(flag, text, [&](const std::string& list) { return ParseCounts(list, range); });
}

struct TaskDefaults {
  std::string_view task;
  std::int64_t epochs;
  double learning_rate;
  std::string_view batch;
};
constexpr TaskDefaults kTaskDefaults[] = {{"harmonic3", 60, 0.1, "32"},
                                          {"sine", 60, 0.1, "32"},
                                          {"digits", 20, 0.3, "64"},
                                          {"fashion_mnist", 5, 0.3, "64"},
                                          {data::kOwn, 60, 0.1, "32"}};

const TaskDefaults& DefaultsOf(std::string_view task) {
  const auto found = std::ranges::find(kTaskDefaults, task, &TaskDefaults::task);
  return found == std::end(kTaskDefaults) ? kTaskDefaults[0] : *found;
}

// What the values come to, list by list, before they are combined.
class Selection {
 public:
  Selection(const ProgramDescription& program, const Typed& typed)
      : program_(program),
        typed_(typed),
        strategies_(ParseFlag("--strategies", typed.strategies, ParseStrategies)),
        schedules_(ParseFlag("--schedules", typed.schedules, ParseSchedules)),
        optimizers_(ParseFlag("--optimizers", typed.optimizers, ParseOptimizers)),
        weight_formats_(ParseFlag("--parameters", typed.weight_formats, ParseWeightFormats)),
        parametrizations_(
            ParseFlag("--parametrization", typed.parametrizations, ParseParametrizations)),
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
    const std::string default_batch(program_.trains_on_tasks ? DefaultsOf(task).batch
                                                             : std::string_view("64"));
    const std::string& batches = typed_.batch.empty() ? default_batch : typed_.batch;
    for (const std::int64_t hidden : hidden_) {
      for (const std::int64_t batch : Counts("--batch", batches, kSamples)) {
        InstanceConfiguration configuration;
        configuration.network.shape = inputs_and_outputs;
        configuration.network.shape.hidden = hidden;
        configuration.network.shape.batch = batch;
        configuration.task = task;
        configuration.own_data = own_data_;
        configuration.max_samples = program_.trains_on_tasks ? Samples() : batch;
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
      AddVariantsOfParametrization(configuration);
    }
  }

  void AddVariantsOfParametrization(InstanceConfiguration configuration) {
    network::Configuration& network = configuration.network;
    for (const kernel::Optimizer optimizer : optimizers_) {
      for (const kernel::ScheduleKind schedule : schedules_) {
        for (const bias::Selection& strategy : strategies_) {
          for (const std::int64_t threads : threads_) {
            for (const std::int64_t seed : seeds_) {
              network.optimizer = optimizer;
              network.schedule = schedule;
              network.strategy = strategy;
              network.threads = static_cast<int>(threads);
              network.seed = static_cast<random::Seed>(seed);
              if (names_.insert(CanonicalName(program_.name, configuration)).second) {
                configurations_.push_back(configuration);
              }
            }
          }
        }
      }
    }
  }

  std::int64_t Samples() const {
    if (typed_.samples.empty()) return 0;
    return ParseFlag("--samples", typed_.samples,
                     [](const std::string& text) { return ParseCount(text, kSamples); });
  }

  std::optional<network::TrainingOptions> Training(const std::string& task) const {
    if (!program_.trains_on_tasks) return std::nullopt;
    const TaskDefaults& defaults = DefaultsOf(task);
    network::TrainingOptions options{.epochs = defaults.epochs,
                                     .learning_rate = defaults.learning_rate};
    if (!typed_.epochs.empty()) {
      options.epochs = ParseFlag("--epochs", typed_.epochs, [](const std::string& text) {
        return ParseCount(text, kSamples);
      });
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
  const Typed& typed_;
  std::vector<bias::Selection> strategies_;
  std::vector<kernel::ScheduleKind> schedules_;
  std::vector<kernel::Optimizer> optimizers_;
  std::vector<kernel::WeightFormat> weight_formats_;
  std::vector<kernel::Parametrization> parametrizations_;
  Texts tasks_;
  std::vector<std::int64_t> hidden_;
  std::vector<std::int64_t> threads_;
  std::vector<std::int64_t> seeds_;
  std::optional<data::OwnData> own_data_;
  std::set<std::string> names_;
  std::vector<InstanceConfiguration> configurations_;
};

// Takes Google Benchmark's flags from `arguments` and returns the rest, which is ours.
Texts SplitOffBenchmarkFlags(const Texts& arguments, CommandLine& line) {
  const char* const out = std::getenv("BENCHMARK_OUT");
  if (out != nullptr) line.out = out;
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') {
    line.benchmark_flags.emplace_back("--benchmark_color=false");
  }
  constexpr std::string_view kOut = "--benchmark_out=";
  constexpr std::string_view kAggregatesOnly = "--benchmark_report_aggregates_only";
  Texts rest;
  for (const std::string& argument : arguments) {
    if (argument.starts_with(kOut)) {
      line.out = argument.substr(kOut.size());
      if (line.out.empty()) throw std::invalid_argument("--benchmark_out: expected a file's name");
    } else if (argument.starts_with("--benchmark_out_format")) {
      if (argument != "--benchmark_out_format=json") {
        throw std::invalid_argument("--benchmark_out_format: only json is written to files");
      }
    } else if (argument.starts_with(kAggregatesOnly)) {
      // The file keeps the single repetitions always.
      line.benchmark_flags.push_back("--benchmark_display_aggregates_only" +
                                     argument.substr(kAggregatesOnly.size()));
    } else if (argument.starts_with("--benchmark_") || argument.starts_with("--v=")) {
      line.benchmark_flags.push_back(argument);
      line.has_json_display |= argument == "--benchmark_format=json";
      const bool decides_measuring = argument.starts_with("--benchmark_min_") ||
                                     argument.starts_with("--benchmark_repetitions");
      if (decides_measuring) line.measuring_flags.push_back(argument);
    } else {
      RequireValue(argument);
      rest.push_back(argument);
    }
  }
  return rest;
}

}  // namespace

CommandLine ParseCommandLine(const ProgramDescription& program, const Texts& arguments) {
  CommandLine line;
  Texts own = SplitOffBenchmarkFlags(arguments, line);
  Typed typed;
  typed.schedules = program.default_schedules;
  CLI::App app{std::string(program.summary), std::string(program.name)};
  app.set_help_flag("--help,-h", "this text");
  app.footer(fmt::format("Examples:\n{}\n{}", program.examples, kBenchmarkFooter));
  AddFlags(program, typed, line, app);
  line.answer = ParseOrHelp(app, std::move(own));
  if (!line.answer.empty()) return line;
  if (typed.list) {
    line.answer = ListOfChoices();
    return line;
  }
  if (line.resume && line.out.empty()) {
    throw std::invalid_argument("--resume: needs --benchmark_out, the file to resume");
  }
  line.configurations = Selection(program, typed).Combine();
  return line;
}

}  // namespace biasbench::bench
