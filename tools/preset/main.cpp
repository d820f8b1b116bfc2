// tools/preset FILE: the commands of a preset, each row measured once.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <string>

#include "bench/program/version.h"
#include "preset/preset_file.h"
#include "preset/preset_rows.h"
#include "record/guarded_main.h"
#include "record/standard_streams.h"

namespace biasbench::tools {
namespace {

constexpr const char* kDescription = R"(Prints the commands of a preset, in the order to run them.

  build/release/tools/preset tools/presets/ci
  build/release/tools/preset tools/presets/full --rows | sort > rows.txt

A line is a command, after the seconds that it should take on 2 cores. Each row is measured once: by the
one with the most repetitions of the commands that select it, which is printed first. The others skip it
if they run with --resume and the same --benchmark_out; a command without a row of its own is not printed.
The programs must be built, since they list the rows that flags select.
)";

constexpr const char* kExitCodes =
    "Exit codes: 0 printed, 2 the preset cannot be read (its line and the reason are on stderr).";

struct Arguments {
  std::filesystem::path preset;
  int threads = 2;
  std::filesystem::path programs = "build/release/bench";
  bool lists_rows = false;
};

std::string Lines(const PresetStep& step, bool lists_rows) {
  const std::string command = CommandText(step.command);
  if (!lists_rows) return fmt::format("{:.0f} {}\n", std::ceil(step.command.seconds), command);
  std::string lines;
  for (const std::string& row : step.rows) {
    lines += fmt::format("{} {} {}\n", step.command.repetitions, row, command);
  }
  return lines;
}

int Main(int argc, char** argv) {
  CLI::App app(kDescription, "preset");
  Arguments arguments;
  app.footer(fmt::format("{}\n\n{}", kPresetFormat, kExitCodes));
  app.add_option("FILE", arguments.preset, "the preset, as tools/presets/ci")->required();
  app.add_option("--threads", arguments.threads,
                 "threads of commands that name none, and the value of $threads")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--programs", arguments.programs, "the folder of the benchmark programs")
      ->capture_default_str();
  app.add_flag("--rows", arguments.lists_rows,
               "print one row a line: its repetitions, its name, and its command");
  bench::AddVersionFlag(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& answer) {
    return app.exit(answer);
  }
  for (const PresetStep& step : MeasureRowsOnce(ReadPreset(arguments.preset, arguments.threads),
                                                AskPrograms(arguments.programs))) {
    fmt::print("{}", Lines(step, arguments.lists_rows));
  }
  record::FlushOutput();
  return 0;
}

}  // namespace
}  // namespace biasbench::tools

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain("preset",
                                        [&] { return biasbench::tools::Main(argc, argv); });
}
