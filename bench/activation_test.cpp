// --activation as users give it: what the programs record under tanh, and what they refuse.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "bench/program/programs_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// Under tanh a million activations take four bytes each, where a bit is enough for ReLU.
TEST_F(Programs, FootprintOfTanhIsAsPredicted) {
  ASSERT_EQ(Record("footprint",
                   {"--activation=relu,tanh", "--strategies=bias_only", "--schedules=in_place",
                    "--inputs=20", "--hidden=10240", "--batch=100", "--threads=2"}),
            0)
      << Output() << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  const std::string relu = rows[0]["name"];
  EXPECT_EQ(relu.find("activation"), std::string::npos);
  EXPECT_EQ(rows[1]["name"], relu + "/activation:tanh");
  EXPECT_EQ(rows[0]["activation"], "relu");
  EXPECT_EQ(rows[1]["activation"], "tanh");
  EXPECT_EQ(rows[0]["activations_bytes"], 1'024'000 / 8);
  EXPECT_EQ(rows[1]["activations_bytes"], 1'024'000 * 4);
  for (const json& row : rows) {
    EXPECT_EQ(row["status"], "ok");
    EXPECT_EQ(row["predicted_peak_bytes"], row["tracked_peak_bytes"]);
  }
}

TEST_F(Programs, TanhLearnsWithoutBiases) {
  ASSERT_EQ(Record("convergence",
                   {"--activation=tanh", "--strategies=none", "--hidden=1000", "--epochs=60"}),
            0)
      << Output() << Errors();
  const json row = Results()["benchmarks"][0];
  EXPECT_LT(row["train_loss"], 0.1);
  EXPECT_NE(row["command"].get<std::string>().find("--activation=tanh"), std::string::npos);
}

TEST_F(Programs, UnknownActivationsAreRefusedInOneLine) {
  for (const std::string program : {"footprint", "throughput", "convergence", "stability"}) {
    EXPECT_EQ(Record(program, {"--activation=sigmoid"}), 2);
    EXPECT_EQ(Errors().find(program + ": --activation: unknown activation 'sigmoid'"), 0U)
        << Errors();
    EXPECT_EQ(LinesOf(Errors()), 1U);
    EXPECT_FALSE(fs::exists(File("out.json")));
  }
}

}  // namespace
}  // namespace biasbench::bench
