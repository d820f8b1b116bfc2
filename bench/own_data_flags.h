// The flags that name the reader's own data, and what such data are called in records.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/own_data.h"

namespace biasbench::bench {

// The values as they were typed; empty where they were not.
struct OwnDataFlags {
  std::string train;
  std::string test;
  std::string target;
  std::string kind;
  std::string scale;
};

// The data that the flags name, examined; nothing if there are no such flags. Throws
// std::invalid_argument naming a flag, data::Error naming a file and its line.
std::optional<data::OwnData> ExamineOwnData(const OwnDataFlags& flags);

// The flags that name the same data.
std::vector<std::string> RepeatFlags(const data::OwnFiles& files);

nlohmann::json ToJson(const data::OwnData& data);
data::OwnData OwnDataFromJson(const nlohmann::json& json);

}  // namespace biasbench::bench
