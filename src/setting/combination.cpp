#include "setting/combination.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/task.h"
#include "setting/description.h"

namespace biasbench::setting {
namespace {

// The largest number of rows, more than anybody waits for. A few long lists would otherwise combine
// to more than memory holds. (Listing 10,000 takes Google Benchmark 1.4 s, 90,000 276 s.)
constexpr std::size_t kMaxRows = 10'000;

void CheckWeightDecay(const network::TrainingOptions& training) {
  if (training.weight_decay * training.learning_rate < 1) return;
  throw std::invalid_argument(fmt::format(
      "--weight_decay: a step would leave nothing of the weights; expected less than {}, 1 over "
      "the learning rate",
      1 / training.learning_rate));
}

void CheckBiasSign(const Setting& setting) {
  const bias::BiasSign sign = setting.training->bias_sign;
  const bool turns_hidden = sign == bias::BiasSign::kWrong || sign == bias::BiasSign::kWrongHidden;
  if (turns_hidden && setting.network.strategy->has_bias_unit) {
    throw std::invalid_argument(
        "--bias_sign: only right and wrong_output are for bias_unit, whose hidden biases are "
        "weights; choose others by --strategies");
  }
}

void CheckTestScales(const Setting& setting) {
  if (setting.test_scales.empty()) return;
  const bool has_classes = setting.own_data ? setting.own_data->files.is_classification
                                            : data::FindTask(setting.task).is_classification;
  if (!has_classes) {
    throw std::invalid_argument(
        fmt::format("--test_scale: counts what is right, and {} has no classes; expected a "
                    "task such as digits",
                    setting.task));
  }
}

// The error message for a configuration that does not exist.
std::string WhyThereIsNot(const schedule::Configuration& network) {
  const schedule::ScheduleDescription& schedule = Describe(network.schedule);
  if (!network.formats.HaveProducts()) {
    return "--bfloat16_products: the processor that this was built for has none; expected widened";
  }
  if (schedule.takes_blocks && Describe(network.optimizer).states > 0) {
    return fmt::format(
        "--optimizers: {} is for sgd alone, {} is not linear in the gradients it "
        "has seen; choose others by --schedules",
        schedule.name, Describe(network.optimizer).name);
  }
  if (network.takes_blocks() && network.block < network.shape.batch) {
    return fmt::format("--block: {} samples hold no batch of {}; expected at least as many",
                       network.block, network.shape.batch);
  }
  if (!schedule.takes(network.formats, network.optimizer)) {
    const bool weights = network.formats.weights != kernel::NumberFormat::kFloat32;
    return fmt::format(
        "{}: {} is not for {}, which computes in single precision; choose "
        "others by --schedules",
        weights ? "--weights" : "--states",
        NameOf(weights ? network.formats.weights : network.formats.states), schedule.name);
  }
  return fmt::format("--states: {} has no states to store; choose others by --optimizers",
                     Describe(network.optimizer).name);
}

// Throws for values that do not go together.
void Check(const Setting& setting) {
  const schedule::Configuration& network = setting.network;
  if (!network.Exists()) throw std::invalid_argument(WhyThereIsNot(network));
  if (!setting.training) return;
  if (setting.training->decays_biases && setting.training->weight_decay == 0) {
    throw std::invalid_argument("--decay_bias: needs --weight_decay");
  }
  CheckWeightDecay(*setting.training);
  CheckBiasSign(setting);
  CheckTestScales(setting);
}

bool IsAll(const Typed& typed, std::string_view key) {
  return typed.Has(key) && typed.values.find(key)->second == "all";
}

class Combination {
 public:
  Combination(const Program& program, const Typed& typed, const data::OnRead& on_read)
      : program_(program),
        has_own_data_(!typed.own_data.train.empty()),
        has_typed_products_(typed.Has("bfloat16_products")),
        takes_all_products_(IsAll(typed, "bfloat16_products")),
        takes_all_schedules_(IsAll(typed, "schedule")),
        has_typed_block_(typed.Has("block")) {
    if (has_own_data_ && typed.Has("task")) {
      throw std::invalid_argument("--task: not together with --train, which brings its own data");
    }
    for (const Axis& axis : Axes()) loops_.push_back({&axis, Values(axis, typed)});
    std::ranges::stable_sort(loops_, {}, [](const Loop& loop) { return loop.axis->nesting; });
    if (!program.trains_on_tasks && LoopOf("seed").values.size() > 1) {
      throw std::invalid_argument("--seed: one number; it is not part of the rows' names here");
    }
    SetShapeTasks(typed);
    own_data_ = ExamineOwnData(typed.own_data, on_read);  // last: they may be large
  }

  std::vector<Setting> Combine() && {
    Setting first;
    if (program_.trains_on_tasks) first.training.emplace();
    first.own_data = own_data_;
    for (const Value& task : shape_tasks_) {
      first.task = task;
      Nest(0, first);
    }
    const auto has_choice = [](const Setting& setting) {
      return setting.network.formats.HaveBfloat16Weights();
    };
    if (has_typed_products_ && std::ranges::none_of(settings_, has_choice)) {
      throw std::invalid_argument("--bfloat16_products: only for --weights=bfloat16");
    }
    const auto takes_blocks = [](const Setting& setting) { return setting.network.takes_blocks(); };
    if (has_typed_block_ && std::ranges::none_of(settings_, takes_blocks)) {
      throw std::invalid_argument("--block: only for --schedules=blocked");
    }
    if (settings_.empty()) throw std::invalid_argument(why_not_);
    return std::move(settings_);
  }

 private:
  struct Loop {
    const Axis* axis;
    std::vector<Value> values;  // empty: nothing was typed
  };

  std::vector<Value> Values(const Axis& axis, const Typed& typed) const {
    if (axis.key == "task" && has_own_data_) return {data::kOwn};
    std::string text(program_.DefaultOf(axis));
    if (typed.Has(axis.key)) text = typed.values.find(axis.key)->second;
    if (text.empty() || axis.key == "own_data") return {};
    // A program without the flag has the default, but for the task, which its shape decides.
    if (axis.key == "task" && !program_.trains_on_tasks) return {};
    return ParseListFlag(axis.key, FlagOf(axis), text);
  }

  const Loop& LoopOf(std::string_view key) const {
    return *std::ranges::find(loops_, key, [](const Loop& loop) { return loop.axis->key; });
  }

  void SetShapeTasks(const Typed& typed) {
    if (typed.shape_tasks.empty()) return;
    if (typed.Has("inputs") || typed.Has("outputs")) {
      throw std::invalid_argument("--task: decides inputs and outputs; leave out either");
    }
    shape_tasks_ = ParseListFlag("task", "--task", typed.shape_tasks);
  }

  // Runs the loops from this one on, inside those that have set the setting's other axes. Each loop
  // sets its own axis anew, so one setting serves all.
  void Nest(std::size_t depth, Setting& setting) {
    if (depth == loops_.size()) {
      Add(setting);
      return;
    }
    const auto& [axis, values] = loops_[depth];
    const bool applies = IsIn(setting, axis->key_scope);
    if (!applies || values.empty()) {
      if (applies && axis->otherwise != nullptr) {
        axis->set(setting, axis->otherwise(setting, program_));
      }
      Nest(depth + 1, setting);
      return;
    }
    for (const Value& value : values) {
      axis->set(setting, value);
      Nest(depth + 1, setting);
    }
  }

  void Add(Setting setting) {
    if (++combinations_ > kMaxRows) {
      throw std::invalid_argument(fmt::format(
          "the lists combine to more than {} rows; shorten one, or run its parts one by one",
          kMaxRows));
    }
    if (!setting.training) setting.task = FedTask(setting.network.shape);
    if (IsLeftOut(setting.network)) {
      why_not_ = WhyThereIsNot(setting.network);
      return;
    }
    Check(setting);
    if (names_.insert(CanonicalName(program_.name, setting)).second) {
      settings_.push_back(std::move(setting));
    }
  }

  // `all` products are those that this program has, `all` schedules those that exist for the rest.
  bool IsLeftOut(const schedule::Configuration& network) const {
    if (network.Exists()) return false;
    return program_.skips_nonexistent || (takes_all_products_ && !network.formats.HaveProducts()) ||
           (takes_all_schedules_ &&
            !Describe(network.schedule).takes(network.formats, network.optimizer)) ||
           (takes_all_schedules_ && network.takes_blocks() && network.block < network.shape.batch);
  }

  // Takes real samples if a task has the shape, else noise.
  const std::string& FedTask(const schedule::Shape& shape) {
    const auto [found, is_new] =
        fed_tasks_.try_emplace({shape.inputs, shape.outputs}, std::string(kNoise));
    if (!is_new) return found->second;
    for (const data::TaskDescription& task : data::Tasks()) {
      if (task.inputs == shape.inputs && task.outputs == shape.outputs &&
          data::IsInstalled(task.name)) {
        found->second = task.name;
        break;
      }
    }
    return found->second;
  }

  const Program& program_;
  bool has_own_data_;
  bool has_typed_products_;
  bool takes_all_products_;
  bool takes_all_schedules_;
  bool has_typed_block_;
  std::optional<data::OwnData> own_data_;
  std::vector<Loop> loops_;  // from the outermost
  std::vector<Value> shape_tasks_ = {""};
  std::map<std::pair<std::int64_t, std::int64_t>, std::string> fed_tasks_;  // by inputs, outputs
  std::set<std::string> names_;
  std::size_t combinations_ = 0;  // also those that are there already
  std::string why_not_;           // of the last that was left out
  std::vector<Setting> settings_;
};

}  // namespace

std::string DescribeTaskDefaults() {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view task, const data::TrainingDefaults& defaults) {
    parts.push_back(fmt::format("{} {} epochs, rate {}, batch {}", task, defaults.epochs,
                                defaults.learning_rate, defaults.batch));
  };
  for (const data::TaskDescription& task : data::Tasks()) add(task.name, task.defaults);
  add(data::kOwn, data::kOwnDefaults);
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<Setting> Combine(const Program& program, const Typed& typed,
                             const data::OnRead& on_read) {
  return Combination(program, typed, on_read).Combine();
}

}  // namespace biasbench::setting
