// Every program: its --version, and standard streams that are closed or full. PROGRAMS, a macro,
// lists the programs' files.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "record/temporary_folder.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Programs() {
  std::vector<fs::path> programs;
  std::istringstream list(PROGRAMS);
  for (std::string file; std::getline(list, file, '|');) programs.emplace_back(file);
  return programs;
}

class Streams : public testing::Test {
 protected:
  // The exit status of `program arguments`, run by a shell; -1 if a signal ended it.
  static int Run(const fs::path& program, const std::string& arguments) {
    const int status = std::system(("'" + program.string() + "' " + arguments).c_str());
    // Of a program that a signal ended the shell gives 128 and the signal's number.
    return WIFEXITED(status) && WEXITSTATUS(status) < 128 ? WEXITSTATUS(status) : -1;
  }
  std::string File(const std::string& name) const { return folder_.path() / name; }
  std::string Text(const std::string& name) const {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  const record::TemporaryFolder folder_{"every-program"};
};

class EveryProgram : public Streams, public testing::WithParamInterface<fs::path> {};

TEST_P(EveryProgram, ErrorsThatNobodyCanReadExitTwo) {
  for (const char* streams : {">/dev/null 2>/dev/null", ">/dev/null 2>&-", ">/dev/null 2>/dev/full",
                              "<&- >&- 2>&-", ">&- 2>/dev/full"}) {
    EXPECT_EQ(Run(GetParam(), std::string("--no_such_flag ") + streams), 2) << streams;
  }
}

TEST_P(EveryProgram, OutputThatIsLostExitsTwoAndSaysSo) {
  const std::string name = GetParam().filename();
  const bool has_help = !name.starts_with("peer_");  // those are started by the program peers
  for (const std::string out : {">&-", ">/dev/full"}) {
    EXPECT_EQ(Run(GetParam(), "--help " + out + " 2>'" + File("errors") + "'"), 2) << out;
    EXPECT_EQ(std::ranges::count(Text("errors"), '\n'), 1) << Text("errors");
    if (has_help) {
      EXPECT_EQ(Text("errors"), name + ": standard output: cannot write all of it\n");
    }
    EXPECT_EQ(Run(GetParam(), "--help " + out + " 2>&-"), 2) << out;
    EXPECT_EQ(Run(GetParam(), "--help " + out + " 2>/dev/full"), 2) << out;
  }
}

// The facts that a bug report needs.
TEST_P(EveryProgram, SaysWhichBuildItIs) {
  const std::string name = GetParam().filename();
  if (name.starts_with("peer_")) return;  // those are started by the program peers
  ASSERT_EQ(Run(GetParam(), "--version >'" + File("version") + "' 2>'" + File("errors") + "'"), 0)
      << Text("errors");
  EXPECT_EQ(Text("errors"), "");
  const std::string text = Text("version");
  EXPECT_TRUE(text.starts_with(name + " (biasbench ")) << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("\ncommit +([0-9a-f]{40}|unknown)"))) << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("\ncompiler +(GNU|Clang) [0-9]"))) << text;
  for (const char* line : {"flags ", "libraries ", "processor "}) {
    EXPECT_NE(text.find(std::string("\n") + line), std::string::npos) << text;
  }
  EXPECT_EQ(std::ranges::count(text, '\n'), 6) << text;
}

INSTANTIATE_TEST_SUITE_P(, EveryProgram, testing::ValuesIn(Programs()),
                         [](const auto& program) { return program.param.filename().string(); });

// A program's arguments, and its exit status if its output can be written.
struct Work {
  const char* program;
  const char* arguments;
  int status = 0;
};

void PrintTo(const Work& work, std::ostream* out) { *out << work.program << work.arguments; }

class ProgramAtWork : public Streams, public testing::WithParamInterface<Work> {
 protected:
  int Run(const std::string& streams) const {
    const std::vector<fs::path> programs = Programs();
    const auto program =
        std::ranges::find(programs, fs::path(GetParam().program), &fs::path::filename);
    if (program == programs.end()) return -1;
    return Streams::Run(*program, GetParam().arguments + (" " + streams));
  }
};

TEST_P(ProgramAtWork, EndsAsItShouldWhereNotesAreLost) {
  for (const char* errors : {"2>/dev/null", "2>&-", "2>/dev/full"}) {
    EXPECT_EQ(Run(std::string(">/dev/null ") + errors), GetParam().status) << errors;
  }
}

TEST_P(ProgramAtWork, ExitsTwoWhereItsOutputIsLost) {
  for (const char* streams : {">&- 2>/dev/null", ">/dev/full 2>/dev/null", ">&- 2>&-"}) {
    EXPECT_EQ(Run(streams), 2) << streams;
  }
}

#define SMALL "--hidden=10 --strategies=none --threads=1"
#define SMALL_STEP SMALL " --inputs=3 --schedules=recompute"
INSTANTIATE_TEST_SUITE_P(
    , ProgramAtWork,
    testing::Values(
        Work{"footprint", SMALL_STEP}, Work{"footprint", SMALL_STEP " --benchmark_format=json"},
        Work{"footprint", "--hidden=1e12 --strategies=none", 2},  // a row skipped, with a note
        Work{"convergence", SMALL " --epochs=1"}, Work{"estimate", ""}, Work{"estimate", "--json"},
        Work{"estimate", "--model=/no/such", 2}, Work{"gradcheck", "--strategies=none"},
        Work{"gradcheck", "--bias_sign=wrong", 1}, Work{"fault_curves", "--hidden=2 --epochs=1"},
        Work{"compare", RESULTS " " RESULTS}, Work{"compare", RESULTS " /no/such", 2},
        Work{"report", "/no/such", 2}, Work{"describe_machine", "/no/such/file", 2},
        Work{"describe_machine", "--peaks=1"}));

TEST_F(Streams, WritersNeverReplaceStreams) {
  for (const fs::path& program : Programs()) {
    const std::string name = program.filename();
    if (name != "fault_curves" && name != "describe_machine") continue;
    std::ofstream(File("keep.log")) << "kept\n";
    const std::string out = name == "fault_curves" ? "--out=/dev/stdout" : "/dev/stdout";
    EXPECT_EQ(Run(program, out + " >> '" + File("keep.log") + "' 2>/dev/null"), 2) << name;
    EXPECT_EQ(Text("keep.log"), "kept\n") << name;
  }
}

// A closed stream's number is the lowest that is free: neither a file may get it nor the socket to
// a row's process, to which more than a buffer full would be printed.
TEST_F(Streams, WhatIsPrintedGoesNowhereElse) {
  for (const fs::path& program : Programs()) {
    if (program.filename() != "footprint") continue;
    const std::string out = File("out.json");
    EXPECT_EQ(Run(program,
                  "--strategies=all --schedules=recompute --hidden=10 --inputs=3 "
                  "--benchmark_out='" +
                      out + "' >&- 2>/dev/null"),
              2);
    EXPECT_TRUE(Text("out.json").starts_with("{")) << Text("out.json");
    EXPECT_NE(Text("out.json").find("\"status\": \"ok\""), std::string::npos) << Text("out.json");
    EXPECT_TRUE(Text("out.json").ends_with("}\n")) << Text("out.json");
  }
}

#undef SMALL_STEP
#undef SMALL

}  // namespace
}  // namespace biasbench::tools
