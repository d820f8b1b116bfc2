#include "setting/coordinates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace biasbench::setting {
namespace {

bool IsListed(const Keys& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

Coordinates::Coordinates(const nlohmann::json& row) {
  for (const Axis& axis : Axes()) {
    const auto found = row.find(std::string(axis.key));
    if (found != row.end() && axis.key != "own_data") Set(axis.key, *found);
  }
  const auto data = row.find("own_data");
  if (data != row.end() && data->is_object()) Set("own_data", *data);
}

void Coordinates::Set(std::string_view key, Value value) {
  if (!value.is_null()) values_.insert_or_assign(std::string(key), std::move(value));
}

std::string Coordinates::Text(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? "" : TextOf(found->second);
}

bool Coordinates::IsUsual(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() || setting::IsUsual(AxisOf(key), found->second);
}

bool Coordinates::IsOfTraining() const {
  return std::ranges::any_of(
      values_, [](const auto& value) { return AxisOf(value.first).key_scope == Scope::kTraining; });
}

std::string Coordinates::Part(const Axis& axis) const {
  const auto found = values_.find(axis.key);
  if (found == values_.end()) return "";
  if (axis.name_scope == Scope::kTraining && !IsOfTraining()) return "";
  return NamePart(axis, found->second);
}

std::vector<std::string> Coordinates::Parts(const Keys& without) const {
  std::vector<std::string> parts;
  for (const Axis& axis : Axes()) {
    std::string part = IsListed(without, axis.key) ? "" : Part(axis);
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<std::string> Coordinates::PartsOf(const Keys& keys) const {
  std::vector<std::string> parts;
  for (const Axis& axis : Axes()) {
    std::string part = IsListed(keys, axis.key) ? Part(axis) : "";
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::string Coordinates::Name(const Keys& without) const {
  return fmt::format("{}", fmt::join(Parts(without), "/"));
}

}  // namespace biasbench::setting
