// PRESET_PROGRAM, BENCH_FOLDER and PRESETS, macros, name files and folders.
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "preset/preset_file.h"
#include "preset/preset_rows.h"
#include "record/result_file.h"
#include "record/temporary_folder.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::string>;

class Preset : public testing::Test {
 protected:
  fs::path Put(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }
  std::vector<std::string> Texts(const fs::path& path, int threads = 2) const {
    std::vector<std::string> texts;
    for (const PresetCommand& command : ReadPreset(path, threads)) {
      texts.push_back(CommandText(command));
    }
    return texts;
  }
  void ExpectRefusal(const std::string& text, const std::string& message) const {
    const fs::path path = Put("bad", text);
    try {
      ReadPreset(path, 2);
      FAIL() << text;
    } catch (const record::FileError& error) {
      EXPECT_EQ(error.what(), path.string() + message);
    }
  }

 private:
  const record::TemporaryFolder folder_{"preset"};
};

TEST_F(Preset, CommandsCommentsAndNames) {
  const fs::path path = Put("a",
                            "# why\n"
                            "wide = --hidden=1e6 --schedules=recompute  # names are words\n"
                            "wider = $wide --inputs=64\n"
                            "\n"
                            "1.5 footprint $wider --strategies=all\n"
                            "20 throughput $wide,x --threads=1,$threads "
                            "--benchmark_repetitions=8\n");
  const std::vector<PresetCommand> commands = ReadPreset(path, 3);
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(CommandText(commands[0]),
            "footprint --hidden=1e6 --schedules=recompute --inputs=64 --strategies=all "
            "--threads=3");
  EXPECT_EQ(commands[0].seconds, 1.5);
  EXPECT_EQ(commands[0].repetitions, 1);
  EXPECT_EQ(commands[0].place, path.string() + ":5");
  EXPECT_EQ(CommandText(commands[1]),
            "throughput --hidden=1e6 --schedules=recompute,x --threads=1,3 "
            "--benchmark_repetitions=8");
  EXPECT_EQ(commands[1].repetitions, 8);
}

TEST_F(Preset, IncludedCommandsComeLastAndTheirNamesAreKnown) {
  Put("small", "few = --schedules=recompute\n1 footprint $few\n");
  const fs::path large = Put("large", "include small\n1 stability $few\n");
  EXPECT_EQ(Texts(large), (Rows{"stability --schedules=recompute --threads=2",
                                "footprint --schedules=recompute --threads=2"}));
}

TEST_F(Preset, RefusesInOneLineThatNamesTheLine) {
  ExpectRefusal("# x\nfootprint --schedules=all\n",
                ":2: 'footprint': expected a command's seconds");
  ExpectRefusal("0 footprint --schedules=all\n", ":1: '0': expected a command's seconds");
  ExpectRefusal("nan footprint --schedules=all\n", ":1: 'nan': expected a command's seconds");
  ExpectRefusal("1 rm --schedules=all\n",
                ":1: 'rm' is none of footprint, throughput, convergence, stability");
  ExpectRefusal("1\n", ":1: '' is none of footprint, throughput, convergence, stability");
  ExpectRefusal("1 footprint --strategies=all\n", ":1: no --schedules");
  ExpectRefusal("1 footprint --schedules=\n", ":1: no --schedules");
  ExpectRefusal("1 footprint --schedules=all x\n", ":1: 'x' is no plain flag");
  ExpectRefusal("1 footprint --schedules=all;id\n", ":1: '--schedules=all;id' is no plain flag");
  ExpectRefusal("1 footprint $few\n", ":1: $few is not defined");
  ExpectRefusal("a = b\na = c\n", ":2: a is defined already");
  ExpectRefusal("threads = 4\n", ":1: threads is defined already");
  ExpectRefusal("A = b\n", ":1: 'A' is no name: expected a-z, 0-9 and _");
  ExpectRefusal("a = # b\n", ":1: a = nothing");
  ExpectRefusal("1 throughput --schedules=all --benchmark_repetitions=x\n",
                ":1: --benchmark_repetitions: expected a number");
  ExpectRefusal("include\n", ":1: expected include FILE");
}

TEST_F(Preset, RefusesFilesThatCannotBeIncluded) {
  const auto message = [](const fs::path& path) -> std::string {
    try {
      ReadPreset(path, 2);
    } catch (const record::FileError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_TRUE(message(Put("a", "include a\n")).ends_with("/a: includes itself"));
  EXPECT_TRUE(message(Put("f", "include ./f\n")).ends_with("/f: includes itself"));
  Put("c", "include b\n");
  EXPECT_TRUE(message(Put("b", "include c\n")).ends_with("/b: includes itself"));
  EXPECT_TRUE(message(Put("d", "include e\n")).ends_with("/e: cannot read"));
}

// Rows "x" of "--rows=x,y".
Rows ListOf(const PresetCommand& command) {
  std::istringstream list(command.flags.front().substr(command.flags.front().find('=') + 1));
  Rows rows;
  for (std::string row; std::getline(list, row, ',');) rows.push_back(row);
  return rows;
}

PresetCommand Of(const std::string& rows, int repetitions) {
  return {12, "throughput", {"--rows=" + rows}, repetitions, ""};
}

TEST(PresetRows, TheMostRepetitionsThenTheFirstCommandMeasuresARow) {
  const auto steps = MeasureRowsOnce(
      {Of("a,b", 3), Of("b,c,d", 8), Of("a,d,e", 3), Of("c,d", 8), Of("e", 1)}, ListOf);
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].rows, (Rows{"b", "c", "d"}));
  EXPECT_EQ(steps[0].command.seconds, 12);
  EXPECT_EQ(steps[1].rows, Rows{"a"});
  EXPECT_EQ(steps[1].command.seconds, 6);
  EXPECT_EQ(steps[2].rows, Rows{"e"});
  EXPECT_EQ(steps[2].command.seconds, 4);
}

struct Result {
  int exit_code;
  std::string output;
};

Result RunPreset(const std::string& arguments) {
  const std::string command =
      std::string("'") + PRESET_PROGRAM + "' --programs='" + BENCH_FOLDER + "' " + arguments;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) output += static_cast<char>(c);
  return {WEXITSTATUS(pclose(pipe)), output};
}

std::string File(const std::string& preset) {
  return std::string("'") + PRESETS + "/" + preset + "'";
}

// Each row's repetitions. That no line names a row again is checked here.
std::map<std::string, int> RowsOf(const std::string& preset) {
  const Result result = RunPreset(File(preset) + " --rows");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  std::map<std::string, int> rows;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    int repetitions = 0;
    std::string name;
    words >> repetitions >> name;
    EXPECT_TRUE(rows.emplace(name, repetitions).second) << "twice: " << line;
  }
  return rows;
}

TEST(Presets, EveryLineIsReadAndTheSmallerAreContainedInTheLarger) {
  std::map<std::string, int> smaller;
  for (const char* preset : {"ci", "default", "full"}) {
    const std::map<std::string, int> rows = RowsOf(preset);
    EXPECT_GT(rows.size(), smaller.size()) << preset;
    for (const auto& [name, repetitions] : smaller) {
      const auto found = rows.find(name);
      ASSERT_NE(found, rows.end()) << preset << " lacks " << name;
      EXPECT_GE(found->second, repetitions) << preset << ": " << name;
    }
    smaller = rows;
  }
}

TEST(Presets, ThreadsAreThoseAskedFor) {
  const Result result = RunPreset(File("default") + " --threads=3");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("\n8 throughput --strategies=learned --schedules=streaming "
                               "--inputs=64 --hidden=1e6 --threads=1,3 "),
            std::string::npos)
      << result.output;
  EXPECT_EQ(result.output.find("--threads=2"), std::string::npos);
}

TEST(Presets, RefusesInOneLine) {
  const record::TemporaryFolder folder("preset");
  const std::string bad = folder.path() / "bad";
  std::ofstream(bad) << "1 footprint --schedules=none\n";
  const Result result = RunPreset("'" + bad + "'");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(result.output.starts_with("preset: " + bad + ":1: footprint: --schedules: "))
      << result.output;
  EXPECT_EQ(RunPreset("/no/such").output, "preset: /no/such: cannot read\n");
  EXPECT_EQ(RunPreset("").exit_code, 2);
  EXPECT_EQ(RunPreset(File("ci") + " --threads=0").exit_code, 2);
}

}  // namespace
}  // namespace biasbench::tools
