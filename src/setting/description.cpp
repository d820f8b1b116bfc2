#include "setting/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "setting/axis.h"
#include "setting/own_data_flags.h"

namespace biasbench::setting {
namespace {

// "--hidden=1000", "--center", or nothing.
std::string RepeatFlag(const Axis& axis, const Setting& setting) {
  if (!IsIn(setting, axis.flag_scope)) return "";
  if (axis.key == "task" && setting.own_data) return "";  // the data's own flags say it
  const Value value = axis.get(setting);
  const bool is_always_told = axis.in_name == InName::kBare || axis.in_name == InName::kAlways;
  if (!is_always_told && IsUsual(axis, value)) return "";
  const std::string_view flag = FlagOf(axis);
  return value.is_boolean() ? std::string(flag) : fmt::format("{}={}", flag, TextOf(value));
}

}  // namespace

nlohmann::json ToJson(const Setting& setting) {
  nlohmann::json json = nlohmann::json::object();
  for (const Axis& axis : Axes()) {
    if (!IsIn(setting, axis.key_scope)) continue;
    Value value = axis.get(setting);
    if (!value.is_null()) json[axis.key] = std::move(value);
  }
  return json;
}

Setting FromJson(const nlohmann::json& json) {
  Setting setting;
  if (json.contains("epochs")) setting.training.emplace();
  for (const Axis& axis : Axes()) {
    if (!IsIn(setting, axis.key_scope)) continue;
    const bool is_left_out = axis.is_optional && !json.contains(std::string(axis.key));
    if (!is_left_out) axis.set(setting, json.at(std::string(axis.key)));
  }
  return setting;
}

std::string CanonicalName(std::string_view program, const Setting& setting) {
  std::string name(program);
  for (const Axis& axis : Axes()) {
    if (!IsIn(setting, axis.name_scope)) continue;
    const std::string part = NamePart(axis, axis.get(setting));
    if (!part.empty()) name += "/" + part;
  }
  return name;
}

std::vector<std::string> RepeatFlags(const Setting& setting) {
  std::vector<std::string> flags;
  for (const Axis& axis : Axes()) {
    std::string flag = RepeatFlag(axis, setting);
    if (!flag.empty()) flags.push_back(std::move(flag));
  }
  if (setting.own_data) {
    std::ranges::copy(RepeatFlags(setting.own_data->files), std::back_inserter(flags));
  }
  return flags;
}

}  // namespace biasbench::setting
