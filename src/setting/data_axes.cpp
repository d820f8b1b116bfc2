#include <fmt/format.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "data/own_data.h"
#include "data/task.h"
#include "setting/axis_members.h"
#include "setting/axis_rows.h"
#include "setting/own_data_flags.h"
#include "setting/values.h"

namespace biasbench::setting {
namespace {

Names InstalledTasks() {
  Names names;
  for (const data::TaskDescription& task : data::Tasks()) {
    if (data::IsInstalled(task.name)) names.emplace_back(task.name);
  }
  return names;
}

Value ParseTask(std::string_view name) {
  const data::TaskDescription& task = data::FindTask(name);  // throws for what is unknown
  if (!data::IsInstalled(name)) {
    throw std::invalid_argument(
        fmt::format("the data of {} is not installed (a package of the system has it)", name));
  }
  return task.name;
}

// All of them belong to one row.
Value ParseScales(std::string_view text) {
  Value scales = Value::array();
  for (const std::string& part : SplitList(text)) scales.push_back(ParsePositive(part));
  return scales;
}

Value ToJsonOrNull(const std::optional<data::OwnData>& data) {
  return data ? ToJson(*data) : Value();
}

}  // namespace

Axis TaskAxis() {
  return {.key = "task",
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
          .set = [](Setting& s, const Value& v) { s.task = v; }};
}

std::vector<Axis> SampleAxes() {
  return {
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
  };
}

}  // namespace biasbench::setting
