#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "data/task.h"
#include "kernel/narrow_tile.h"
#include "setting/axis_members.h"
#include "setting/axis_rows.h"
#include "setting/values.h"

namespace biasbench::setting {
namespace {

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

static_assert(schedule::kMaxUnits == 256 && bias::kMaxGroup == 256, "as --threads says");

Value ParseStrategy(std::string_view part) { return bias::ParseSelection(part).Name(); }

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

}  // namespace

std::vector<Axis> NetworkAxes() {
  return {
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
      {.key = "ranks",
       .flag = "--ranks",
       .label = "ranks",
       .is_optional = true,
       .help = "processes among which the hidden nodes are divided, each with these threads;\nmore "
               "than one are started by MPI, here or on the hosts of --hostfile",
       .nesting = 11,
       .parse = ParseCountIn<kRanks>,
       .by_default = "1",
       .get = [](const Setting& s) -> Value {
         if (s.network.place.ranks == 1) return nullptr;
         return s.network.place.ranks;
       },
       .set =
           [](Setting& s, const Value& v) {
             if (!v.is_null()) s.network.place.ranks = v;
           }},
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
  };
}

}  // namespace biasbench::setting
