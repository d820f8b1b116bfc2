// The flags that name the reader's own data, and the name of such data in records.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/own_data.h"

namespace biasbench::setting {

// The flags' values as typed; empty if not given.
struct OwnDataFlags {
  std::string train;
  std::string test;
  std::string target;
  std::string kind;
  std::string scale;
  std::string train_labels = {};
  std::string test_labels = {};
  std::string test_share = {};
  std::string header = {};
  std::string separator = {};
  std::string decimal = {};
  std::string comment = {};
};

// One command line for each kind of file, for --help.
std::string OwnDataExamples(std::string_view program);

// The data that the flags name, examined; nullopt if no such flag is given. Throws
// std::invalid_argument naming a flag, data::Error naming a file and its line.
std::optional<data::OwnData> ExamineOwnData(const OwnDataFlags& flags, const data::OnRead& on_read);

// Notes, one a line, on how the files were understood where they left it open.
std::vector<std::string> NotesOn(const data::OwnData& data);

// The flags that name the same data.
std::vector<std::string> RepeatFlags(const data::OwnFiles& files);

nlohmann::json ToJson(const data::OwnData& data);
data::OwnData OwnDataFromJson(const nlohmann::json& json);

}  // namespace biasbench::setting
