#include "estimate/rank_estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "estimate/estimate_fixture.h"

namespace biasbench::tools {
namespace {

// 10^9 nodes on 1,000 machines: 244,141 chunks of 4,096 nodes.
schedule::Configuration Large() {
  return {.shape = {.inputs = 784, .hidden = 1'000'000'000, .outputs = 10, .batch = 64},
          .strategy = bias::ParseSelection("learned"),
          .schedule = schedule::ScheduleKind::kStreaming,
          .place = {0, 1000}};
}

TEST(RankEstimate, FollowsFromTheTree) {
  const nlohmann::json estimate = RankEstimate(Large(), {1e-4, 1e9, 0.9});
  EXPECT_EQ(estimate["rank_hidden"], 245 * 4096);
  // 640 sums as doubles, to ten ranks.
  EXPECT_EQ(estimate["sent_messages"], 10);
  EXPECT_EQ(estimate["sent_bytes"], 10 * 640 * 8);
  EXPECT_EQ(estimate["messages_in_turn"], 20);
  const double seconds = 20 * 1e-4 + estimate["bytes_in_turn"].get<double>() / 1e9;
  EXPECT_DOUBLE_EQ(estimate["exchange_seconds"], seconds);
  EXPECT_DOUBLE_EQ(estimate["step_seconds"], 0.9 + seconds);
  EXPECT_DOUBLE_EQ(estimate["exchange_share"], seconds / (0.9 + seconds));
  EXPECT_FALSE(RankEstimate(Large(), {}).contains("step_seconds"));
}

// At most two nodes of each of 18 levels of a run of units, and the total on its way back.
TEST(RankEstimate, TheLargestMessageIsARunOfWholeSubtrees) {
  const std::int64_t bytes = RankEstimate(Large(), {})["bytes_in_turn"];
  EXPECT_GE(bytes, 20 * 640 * 8);
  EXPECT_LE(bytes, 10 * (2 * 18 + 1) * 640 * 8);
}

TEST(RankEstimate, OneBiasForAllNodesIsSummedToo) {
  schedule::Configuration shared = Large();
  shared.strategy = bias::ParseSelection("shared");
  EXPECT_EQ(RankEstimate(shared, {})["messages_in_turn"], 40);
}

TEST(RankSentences, NameShapeAndNetwork) {
  const std::string text = RankSentences(Large(), {1e-4, 1e9, 0.9});
  EXPECT_THAT(text,
              testing::HasSubstr("1000 ranks: bytes are those of the largest, 1003520 nodes."));
  EXPECT_THAT(text, testing::HasSubstr("20 follow one another"));
  EXPECT_THAT(text, testing::HasSubstr("of it in exchange"));
}

constexpr const char* kFlags =
    "--hidden=1e6 --schedules=streaming --optimizers=sgd --strategies=learned --ranks=1,4 ";

TEST(EstimateProgram, GivesTheBytesOfARank) {
  const Answer answer = Estimate(std::string(kFlags) + "--json");
  ASSERT_EQ(answer.status, 0) << answer.text;
  const nlohmann::json rows = nlohmann::json::parse(answer.text)["rows"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].contains("sent_bytes"));
  EXPECT_EQ(rows[1]["ranks"], 4);
  // 62 of 245 chunks of 4,096 nodes.
  EXPECT_EQ(rows[1]["rank_hidden"], 62 * 4096);
  EXPECT_EQ(rows[1]["hidden_weights_bytes"], 4LL * 784 * 62 * 4096);
  EXPECT_EQ(rows[1]["messages_in_turn"], 4);
}

TEST(EstimateProgram, TellsTheTimeOfAStep) {
  const Answer answer =
      Estimate(std::string(kFlags) + "--message_seconds=1e-3 --rank_step_seconds=0.1");
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.text, testing::HasSubstr("4 ranks: bytes are those of the largest"));
  EXPECT_THAT(answer.text, testing::HasSubstr("A step takes 104 ms, "));
  EXPECT_EQ(Estimate("--message_seconds=0").status, 2);
  EXPECT_EQ(Estimate("--rank_step_seconds=soon").status, 2);
}

}  // namespace
}  // namespace biasbench::tools
