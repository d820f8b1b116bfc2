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

// The commands in the order to run them: of commands that measure the same row, the one with the
// most repetitions comes first (the first of equals). A command whose rows are all measured before
// is left out; if only some are, the programs' --resume skips them.
std::vector<PresetStep> MeasureRowsOnce(std::vector<PresetCommand> commands,
                                        const ListRows& list_rows);

// A ListRows that asks the programs in `folder`. Throws record::FileError, naming the command's
// line, if one does not take the flags.
ListRows AskPrograms(const std::filesystem::path& folder);

}  // namespace biasbench::tools
