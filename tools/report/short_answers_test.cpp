// The four short answers on top of README and report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/answer.h"
#include "report/fixture.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ShortAnswersTest : public ReportTest {
 protected:
  // Texts on savings, harm, alternatives and updates.
  std::vector<std::string> Answers() const {
    sample_.WriteTo(folder_);
    const Results results = LoadFolder(folder_);
    std::vector<std::string> answers;
    for (const ListItem& item : ShortAnswers(results, FindAll(results))) {
      answers.push_back(item.text);
    }
    return answers;
  }

  // Rows of a strategy on a task, of these losses by seed.
  void AddSeeds(const std::string& task, const std::string& strategy, double loss) {
    for (int seed = 1; seed <= 8; ++seed) {
      json row = ConvergenceRow(task, strategy, seed, loss + 1e-3 * seed);
      row["hidden_bias_bytes"] = 62'500;
      sample_.convergence["benchmarks"].push_back(row);
    }
  }

  void SetLosses(const std::string& task, const std::string& strategy, double loss) {
    for (json& row : sample_.convergence["benchmarks"]) {
      if (row["task"] == task && row["strategy"] == strategy) row["train_loss"] = loss;
    }
  }
};

TEST_F(ShortAnswersTest, TellBytesLossesAndAlternatives) {
  AddSeeds("harmonic3", "grouped=64", 0.0);
  const std::vector<std::string> answers = Answers();
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_THAT(
      answers[0],
      HasSubstr("4,000,040 bytes (`in_place`, sgd) to 12,000,120 bytes (`textbook`, sgd) at "
                "784 inputs and 1,000,000 hidden nodes; of the peak 0.126 % there, "));
  EXPECT_EQ(answers[1],
            "The training loss ends higher on `harmonic3` (2 inputs; `fixed=1` 0.0900, `learned` "
            "0.00450) and `digits` (2 inputs; `fixed=1` 0.155, `learned` 0.145).");
  EXPECT_EQ(answers[2],
            "Keep the biases and train by `recompute`, sgd: 2.96 GiB, against 8.88 GiB of "
            "`textbook`, sgd; the fastest is `in_place`, sgd: 2.96 GiB, 42.0 samples/s. Or "
            "`grouped=64`, a bias for 64 nodes: 62,500 bytes of biases for 1,000,000 nodes; "
            "training loss against `learned` no difference seen on `harmonic3`.");
  EXPECT_EQ(answers[3],
            "By the plain step, as any weight: on `harmonic3` (1,000,000 hidden nodes, 2 epochs) 2 "
            "of 2 other rules end higher in training loss; elsewhere too few seeds.");
}

TEST_F(ShortAnswersTest, SayWhereALossIsHigherAndWhereNot) {
  SetLosses("harmonic3", "fixed=1", 1e-6);
  SetLosses("digits", "fixed=1", 0.5);
  EXPECT_EQ(Answers()[1],
            "The training loss ends higher on `digits` (2 inputs; `fixed=1` 0.500, `learned` "
            "0.145). Not so on `harmonic3` (2 inputs; `fixed=1` 1.00e-06, `learned` 0.00450).");
}

TEST_F(ShortAnswersTest, NameATaskOnWhichFewerBiasesCostLoss) {
  AddSeeds("harmonic3", "grouped=64", 0.9);
  EXPECT_THAT(Answers()[2], HasSubstr("training loss against `learned` higher on `harmonic3`."));
}

TEST_F(ShortAnswersTest, AnotherRuleThatIsBetterIsNotHidden) {
  SetLosses("harmonic3", "scaled=0.1", 1e-6);
  EXPECT_THAT(
      Answers()[3],
      HasSubstr(
          "Not always as a weight: on `harmonic3` (1,000,000 hidden nodes, 2 epochs) 1 of 2 "));
}

TEST_F(ShortAnswersTest, SayWhatWasNotMeasured) {
  sample_.footprint["benchmarks"] = json::array();
  sample_.convergence["benchmarks"] = json::array();
  for (const std::string& answer : Answers())
    EXPECT_EQ(answer, "Not measured, or in too few seeds.");
}

}  // namespace
}  // namespace biasbench::report
