#include "setting/axis.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "setting/axis_rows.h"
#include "setting/values.h"
#include "text/excerpt.h"

namespace biasbench::setting {
namespace {

// All rows, in the order of the parts of a row's name.
std::vector<Axis> JoinedRows() {
  std::vector<Axis> axes = {TaskAxis()};
  for (const std::vector<Axis>& rows : {NetworkAxes(), TrainingAxes(), SampleAxes()}) {
    axes.insert(axes.end(), rows.begin(), rows.end());
  }
  axes.push_back(SeedAxis());
  return axes;
}

const std::vector<Axis>& Table() {
  static const std::vector<Axis> axes = JoinedRows();
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
  const std::vector<std::string> names = axis.names();
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
  std::vector<std::string> flags;
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
    std::vector<std::string> parts;
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
