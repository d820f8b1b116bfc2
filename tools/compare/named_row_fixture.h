// Rows for tests, made up from names, which the programs never take apart.
#pragma once

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "setting/coordinates.h"

namespace biasbench {

// The keys that a program would write beside this name.
inline nlohmann::json KeysOfName(const std::string& name) {
  std::istringstream parts(name);
  std::string part;
  std::getline(parts, part, '/');
  const bool is_peers = part == "peers";
  const bool trains = part == "convergence" || part == "stability";
  nlohmann::json keys = nlohmann::json::object();
  if (trains) keys["target_loss"] = 0;
  constexpr auto kBare = std::to_array<const char*>({"task", "strategy", "schedule", "optimizer"});
  std::size_t bare = trains ? 0 : 1;
  while (std::getline(parts, part, '/')) {
    const std::size_t colon = part.find(':');
    const std::string label = part.substr(0, colon);
    const auto axes = setting::Axes();
    const auto axis = std::ranges::find(axes, std::string_view(label), &setting::Axis::label);
    if (axis != axes.end() && !label.empty()) {
      const std::string value = colon == std::string::npos ? "on" : part.substr(colon + 1);
      keys[std::string(axis->key)] = ParseValues(*axis, value).front();
    } else if (is_peers && !keys.contains("peer")) {
      keys["peer"] = part;
    } else if (bare < kBare.size()) {
      keys[kBare[bare++]] = part;
    }
  }
  return keys;
}

inline setting::Coordinates WhereOf(const std::string& name) {
  return setting::Coordinates(KeysOfName(name));
}

}  // namespace biasbench
