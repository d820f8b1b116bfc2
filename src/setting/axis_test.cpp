// The table of axes, and what is made of it.
#include "setting/axis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "setting/combination.h"
#include "setting/description.h"
#include "setting/schema.h"

namespace biasbench::setting {
namespace {

constexpr Default kDefaults[] = {{"schedule", "recompute"}};
constexpr Program kMeasures{.name = "throughput", .defaults = kDefaults};
constexpr Program kTrains{
    .name = "convergence", .defaults = kDefaults, .trains_on_tasks = true, .follows_epochs = true};

// A setting of a program with one value in each list.
Setting Any(const Program& program) {
  Typed typed;
  typed.values = {{"strategy", "learned"}, {"hidden", "9"}, {"omp_threads", "1"}};
  return Combine(program, typed).at(0);
}

// Some values of an axis other than the one that the setting has.
std::vector<Value> OtherValues(const Axis& axis, const Setting& setting) {
  const Value current = axis.get(setting);
  if (current.is_boolean()) return {!current.get<bool>()};
  if (axis.names == nullptr) return {axis.parse("3")};
  std::vector<Value> values = ParseValues(axis, axis.kind == "LIST" ? "all" : "wrong");
  std::erase(values, current);
  return values;
}

// A row's name says everything that was chosen: another value is another name or, where names leave
// the axis out, another key; and key, flag and setting say the same.
TEST(Axes, EachValueIsTold) {
  for (const Program& program : {kMeasures, kTrains}) {
    Setting any = Any(program);
    any.network.formats.weights = kernel::NumberFormat::kBfloat16;  // else without products
    for (const Axis& axis : Axes()) {
      Setting usual = any;
      if (axis.key == "block") {
        usual.network.schedule = schedule::ScheduleKind::kBlocked;
        usual.network.shape.inputs = 64;  // few inputs take no blocks
      }
      if (!program.IsIn(axis.flag_scope) || axis.key == "task") continue;
      for (const Value& value : OtherValues(axis, usual)) {
        Setting setting = usual;
        axis.set(setting, value);
        EXPECT_EQ(axis.get(setting), value) << axis.key;
        EXPECT_EQ(ToJson(setting).at(std::string(axis.key)), value);
        EXPECT_EQ(ToJson(FromJson(ToJson(setting))), ToJson(setting)) << axis.key;
        const bool is_named = axis.in_name != InName::kNever && program.IsIn(axis.name_scope);
        EXPECT_EQ(CanonicalName("x", setting) != CanonicalName("x", usual), is_named) << axis.key;
        EXPECT_NE(RepeatFlags(setting), RepeatFlags(usual)) << axis.key;
      }
    }
  }
}

// An instance with a single node is told the same, without a training.
TEST(Axes, OwnDataAreToldWithoutTrainingToo) {
  Setting setting = Any(kTrains);
  setting.task = data::kOwn;
  setting.own_data.emplace();
  setting.own_data->files.train = "train.csv";
  setting.training.reset();
  EXPECT_EQ(FromJson(ToJson(setting)).own_data.value().files.train, "train.csv");
}

TEST(Axes, KeysFlagsAndLabelsAreThereOnce) {
  std::set<std::string_view> keys;
  std::set<std::string_view> flags;
  std::set<std::string_view> labels;
  for (const Axis& axis : Axes()) {
    EXPECT_TRUE(keys.insert(axis.key).second) << axis.key;
    EXPECT_TRUE(axis.flag.empty() || flags.insert(axis.flag).second) << axis.flag;
    EXPECT_TRUE(axis.label.empty() || labels.insert(axis.label).second) << axis.label;
    EXPECT_EQ(axis.label.empty(), axis.in_name == InName::kBare || axis.in_name == InName::kNever)
        << axis.key;
    EXPECT_EQ(&AxisOf(axis.key), &axis);
  }
}

// AXES_SCHEMA, a macro, is the file that tools/check_results holds rows against.
TEST(Axes, TheSchemaIsWrittenAnewWithTheTable) {
  std::ifstream file(AXES_SCHEMA);
  EXPECT_EQ(nlohmann::json::parse(file), SchemaOfAxes())
      << "build/release/tools/axes_schema > results/schema/axes.json";
}

TEST(Axes, TheSchemaSaysWhatIsAccepted) {
  const nlohmann::json of_all = SchemaOfAxes()["$defs"]["setting"]["properties"];
  EXPECT_EQ(of_all["schedule"]["enum"], nlohmann::json(AxisOf("schedule").names()));
  EXPECT_EQ(of_all["hidden"], (nlohmann::json{{"type", "integer"}, {"minimum", 1}}));
  EXPECT_EQ(of_all["seed"], (nlohmann::json{{"type", "integer"}, {"minimum", 0}}));
  EXPECT_EQ(of_all["max_samples"], (nlohmann::json{{"type", "integer"}, {"minimum", 0}}));
  EXPECT_EQ(of_all["center"], (nlohmann::json{{"type", "boolean"}}));
  const nlohmann::json of_training = SchemaOfAxes()["$defs"]["training_setting"]["properties"];
  EXPECT_EQ(of_training["learning_rate"],
            (nlohmann::json{{"type", "number"}, {"exclusiveMinimum", 0}}));
  EXPECT_EQ(of_training["weight_decay"], (nlohmann::json{{"type", "number"}, {"minimum", 0}}));
  EXPECT_EQ(of_training["test_scale"]["items"],
            (nlohmann::json{{"type", "number"}, {"exclusiveMinimum", 0}}));
  EXPECT_FALSE(of_training.contains("hidden"));
  const nlohmann::json required = SchemaOfAxes()["$defs"]["training_setting"]["required"];
  EXPECT_EQ(std::ranges::count(required, "epochs"), 1);
  EXPECT_EQ(std::ranges::count(required, "test_scale"), 0);
}

TEST(Axes, AllStandsForEveryName) {
  const Axis& axis = AxisOf("schedule");
  EXPECT_EQ(ParseValues(axis, "all").size(), axis.names().size());
  EXPECT_EQ(ParseValues(axis, "streaming,all").size(), axis.names().size() + 1);
  EXPECT_THROW(ParseValues(axis, "al"), std::invalid_argument);
}

}  // namespace
}  // namespace biasbench::setting
