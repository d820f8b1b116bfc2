// Resuming an interrupted run.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "setting/setting.h"

namespace biasbench::bench {

struct KeptRows {
  nlohmann::json rows = nlohmann::json::array();  // in the file's order
  std::set<std::string> names;
  nlohmann::json context = nlohmann::json::object();  // of the file they stand in
};

// The finished rows (ok, skipped or diverged, in every repetition) of the result file `path`; empty
// if there is no file. Throws record::FileError if the file is another program's or another
// build's, by `own_context`, or no result file: a file holds rows of one build.
KeptRows KeepFinishedRows(const std::string& path, const nlohmann::json& own_context);

// Throws record::FileError if a kept row was measured under another setting that its name does not
// show, such as --target_loss. `path`: the file it stands in.
void RequireSameSetting(const nlohmann::json& row, const setting::Setting& setting,
                        const std::string& path);

}  // namespace biasbench::bench
