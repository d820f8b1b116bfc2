// The program as users run it.
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace biasbench::tools {
namespace {

struct Answer {
  int status = -1;
  std::string text;  // standard output and error

  // The rows of the table: those that name a loss.
  std::vector<std::string> Rows() const {
    std::vector<std::string> rows;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const bool is_row = line.find(" squared_error ") != std::string::npos ||
                          line.find(" cross_entropy ") != std::string::npos;
      if (is_row) rows.push_back(line);
    }
    return rows;
  }
};

Answer Gradcheck(const std::string& flags) {
  Answer answer;
  FILE* const pipe = popen((std::string(GRADCHECK_PROGRAM) + " " + flags + " 2>&1").c_str(), "r");
  for (int character = 0; (character = fgetc(pipe)) != EOF;) {
    answer.text += static_cast<char>(character);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  return answer;
}

TEST(Gradcheck, FindsNoFaultInAnyStrategyAndSchedule) {
  // Odd sizes, groups of 64 that are full and not, one sample, and other draws.
  for (const std::string flags :
       {"", "--hidden=130 --inputs=1 --seed=2", "--hidden=1 --batch=1 --outputs=3",
        "--inputs=9 --hidden=33 --outputs=8 --batch=16 --seed=3", "--parametrization=standard",
        "--activation=tanh", "--activation=tanh --hidden=9 --inputs=1 --seed=2"}) {
    const Answer answer = Gradcheck(flags);
    EXPECT_EQ(answer.status, 0) << answer.text;
    const std::size_t steps = answer.Rows().size();
    EXPECT_GE(steps, 22U * 5 * 2);  // strategies, schedules, losses
    EXPECT_NE(answer.text.find("\n0 of " + std::to_string(steps) + " steps at fault"),
              std::string::npos);
  }
}

TEST(Gradcheck, NamesTheGroupsWhoseSignIsWrong) {
  for (const auto& [sign, groups] :
       std::vector<std::pair<std::string, std::string>>{{"wrong", "hidden_bias,output_bias"},
                                                        {"wrong_hidden", "hidden_bias"},
                                                        {"wrong_output", "output_bias"}}) {
    const Answer answer = Gradcheck(
        "--strategies=learned,shared,grouped=64,bfloat16_bias,scaled=0.1,error_inverse,"
        "sign_flipped,bias_only_hashed --hidden=70 --bias_sign=" +
        sign);
    EXPECT_EQ(answer.status, 1);
    EXPECT_EQ(answer.Rows().size(), 8U * 6 * 2);
    for (const std::string& row : answer.Rows()) {
      EXPECT_TRUE(row.ends_with(" 2.0e+00  FAULT  " + groups)) << row;
    }
  }
}

TEST(Gradcheck, BiasesThatAreNotUpdatedHaveNoSign) {
  const Answer answer = Gradcheck("--strategies=fixed=1,none,frozen_random --bias_sign=wrong");
  EXPECT_EQ(answer.status, 0) << answer.text;
}

TEST(Gradcheck, TheToleranceDecides) {
  const Answer answer = Gradcheck("--strategies=learned --schedules=recompute --tolerance=1e-12");
  EXPECT_EQ(answer.status, 1);
  ASSERT_EQ(answer.Rows().size(), 2U);
  EXPECT_NE(answer.Rows()[0].find("FAULT"), std::string::npos) << answer.text;
}

TEST(Gradcheck, FindsEachPlantedFault) {
  struct Case {
    std::string fault;
    std::string strategy;
    std::string groups;
  };
  for (const Case& planted :
       std::vector<Case>{{"bias_sign", "learned", "hidden_bias,output_bias"},
                         {"bias_axis", "learned", "hidden_bias"},
                         {"transfer_input", "learned_from_one", "hidden_weights,hidden_bias"},
                         {"bias_rate", "scaled=0.1", "hidden_bias,output_bias"}}) {
    const Answer answer =
        Gradcheck("--fault=" + planted.fault + " --strategies=" + planted.strategy);
    EXPECT_EQ(answer.status, 1) << answer.text;
    ASSERT_EQ(answer.Rows().size(), 2U);
    for (const std::string& row : answer.Rows()) {
      EXPECT_TRUE(row.ends_with("  FAULT  " + planted.groups)) << row;
    }
  }
  EXPECT_EQ(Gradcheck("--fault=none").status, 0);
  EXPECT_EQ(Gradcheck("--fault=none --activation=tanh").status, 0);
  EXPECT_EQ(
      Gradcheck("--fault=transfer_input --activation=tanh --strategies=learned_from_one").status,
      1);
}

// As its help says: the two that a check of `learned` alone would miss.
TEST(Gradcheck, SomeFaultsHideFromSomeStrategies) {
  EXPECT_EQ(Gradcheck("--fault=transfer_input --strategies=learned").status, 0);
  EXPECT_EQ(Gradcheck("--fault=bias_rate --strategies=learned").status, 0);
}

TEST(Gradcheck, RefusesBadFlagsInOneLine) {
  for (const std::string flag :
       {"--strategies=nope", "--schedules=nope", "--inputs=0", "--inputs=17", "--hidden=257",
        "--outputs=1", "--batch=17", "--seed=x", "--tolerance=0", "--bias_sign=x", "--activation=x",
        "--fault=x", "--unknown", "--fault=none --schedules=textbook",
        "--fault=none --bias_sign=wrong"}) {
    const Answer answer = Gradcheck(flag);
    EXPECT_EQ(answer.status, 2) << flag;
    EXPECT_EQ(answer.text.find("gradcheck: "), 0U) << answer.text;
    EXPECT_NE(answer.text.find(flag.substr(0, flag.find('='))), std::string::npos) << answer.text;
    EXPECT_EQ(answer.text.find('\n'), answer.text.size() - 1) << answer.text;
  }
}

TEST(Gradcheck, HelpTeaches) {
  const Answer answer = Gradcheck("--help");
  EXPECT_EQ(answer.status, 0);
  for (const char* word : {"--bias_sign", "central", "2 of a wrong sign", "Exit status"}) {
    EXPECT_NE(answer.text.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace biasbench::tools
