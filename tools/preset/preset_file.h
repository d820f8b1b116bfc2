// Presets: text files of benchmark commands, each with the seconds that it should take.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace biasbench::tools {

// The description of the format in --help.
inline constexpr std::string_view kPresetFormat =
    R"(Lines of a preset:

  # words              a comment
  name = words         defines $name for the lines below
  include FILE         adds the lines of a smaller preset in the same folder, and its names
  SECONDS PROGRAM FLAG…   a command, and its duration on 2 cores

PROGRAM is footprint, throughput, convergence or stability; the flags name the --schedules. $threads is
the number given by --threads, which is also that of commands without such a flag.)";

struct PresetCommand {
  double seconds = 0;
  std::string program;
  std::vector<std::string> flags;
  int repetitions = 1;  // of each row, as the flags say
  std::string place;    // "tools/presets/ci:12"
};

// "footprint --strategies=all …"
std::string CommandText(const PresetCommand& command);

// The commands of the file, then those of the files it includes: of two that measure the same row,
// the larger preset's is first. Throws record::FileError, naming the line.
std::vector<PresetCommand> ReadPreset(const std::filesystem::path& path, int threads);

}  // namespace biasbench::tools
