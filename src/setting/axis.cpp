#include "setting/axis.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "data/task.h"
#include "kernel/narrow_tile.h"
#include "setting/own_data_flags.h"
#include "setting/values.h"
#include "text/excerpt.h"

namespace biasbench::setting {
namespace {

using Names = std::vector<std::string>;

template <class Range, class Projection = std::identity>
Names NamesOf(const Range& range, Projection projection = {}) {
  Names names;
  std::ranges::transform(range, std::back_inserter(names), [&](const auto& element) {
    return std::string(std::invoke(projection, element));
  });
  return names;
}

Names StrategyNames() { return NamesOf(bias::AllSelections(), &bias::Selection::Name); }
Names ScheduleNames() {
  return NamesOf(schedule::kSchedules, &schedule::ScheduleDescription::name);
}
Names OptimizerNames() {
  return NamesOf(schedule::kOptimizers, &schedule::OptimizerDescription::name);
}
Names FormatNames() { return NamesOf(kernel::kNumberFormatNames); }
Names Bfloat16ProductsNames() { return NamesOf(kernel::kBfloat16ProductsNames); }
Names ParametrizationNames() { return NamesOf(schedule::kParametrizationNames); }
Names ActivationNames() { return NamesOf(kernel::kActivationNames); }
Names BiasSignNames() {
  return {"right", "wrong", "wrong_hidden", "wrong_output"};  // as in bias::BiasSign
}
Names InstalledTasks() {
  Names names;
  for (const data::TaskDescription& task : data::Tasks()) {
    if (data::IsInstalled(task.name)) names.emplace_back(task.name);
  }
  return names;
}

// Sets the enumerator whose name the value is; `names` stand in the enumerators' order.
template <class Enumeration>
void SetEnumerator(const Names& names, const Value& value, Enumeration& target) {
  const auto found = std::ranges::find(names, value.get<std::string>());
  if (found == names.end()) throw std::invalid_argument("unknown name " + value.dump());
  target = static_cast<Enumeration>(found - names.begin());
}

template <class Enumeration>
Value NameOf(const Names& names, Enumeration value) {
  return names.at(static_cast<std::size_t>(value));
}

static_assert(schedule::kMaxUnits == 256 && bias::kMaxGroup == 256, "as --threads says");

Value ParseStrategy(std::string_view part) { return bias::ParseSelection(part).Name(); }

Value ParseTask(std::string_view name) {
  const data::TaskDescription& task = data::FindTask(name);  // throws for what is unknown
  if (!data::IsInstalled(name)) {
    throw std::invalid_argument(
        fmt::format("the data of {} is not installed (a package of the system has it)", name));
  }
  return task.name;
}

template <const CountRange& kRange>
Value ParseCountIn(std::string_view part) {
  return ParseCount(part, kRange);
}

Value ParseAboveZero(std::string_view part) { return ParsePositive(part); }

// All of them belong to one row.
Value ParseScales(std::string_view text) {
  Value scales = Value::array();
  for (const std::string& part : SplitList(text)) scales.push_back(ParsePositive(part));
  return scales;
}

Value Zero(const Setting& /*setting*/, const Program& /*program*/) { return 0; }
Value Off(const Setting& /*setting*/, const Program& /*program*/) { return false; }

Value ToJsonOrNull(const std::optional<data::OwnData>& data) {
  return data ? ToJson(*data) : Value();
}

const data::TrainingDefaults& DefaultsOf(const Setting& setting) {
  return setting.own_data ? data::kOwnDefaults : data::FindTask(setting.task).defaults;
}

// The default schedule: the fastest. Recomputing a node of few weights is faster than reading its
// activations. At a million nodes on a Zen 4, samples/s of blocked and streaming: 784 inputs, batch
// 8, 54 and 29, batch 16, 61 and 57; 64 inputs, batch 8, 274 and 262, batch 16, 339 and 503
// (medians of 3 in turns; networks of 1,000 to 100,000 nodes order alike).
Value FastestSchedule(const Setting& setting, const Program& /*program*/) {
  constexpr std::int64_t kSmallBatch = 8;
  const schedule::Shape& shape = setting.network.shape;
  if (kernel::IsNarrow(shape.inputs, shape.outputs)) return "recompute";
  const bool is_plain_sgd = setting.network.optimizer == schedule::Optimizer::kSgd;
  return is_plain_sgd && shape.batch <= kSmallBatch ? "blocked" : "streaming";
}

// The default block size. With a longer block a sample pays less for the pass over the weights, and
// more for its steps. Samples/s at a million nodes, batch 1, on a Zen 4, with blocks of 16, 32, 64,
// 128, 256 samples: 64 inputs 169, 157, 150, 121, 114; 200 inputs 103, 102, 92; 784 inputs 46, 49,
// 49, 47, 45 (medians of 3 or 4 in turns).
Value FastestBlock(const Setting& setting, const Program& /*program*/) {
  const schedule::Shape& shape = setting.network.shape;
  return std::max<std::int64_t>(shape.inputs < 256 ? 16 : 64, shape.batch);
}

// The task, if one is named, decides inputs and outputs.
Value InputsOfData(const Setting& setting, const Program& /*program*/) {
  if (setting.own_data) return setting.own_data->inputs;
  return setting.task.empty() ? 784 : data::FindTask(setting.task).inputs;
}
Value OutputsOfData(const Setting& setting, const Program& /*program*/) {
  if (setting.own_data) return setting.own_data->outputs;
  return setting.task.empty() ? 10 : data::FindTask(setting.task).outputs;
}

const std::vector<Axis>& Table() {
  static const std::vector<Axis> axes = {
      {.key = "task",
       .flag = "--task",
       .in_name = InName::kBare,
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .help = "tasks to train on, or all",
       .nesting = 0,
       .names = InstalledTasks,
       .parse = ParseTask,
       .by_default = "harmonic3",
       .get = [](const Setting& s) -> Value { return s.task; },
       .set = [](Setting& s, const Value& v) { s.task = v; }},
      {.key = "strategy",
       .flag = "--strategies",
       .in_name = InName::kBare,
       .help = "bias strategies, or all",
       .nesting = 10,
       .names = StrategyNames,
       .parse = ParseStrategy,
       .by_default = "learned,fixed=1,none",
       .get = [](const Setting& s) -> Value { return s.network.strategy.Name(); },
       .set =
           [](Setting& s, const Value& v) {
             s.network.strategy = bias::ParseSelection(v.get<std::string>());
           }},
      {.key = "schedule",
       .flag = "--schedules",
       .in_name = InName::kBare,
       .help = "schedules, or all",
       .nesting = 9,
       .names = ScheduleNames,
       .otherwise = FastestSchedule,
       .otherwise_told = "the fastest: recompute for up to\n4 inputs and one output, blocked for "
                         "sgd on up to 8 samples, else streaming",
       .get = [](const Setting& s) { return NameOf(ScheduleNames(), s.network.schedule); },
       .set = [](Setting& s,
                 const Value& v) { SetEnumerator(ScheduleNames(), v, s.network.schedule); }},
      {.key = "optimizer",
       .flag = "--optimizers",
       .in_name = InName::kBare,
       .help = "optimizers, or all",
       .nesting = 8,
       .names = OptimizerNames,
       .by_default = "sgd",
       .get = [](const Setting& s) { return NameOf(OptimizerNames(), s.network.optimizer); },
       .set = [](Setting& s,
                 const Value& v) { SetEnumerator(OptimizerNames(), v, s.network.optimizer); }},
      {.key = "inputs",
       .flag = "--inputs",
       .label = "inputs",
       .in_name = InName::kAlways,
       .flag_scope = Scope::kMeasuring,
       .help = "inputs",
       .nesting = 1,
       .parse = ParseCountIn<kSizes>,
       .otherwise = InputsOfData,
       .otherwise_told = "784",
       .get = [](const Setting& s) -> Value { return s.network.shape.inputs; },
       .set = [](Setting& s, const Value& v) { s.network.shape.inputs = v; }},
      {.key = "hidden",
       .flag = "--hidden",
       .label = "hidden",
       .in_name = InName::kAlways,
       .help = "hidden nodes",
       .nesting = 3,
       .parse = ParseCountIn<kSizes>,
       .by_default = "1e6",
       .get = [](const Setting& s) -> Value { return s.network.shape.hidden; },
       .set = [](Setting& s, const Value& v) { s.network.shape.hidden = v; }},
      {.key = "outputs",
       .flag = "--outputs",
       .label = "outputs",
       .in_name = InName::kAlways,
       .flag_scope = Scope::kMeasuring,
       .help = "outputs",
       .nesting = 2,
       .parse = ParseCountIn<kSamples>,
       .otherwise = OutputsOfData,
       .otherwise_told = "10",
       .get = [](const Setting& s) -> Value { return s.network.shape.outputs; },
       .set = [](Setting& s, const Value& v) { s.network.shape.outputs = v; }},
      {.key = "batch",
       .flag = "--batch",
       .label = "batch",
       .in_name = InName::kAlways,
       .help = "samples of a step",
       .parse = ParseCountIn<kSamples>,
       .otherwise = [](const Setting& s, const Program& program) -> Value {
         return program.trains_on_tasks ? DefaultsOf(s).batch : 64;
       },
       .otherwise_told = "by task, or 64 without",
       .get = [](const Setting& s) -> Value { return s.network.shape.batch; },
       .set = [](Setting& s, const Value& v) { s.network.shape.batch = v; }},
      {.key = "omp_threads",
       .flag = "--threads",
       .label = "threads",
       .in_name = InName::kAlways,
       .help = "OpenMP threads; of more than one for 256 hidden nodes, or of more than 256, some "
               "have no work",
       .nesting = 11,
       .parse = ParseCountIn<kThreads>,
       .otherwise = [](const Setting&, const Program&) -> Value {
         static const int available = AvailableProcessors();  // asked of the kernel once
         return available;
       },
       .otherwise_told = "the processors available",
       .get = [](const Setting& s) -> Value { return s.network.threads; },
       .set = [](Setting& s, const Value& v) { s.network.threads = v; }},
      {.key = "weights_format",
       .flag = "--weights",
       .replaces = "--parameters",
       .label = "weights",
       .help = "format of weights: float32, or bfloat16, rounded stochastically (not\n"
               "under textbook); biases are stored as the strategy says",
       .nesting = 5,
       .names = FormatNames,
       .by_default = "float32",
       .get = [](const Setting& s) { return NameOf(FormatNames(), s.network.formats.weights); },
       .set = [](Setting& s,
                 const Value& v) { SetEnumerator(FormatNames(), v, s.network.formats.weights); }},
      {.key = "states_format",
       .flag = "--states",
       .replaces = "--parameters",
       .label = "states",
       .help = "format of momentum's and adam's states of weights; biases' are float32",
       .nesting = 5,
       .names = FormatNames,
       .by_default = "float32",
       .get = [](const Setting& s) { return NameOf(FormatNames(), s.network.formats.states); },
       .set = [](Setting& s,
                 const Value& v) { SetEnumerator(FormatNames(), v, s.network.formats.states); }},
      {.key = "bfloat16_products",
       .flag = "--bfloat16_products",
       .label = "products",
       .is_optional = true,
       .refines = "weights_format",
       .help = "with bfloat16 weights: processor, its own (AVX512-BF16), inputs and deltas\n"
               "rounded to nearest; or widened to float32 first",
       .nesting = 6,
       .names = Bfloat16ProductsNames,
       .otherwise = [](const Setting&, const Program&) -> Value {
         return NameOf(Bfloat16ProductsNames(), kernel::kDefaultBfloat16Products);
       },
       .otherwise_told = "processor where it has them",
       .get = [](const Setting& s) -> Value {
         if (!s.network.formats.HaveBfloat16Weights()) return nullptr;
         return NameOf(Bfloat16ProductsNames(), s.network.formats.products);
       },
       .set =
           [](Setting& s, const Value& v) {
             SetEnumerator(Bfloat16ProductsNames(), v, s.network.formats.products);
           }},
      {.key = "block",
       .flag = "--block",
       .label = "block",
       .is_optional = true,
       .help = "under blocked: samples whose steps share a pass over the hidden weights (not "
               "of\nup to 4 inputs with one output, which take a batch at a time)",
       .nesting = 6,
       .parse = ParseCountIn<kSamples>,
       .otherwise = FastestBlock,
       .otherwise_told = "64, or 16 below 256 inputs; a batch at least",
       .get = [](const Setting& s) -> Value {
         if (!s.network.takes_blocks()) return nullptr;
         return s.network.block;
       },
       .set =
           [](Setting& s, const Value& v) {
             if (!v.is_null()) s.network.block = v;
           }},
      {.key = "parametrization",
       .flag = "--parametrization",
       .label = "parametrization",
       .flag_scope = Scope::kTraining,
       .help = "mean_field: the same curves at any width\nstandard: what frameworks do by default, "
               "all initial weights and random biases\nU(+-1/sqrt(fan-in)), no 1/hidden",
       .nesting = 6,
       .names = ParametrizationNames,
       .by_default = "mean_field",
       .get =
           [](const Setting& s) {
             return NameOf(ParametrizationNames(), s.network.parametrization);
           },
       .set =
           [](Setting& s, const Value& v) {
             SetEnumerator(ParametrizationNames(), v, s.network.parametrization);
           }},
      {.key = "activation",
       .flag = "--activation",
       .label = "activation",
       .help = "activation of hidden nodes: relu or tanh",
       .nesting = 7,
       .names = ActivationNames,
       .by_default = "relu",
       .get = [](const Setting& s) { return NameOf(ActivationNames(), s.network.activation); },
       .set = [](Setting& s,
                 const Value& v) { SetEnumerator(ActivationNames(), v, s.network.activation); }},
      {.key = "epochs",
       .flag = "--epochs",
       .label = "epochs",
       .in_name = InName::kAlways,
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "N",
       .help = "passes over the training data",
       .parse = ParseCountIn<kSamples>,
       .otherwise = [](const Setting& s, const Program&) -> Value { return DefaultsOf(s).epochs; },
       .otherwise_told = "by task",
       .get = [](const Setting& s) -> Value { return s.training.value().epochs; },
       .set = [](Setting& s, const Value& v) { s.training.value().epochs = v; }},
      {.key = "learning_rate",
       .flag = "--learning_rate",
       .label = "rate",
       .in_name = InName::kAlways,
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "NUMBER",
       .help = "learning rate, above 0",
       .parse = ParseAboveZero,
       .otherwise = [](const Setting& s, const Program&) -> Value {
         return DefaultsOf(s).learning_rate;
       },
       .otherwise_told = "by task",
       .get = [](const Setting& s) -> Value { return s.training.value().learning_rate; },
       .set = [](Setting& s, const Value& v) { s.training.value().learning_rate = v; }},
      {.key = "target_loss",
       .flag = "--target_loss",
       .in_name = InName::kNever,
       .name_scope = Scope::kNone,
       .flag_scope = Scope::kFollowing,
       .key_scope = Scope::kTraining,
       .kind = "NUMBER",
       .help = "count the epochs until an epoch's training loss is at most this",
       .parse = ParseAboveZero,
       .otherwise = Zero,
       .get = [](const Setting& s) -> Value { return s.training.value().target_loss; },
       .set = [](Setting& s, const Value& v) { s.training.value().target_loss = v; }},
      {.key = "bias_sign",
       .flag = "--bias_sign",
       .label = "bias_sign",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "SIGN",
       .help = "right, wrong, wrong_hidden or wrong_output",
       .names = BiasSignNames,
       .by_default = "right",
       .get =
           [](const Setting& s) { return NameOf(BiasSignNames(), s.training.value().bias_sign); },
       .set =
           [](Setting& s, const Value& v) {
             SetEnumerator(BiasSignNames(), v, s.training.value().bias_sign);
           }},
      {.key = "weight_decay",
       .flag = "--weight_decay",
       .label = "weight_decay",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "NUMBER",
       .help = "decoupled weight decay: a step shrinks weights by learning rate times it; a\nbias "
               "unit's biases are weights",
       .parse = ParseAboveZero,
       .otherwise = Zero,
       .otherwise_told = "none",
       .get = [](const Setting& s) -> Value { return s.training.value().weight_decay; },
       .set = [](Setting& s, const Value& v) { s.training.value().weight_decay = v; }},
      {.key = "decay_bias",
       .flag = "--decay_bias",
       .label = "decay_bias",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .key_scope = Scope::kTraining,
       .kind = "",
       .help = "decay trained biases too",
       .otherwise = Off,
       .get = [](const Setting& s) -> Value { return s.training.value().decays_biases; },
       .set = [](Setting& s, const Value& v) { s.training.value().decays_biases = v; }},
      {.key = "max_samples",
       .flag = "--samples",
       .label = "samples",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .kind = "N",
       .help = "use only the first N training samples",
       .parse = ParseCountIn<kSamples>,
       .otherwise = [](const Setting& s, const Program& program) -> Value {
         return program.trains_on_tasks ? 0 : s.network.shape.batch;  // a step's are enough
       },
       .otherwise_told = "all",
       .get = [](const Setting& s) -> Value { return s.max_samples; },
       .set = [](Setting& s, const Value& v) { s.max_samples = v; }},
      {.key = "max_test_samples",
       .flag = "--test_samples",
       .label = "test_samples",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .kind = "N",
       .help = "use only the first N test samples",
       .parse = ParseCountIn<kSamples>,
       .otherwise = Zero,
       .otherwise_told = "all",
       .get = [](const Setting& s) -> Value { return s.max_test_samples; },
       .set = [](Setting& s, const Value& v) { s.max_test_samples = v; }},
      {.key = "test_scale",
       .flag = "--test_scale",
       .in_name = InName::kNever,  // one training, whatever it is looked at with afterwards
       .name_scope = Scope::kNone,
       .flag_scope = Scope::kFollowing,
       .key_scope = Scope::kTraining,
       .is_optional = true,
       .kind = "NUMBERS",
       .help = "after training, measure the test accuracy again with inputs multiplied by\n"
               "each of these numbers above 0",
       .parse = ParseScales,
       .get = [](const Setting& s) -> Value {
         return s.test_scales.empty() ? Value() : Value(s.test_scales);
       },
       .set =
           [](Setting& s, const Value& v) {
             if (!v.is_null()) s.test_scales = v.get<std::vector<double>>();
           }},
      {.key = "center",
       .flag = "--center",
       .label = "center",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kTraining,
       .kind = "",
       .help = "subtract each input's mean over the training set: then weights cannot act\nas a "
               "bias (see imitation_ratio)",
       .otherwise = Off,
       .get = [](const Setting& s) -> Value { return s.centres_inputs; },
       .set = [](Setting& s, const Value& v) { s.centres_inputs = v; }},
      {.key = "own_data",
       .flag = "",
       .label = "data",
       .name_scope = Scope::kTraining,
       .flag_scope = Scope::kNone,
       .is_optional = true,
       .kind = "",
       .help = "",
       .get = [](const Setting& s) { return ToJsonOrNull(s.own_data); },
       .set =
           [](Setting& s, const Value& v) {
             if (!v.is_null()) s.own_data = OwnDataFromJson(v);
           }},
      {.key = "seed",
       .flag = "--seed,--seeds",
       .label = "seed",
       .in_name = InName::kAlways,
       .name_scope = Scope::kTraining,
       .help = "seeds of initial values, shuffles and noise",
       .nesting = 12,
       .parse = ParseCountIn<kSeeds>,
       .by_default = "1",
       .get = [](const Setting& s) -> Value { return s.network.seed; },
       .set = [](Setting& s, const Value& v) { s.network.seed = v; }},
  };
  return axes;
}

std::string Unknown(const Axis& axis, std::string_view part) {
  std::string kind(axis.key);
  std::ranges::replace(kind, '_', ' ');
  return fmt::format("unknown {} '{}': expected one of {}", kind, text::Excerpt(part),
                     fmt::join(axis.names(), ", "));
}

Value ParsePart(const Axis& axis, std::string_view part) {
  if (axis.parse != nullptr) return axis.parse(part);
  const Names names = axis.names();
  if (std::ranges::count(names, part) == 0) throw std::invalid_argument(Unknown(axis, part));
  return part;
}

}  // namespace

bool Program::IsIn(Scope scope) const {
  switch (scope) {
    case Scope::kNone:
      return false;
    case Scope::kMeasuring:
      return !trains_on_tasks;
    case Scope::kTraining:
      return trains_on_tasks;
    case Scope::kFollowing:
      return follows_epochs;
    case Scope::kAll:
      return true;
  }
  return false;
}

bool Program::HasFlag(const Axis& axis) const {
  return keys.empty() ? IsIn(axis.flag_scope) : std::ranges::count(keys, axis.key) > 0;
}

std::string_view Program::DefaultOf(const Axis& axis) const {
  const auto found = std::ranges::find(defaults, axis.key, &Default::key);
  return found == defaults.end() ? axis.by_default : found->text;
}

bool IsIn(const Setting& setting, Scope scope) {
  const bool trains = setting.training.has_value();
  return Program{.trains_on_tasks = trains, .follows_epochs = trains}.IsIn(scope);
}

std::span<const Axis> Axes() { return Table(); }

const Axis& AxisOf(std::string_view key) {
  const auto found = std::ranges::find(Table(), key, &Axis::key);
  if (found == Table().end()) throw std::logic_error("no axis " + std::string(key));
  return *found;
}

std::string RefusalOfReplaced(std::string_view flag) {
  Names flags;
  for (const Axis& axis : Table()) {
    if (!axis.replaces.empty() && axis.replaces == flag) {
      flags.push_back(fmt::format("{}={}", axis.flag, fmt::join(axis.names(), "|")));
    }
  }
  return flags.empty() ? "" : fmt::format("{}: now {}", flag, fmt::join(flags, " and "));
}

std::vector<Value> ParseValues(const Axis& axis, std::string_view text) {
  if (axis.kind.empty()) return {text == kSwitchedOn};
  if (axis.kind != "LIST") return {ParsePart(axis, text)};
  std::vector<Value> values;
  for (const std::string& part : SplitList(text)) {
    if (part == "all" && axis.names != nullptr) {
      for (const std::string& name : axis.names()) values.emplace_back(name);
    } else {
      values.push_back(ParsePart(axis, part));
    }
  }
  return values;
}

bool IsUsual(const Axis& axis, const Value& value) {
  return value.is_null() || value == 0 || value == false || TextOf(value) == axis.by_default;
}

std::string NamePart(const Axis& axis, const Value& value) {
  if (axis.in_name == InName::kNever) return "";
  if (axis.in_name == InName::kUnlessDefault && IsUsual(axis, value)) return "";
  if (axis.in_name == InName::kBare) return TextOf(value);
  if (value.is_boolean()) return std::string(axis.label);
  return fmt::format("{}:{}", axis.label, TextOf(value));
}

std::string TextOf(const Value& value) {
  if (value.is_string()) return value;
  if (value.is_object() && value.contains("digest") && value["digest"].is_string()) {
    return value["digest"];  // own data
  }
  if (value.is_array()) {  // the numbers of one row
    Names parts;
    std::ranges::transform(value, std::back_inserter(parts), TextOf);
    return fmt::format("{}", fmt::join(parts, ","));
  }
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  return value.dump();
}

std::vector<Value> ParseListFlag(std::string_view key, std::string_view flag,
                                 const std::string& text) {
  return ParseFlag(flag, text,
                   [&](const std::string& list) { return ParseValues(AxisOf(key), list); });
}

std::string_view FlagOf(const Axis& axis) { return axis.flag.substr(0, axis.flag.find(',')); }

}  // namespace biasbench::setting
