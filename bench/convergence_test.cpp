// The convergence and stability programs, on small shapes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/program/programs_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

TEST_F(Programs, ConvergenceTellsStrategiesApart) {
  ASSERT_EQ(Record("convergence", {"--hidden=1000", "--strategies=learned,none,sign_flipped",
                                   "--target_loss=0.1", "--curves=" + File("curves.csv")}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  EXPECT_EQ(rows[0]["status"], "ok");
  EXPECT_LT(rows[0]["train_loss"], 0.01);
  EXPECT_LT(rows[0]["epochs_to_target"], 60);
  EXPECT_EQ(rows[1]["status"], "ok");
  EXPECT_GE(rows[1]["train_loss"], 0.5 - 1e-6);
  EXPECT_FALSE(rows[1].contains("epochs_to_target"));
  EXPECT_EQ(rows[2]["status"], "diverged");
  EXPECT_EQ(rows[2]["diverged"], 1);
  // Header, then epochs 0 … 60 of two rows and 0 … n of the one that diverged in epoch n.
  const std::string curves = ReadFile(File("curves.csv"));
  EXPECT_EQ(curves.find("name,epoch,train_loss,test_loss,"), 0U);
  EXPECT_NE(curves.find("\n" + rows[1]["name"].get<std::string>() + ",0,0.5"), std::string::npos);
  const std::string reason = rows[2]["reason"];
  const auto last = std::stoul(reason.substr(reason.rfind(' ')));
  EXPECT_EQ(LinesOf(curves), 1 + 2 * 61 + 1 + last);
}

// The digits' inputs have a mean, so weights can act as a bias; centred ones have none.
TEST_F(Programs, ConvergenceTellsHowFarWeightsActAsBiases) {
  const Arguments flags = {"--task=digits", "--hidden=100", "--strategies=fixed=1", "--epochs=1"};
  ASSERT_EQ(Record("convergence", flags), 0) << Errors();
  EXPECT_GT(Results()["benchmarks"][0]["imitation_ratio"], 0.2);
  Arguments centred = flags;
  centred.emplace_back("--center");
  ASSERT_EQ(Record("convergence", centred), 0) << Errors();
  EXPECT_LT(Results()["benchmarks"][0]["imitation_ratio"], 1e-4);
}

TEST_F(Programs, TellsHowFarTheHiddenLayerMoved) {
  ASSERT_EQ(Record("convergence", {"--task=digits", "--hidden=100", "--epochs=1",
                                   "--strategies=learned,fixed=1,none", "--test_samples=7"}),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  for (const json& row : rows) EXPECT_GT(row["hidden_weight_movement"], 0.01);
  EXPECT_GT(rows[0]["hidden_bias_movement"], 0.01);
  EXPECT_EQ(rows[1]["hidden_bias_movement"], 0);
  EXPECT_FALSE(rows[2].contains("hidden_bias_movement"));
  // Of seven test samples.
  const double right = 7 * rows[0]["test_accuracy"].get<double>();
  EXPECT_NEAR(right, std::round(right), 1e-9);
}

// One training, looked at in other light; without biases it makes no difference.
TEST_F(Programs, ConvergenceCountsWhatIsRightAtOtherBrightness) {
  ASSERT_EQ(Record("convergence", {"--task=digits", "--hidden=300", "--epochs=2",
                                   "--strategies=fixed=1,none", "--test_scale=0.125,1,8"}),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  for (const json& row : rows) {
    EXPECT_EQ(row["test_scale"], (std::vector<double>{0.125, 1, 8}));
    EXPECT_EQ(row["test_accuracy_at_scale_1"], row["test_accuracy"]);
    EXPECT_NE(row["command"].get<std::string>().find(" --test_scale=0.125,1,8"), std::string::npos);
  }
  EXPECT_NE(rows[0]["test_accuracy_at_scale_0.125"], rows[0]["test_accuracy"]);
  EXPECT_EQ(rows[1]["test_accuracy_at_scale_0.125"], rows[1]["test_accuracy"]);
  EXPECT_EQ(rows[1]["test_accuracy_at_scale_8"], rows[1]["test_accuracy"]);
}

TEST_F(Programs, BrightnessThatMakesNoSenseIsRefusedInOneLine) {
  EXPECT_EQ(Run("convergence", {"--task=digits", "--test_scale=1,0"}), 2);
  EXPECT_EQ(Errors().find("convergence: --test_scale: "), 0U) << Errors();
  EXPECT_EQ(Run("convergence", {"--task=harmonic3", "--test_scale=1"}), 2);
  EXPECT_EQ(Errors().find("convergence: --test_scale: "), 0U) << Errors();
  EXPECT_NE(Errors().find("harmonic3 has no classes"), std::string::npos) << Errors();
  EXPECT_EQ(LinesOf(Errors()), 1U);
}

TEST_F(Programs, LossesAreTheSameBitsForAnyNumberOfThreads) {
  ASSERT_EQ(Record("convergence", {"--task=digits", "--hidden=1000", "--epochs=2", "--samples=256",
                                   "--strategies=learned,shared", "--threads=1,2,3",
                                   "--schedules=recompute,textbook"}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 12U);
  for (std::size_t i = 0; i < rows.size(); i += 3) {
    for (const char* key : {"initial_loss", "train_loss", "test_loss", "test_accuracy"}) {
      EXPECT_EQ(rows[i][key], rows[i + 1][key]) << rows[i]["name"] << key;
      EXPECT_EQ(rows[i][key], rows[i + 2][key]) << rows[i]["name"] << key;
    }
  }
}

TEST_F(Programs, LossesThatAreNotFiniteBecomeNull) {
  ASSERT_EQ(Record("convergence", {"--hidden=1000", "--strategies=learned", "--epochs=3",
                                   "--learning_rate=1e30", "--benchmark_format=json"}),
            0)
      << Errors();
  const json results = Results();
  const json& row = results["benchmarks"][0];
  EXPECT_EQ(row["status"], "diverged");
  EXPECT_TRUE(row["train_loss"].is_null());
  EXPECT_TRUE(json::accept(Output())) << Output();
}

TEST_F(Programs, StabilityFindsTheRateThatConvergenceSurvives) {
  ASSERT_EQ(Record("stability", {"--hidden=100", "--strategies=learned", "--epochs=5"}), 0)
      << Output() << Errors();
  const json row = Results()["benchmarks"][0];
  EXPECT_EQ(row["name"].get<std::string>().find("stability/harmonic3/learned/"), 0U);
  const double stable = row["largest_stable_rate"];
  const double unstable = row["smallest_unstable_rate"];
  EXPECT_GT(unstable, stable);
  EXPECT_LE(unstable, 1.1 * stable);
  EXPECT_LE(row["best_train_loss"], row["train_loss"]);
  for (const auto& [rate, is_stable] : {std::pair(stable, true), std::pair(unstable, false)}) {
    ASSERT_EQ(Record("convergence", {"--hidden=100", "--strategies=learned", "--epochs=5",
                                     "--learning_rate=" + json(rate).dump()}),
              0);
    const json trained = Results()["benchmarks"][0];
    EXPECT_EQ(trained["status"] == "ok" && trained["train_loss"] <= trained["initial_loss"],
              is_stable)
        << rate;
  }
}

// y = 1000 |x| over 128 points, and a column that says nothing.
std::string AbsoluteValues(double offset) {
  std::string text = "x,useless,y\n";
  for (int i = 0; i < 128; ++i) {
    const double x = (i + offset) / 16 - 4;
    text += std::to_string(x) + ",5," + std::to_string(1000 * std::abs(x)) + "\n";
  }
  return text;
}

TEST_F(Programs, ConvergenceTrainsOnTheReadersOwnFiles) {
  std::ofstream(File("my train.csv")) << AbsoluteValues(0);
  std::ofstream(File("test.csv")) << AbsoluteValues(0.5);
  ASSERT_EQ(Record("convergence",
                   {"--train=" + File("my train.csv"), "--test=" + File("test.csv"), "--target=y",
                    "--hidden=1000", "--threads=1", "--strategies=learned,none", "--epochs=200"}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["name"].get<std::string>().find("convergence/own/learned/"), 0U);
  EXPECT_EQ(rows[0]["task"], "own");
  EXPECT_EQ(rows[0]["data_source"],
            File("my train.csv") + " (128 samples), " + File("test.csv") + " (128 samples)");
  EXPECT_EQ(rows[0]["inputs"], 2);
  EXPECT_EQ(rows[0]["dataset_bytes"], 4 * 4096);  // inputs and targets of both fit a page each
  EXPECT_LT(rows[0]["train_loss"], 0.01);
  EXPECT_LT(rows[0]["test_loss"], 0.01);
  EXPECT_GT(rows[1]["train_loss"], rows[0]["train_loss"]);  // its outputs' mean is not learned
  const std::string command = rows[0]["command"];
  EXPECT_NE(command.find("'--train=" + File("my train.csv") + "'"), std::string::npos) << command;
  // The command repeats the row, to the last bit.
  EXPECT_EQ(std::system((command + " --benchmark_out=" + File("again.json") + " >" +
                         File("stdout") + " 2>&1")
                            .c_str()),
            0);
  const json again = json::parse(ReadFile(File("again.json")))["benchmarks"];
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0]["name"], rows[0]["name"]);
  EXPECT_EQ(again[0]["train_loss"], rows[0]["train_loss"]);
}

// Labels that are text, an index, a header of numbers: understood, said, and kept with the rows.
TEST_F(Programs, ConvergenceSaysHowItUnderstoodTheReadersFiles) {
  std::ofstream table(File("table.csv"));
  table << ",0,1,species\n";
  for (int i = 0; i < 40; ++i) {
    table << i << ',' << i % 7 << ",\"" << i << ".5\"," << (i < 20 ? "setosa" : "blue") << "\n";
  }
  table.close();
  ASSERT_EQ(Record("convergence", {"--train=" + File("table.csv"), "--test_share=0.25",
                                   "--kind=classification", "--hidden=10", "--threads=1",
                                   "--epochs=1", "--seeds=1,2", "--strategies=learned"}),
            0)
      << Errors();
  EXPECT_TRUE(
      Errors().starts_with("convergence: " + File("table.csv") +
                           ": the first line is a header: below \"\" there are numbers; column 1 "
                           "has no name: an index, left out\nconvergence: " +
                           File("table.csv") + ": 2 classes, in this order: blue, setosa\n"))
      << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  for (const json& row : rows) {
    EXPECT_EQ(row["inputs"], 2);
    EXPECT_EQ(row["own_data"]["train_samples"], 30);
    EXPECT_EQ(row["own_data"]["classes"], (json{"blue", "setosa"}));
    EXPECT_NE(row["own_data"]["decisions"].get<std::string>().find("is a header"),
              std::string::npos);
  }
  EXPECT_NE(rows[0]["test_loss"], rows[1]["test_loss"]);
}

TEST_F(Programs, BadOwnDataAreOneLineAndExitTwoBeforeAnyRow) {
  std::ofstream(File("good.csv")) << "1,0\n2,1\n";
  struct Case {
    std::string train;
    std::string test;
    std::string line;  // of the message, after the file's name
  };
  for (const Case& bad : std::vector<Case>{{"", "1,0\n", ": empty"},
                                           {"1,0\n2\n", "1,0\n", ":2: 1 fields"},
                                           {"1,0\nx,2\n", "1,0\n", ":2: field 1 is"},
                                           {"1,0\nnan,1\n", "1,0\n", ":2: field 1 is"},
                                           {"1,0\n2,1.5\n", "1,0\n", ":2: label 1.5"},
                                           {"x,y\nz,y\n", "x,y\n", ":1: nothing tells whether"},
                                           {"1,2\n2,2\n", "1,2\n", ": all labels are"}}) {
    std::ofstream(File("train.csv")) << bad.train;
    std::ofstream(File("test.csv")) << bad.test;
    EXPECT_EQ(Record("convergence", {"--train=" + File("train.csv"), "--test=" + File("test.csv"),
                                     "--kind=classification", "--hidden=10"}),
              2)
        << bad.line;
    EXPECT_EQ(Errors().find("convergence: " + File("train.csv") + bad.line), 0U) << Errors();
    EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    EXPECT_EQ(Output(), "");
    EXPECT_FALSE(fs::exists(File("out.json")));
  }
}

}  // namespace
}  // namespace biasbench::bench
