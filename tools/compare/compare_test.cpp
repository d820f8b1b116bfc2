#include <stdio.h>
#include <sys/wait.h>

#include "compare/comparison_fixture.h"

namespace biasbench::tools {
namespace {

// The program itself.
class Program : public Compared {
 protected:
  struct Result {
    int exit_code;
    std::string output;  // stdout and stderr
  };
  Result Run(const std::string& arguments) const {
    const std::string command =
        "cd '" + root_.string() + "' && '" + COMPARE_PROGRAM + "' 2>&1 " + arguments;
    FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) output += static_cast<char>(c);
    return {WEXITSTATUS(pclose(pipe)), output};
  }
  // Exits with 2 and says only this, in one line.
  void ExpectRefusal(const std::string& arguments, const std::string& message) const {
    const Result result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_EQ(result.output, "compare: " + message + "\n");
  }
};

TEST_F(Program, ExitCodes) {
  Put("a/footprint.json", Footprint({{"bias_bytes", 4}}));
  Put("b/footprint.json", Footprint({{"bias_bytes", 5}}));
  EXPECT_EQ(Run("a a").exit_code, 0);
  EXPECT_EQ(Run("a b").exit_code, 1);
  EXPECT_EQ(Run("b a/footprint.json").exit_code, 0);
  EXPECT_EQ(json::parse(Run("a b --json").output)["exit_code"], 1);
  EXPECT_NE(Run("a b --markdown").output.find("| REGRESSED | bias_bytes | 4 | 5 |"),
            std::string::npos);
  const Result help = Run("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.output.find("compare results/reference results/local"), std::string::npos);
}

TEST_F(Program, RefusesInOneLine) {
  const std::string text = Footprint({{"bias_bytes", 4}}).dump();
  Put("whole.json", Footprint({{"bias_bytes", 4}}));
  std::ofstream(root_ / "half.json") << text.substr(0, text.size() / 2);
  json bad = Footprint({{"real_time", 1}, {"time_unit", "h"}});
  Put("unit.json", bad);
  ExpectRefusal("whole.json half.json", "half.json: truncated: the JSON ends unfinished after " +
                                            std::to_string(text.size() / 2) + " bytes");
  ExpectRefusal("whole.json none.json", "none.json: cannot read: No such file or directory");
  ExpectRefusal("a whole.json",
                "a: holds none of footprint.json, throughput.json, convergence.json, "
                "stability.json, peers.json");
  ExpectRefusal("whole.json unit.json",
                "unit.json: row '" + std::string(kFootprint) + "': unknown time_unit h");
  json unknown = Footprint({{"bias_bytes", 4}});
  unknown["context"]["schema_version"] = 4;
  Put("unknown.json", unknown);
  ExpectRefusal("whole.json unknown.json", "unknown.json: expected schema_version 3, found 4");
  unknown["context"].erase("schema_version");
  Put("unknown.json", unknown);
  ExpectRefusal("unknown.json unknown.json", "unknown.json: expected schema_version 3, found none");
  std::ofstream(root_ / "machine.json") << "{";
  ExpectRefusal("whole.json whole.json",
                "machine.json: truncated: the JSON ends unfinished after 1 bytes");
  fs::remove(root_ / "machine.json");
  ExpectRefusal("whole.json", "B is required");
  ExpectRefusal("whole.json whole.json --threshold=nan",
                "--threshold: 'nan' is not a percentage from 0 to 1000");
  ExpectRefusal("whole.json whole.json >/dev/full", "standard output: cannot write all of it");
}

TEST_F(Program, NothingInCommonCannotBeCompared) {
  Put("a/footprint.json", Footprint({{"bias_bytes", 4}}));
  Put("b/footprint.json", File(json::array({Row("footprint/none", {{"bias_bytes", 0}})})));
  const Result result = Run("a b");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("compare: A and B have nothing in common\n"), std::string::npos);
  EXPECT_NE(result.output.find("only in A: 1 name: "), std::string::npos);
}

}  // namespace
}  // namespace biasbench::tools
