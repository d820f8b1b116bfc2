// The rows of a preset's commands, each measured once.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "preset/preset_file.h"

namespace biasbench::tools {

// A command with those of its rows that no command before it measures.
struct PresetStep {
  PresetCommand command;  // its seconds are these rows'
  std::vector<std::string> rows;
};

// The names of all rows that a command measures.
using ListRows = std::function<std::vector<std::string>(const PresetCommand&)>;

// In the order to run them in: of commands that measure the same row the one with the most
// repetitions comes first, and of these the first. One whose rows are all measured before is left
// out; of one that shares some, the programs' --resume skips those that are in the file already.
std::vector<PresetStep> MeasureRowsOnce(std::vector<PresetCommand> commands,
                                        const ListRows& list_rows);

// Asks the programs in `folder`. Throws record::FileError, naming the command's line, if one does
// not take the flags.
ListRows AskPrograms(const std::filesystem::path& folder);

}  // namespace biasbench::tools
