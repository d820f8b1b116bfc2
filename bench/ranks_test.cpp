// Rows served by several MPI processes.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <string>

#include "bench/ranks_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// The losses and other outcomes of a training.
json OutcomeOf(const json& row) {
  json outcome = json::object();
  for (const char* const key :
       {"initial_loss", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "diverged",
        "hidden_weight_movement", "hidden_bias_movement", "imitation_ratio"}) {
    if (row.contains(key)) outcome[key] = row[key];
  }
  return outcome;
}

class RankTrainings : public RankPrograms {
 protected:
  // Trains with each number of ranks and threads; all must end in the same bits.
  void ExpectSameBits(const Arguments& arguments, std::size_t rows_each) {
    ASSERT_EQ(Record("convergence", arguments), 0) << Errors();
    std::map<std::string, json> outcomes;  // by all but ranks and threads
    std::size_t rows = 0;
    const json results = Results();
    for (const json& row : results["benchmarks"]) {
      ASSERT_EQ(row["status"], "ok") << row["name"];
      const std::string key = row["strategy"].get<std::string>() + row["schedule"].dump();
      const auto [first, is_new] = outcomes.try_emplace(key, OutcomeOf(row));
      EXPECT_GE(first->second.size(), 5U);
      EXPECT_EQ(OutcomeOf(row), first->second) << row["name"];
      ++rows;
    }
    EXPECT_EQ(rows, outcomes.size() * rows_each);
  }
};

TEST_F(RankTrainings, EndInTheSameBitsForAnyNumberOfRanksAndThreads) {
  ExpectSameBits(
      {"--task=harmonic3", "--hidden=1000", "--epochs=2", "--strategies=shared",
       "--schedules=textbook,in_place,streaming,blocked", "--ranks=1,2,3", "--threads=1,2"},
      6);
}

TEST_F(RankTrainings, EndInTheSameBitsUnderAnyStrategy) {
  ExpectSameBits({"--task=harmonic3", "--hidden=1000", "--epochs=2",
                  "--strategies=learned,grouped=64,bias_unit,bias_only_hashed,warmup_then_frozen",
                  "--schedules=recompute", "--ranks=1,3", "--threads=1"},
                 2);
}

// Rank 0 reads the images, and centres them, for all.
TEST_F(RankTrainings, EndInTheSameBitsOnDataOfFiles) {
  ExpectSameBits(
      {"--task=digits", "--hidden=600", "--epochs=1", "--samples=200", "--center",
       "--strategies=learned", "--schedules=streaming,blocked", "--ranks=1,2", "--threads=1"},
      2);
}

TEST_F(RankPrograms, ARowTellsItsRanksAndTheirMemory) {
  ASSERT_EQ(Record("footprint", {"--inputs=64", "--hidden=1000", "--strategies=learned",
                                 "--schedules=in_place", "--ranks=1,2", "--threads=1"}),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].contains("ranks"));
  EXPECT_FALSE(rows[0].contains("rank_peak_bytes"));
  const json& row = rows[1];
  EXPECT_EQ(row["ranks"], 2);
  EXPECT_THAT(row["name"], HasSubstr("/ranks:2"));
  EXPECT_THAT(row["command"], HasSubstr("--ranks=2"));
  ASSERT_EQ(row["rank_peak_bytes"].size(), 2U);
  EXPECT_EQ(row["tracked_peak_bytes"],
            std::max(row["rank_peak_bytes"][0], row["rank_peak_bytes"][1]));
  EXPECT_EQ(row["tracked_peak_bytes"], row["predicted_peak_bytes"]);
  EXPECT_LT(row["hidden_weights_bytes"], rows[0]["hidden_weights_bytes"]);
}

// Its command is refused with a flag that only other rows take.
TEST_F(RankPrograms, OnlyRowsWithRanksTellOfTheLauncher) {
  ASSERT_EQ(Record("footprint",
                   {"--inputs=2", "--hidden=1000", "--strategies=learned", "--schedules=in_place",
                    "--ranks=1,2", "--threads=1", "--mpi_launcher=mpiexec"}),
            0)
      << Errors();
  const json rows = Results()["benchmarks"];
  EXPECT_THAT(rows[0]["command"], Not(HasSubstr("--mpi_launcher")));
  EXPECT_THAT(rows[1]["command"], HasSubstr("--mpi_launcher=mpiexec"));
}

TEST_F(RankPrograms, ARowTellsWhatRanksExchange) {
  ASSERT_EQ(Record("throughput",
                   {"--inputs=64", "--hidden=1000", "--strategies=learned", "--schedules=in_place",
                    "--ranks=3", "--threads=1", "--benchmark_min_time=0.01s"}),
            0)
      << Errors();
  const json row = Results()["benchmarks"][0];
  EXPECT_GE(row["exchange_messages_per_step"], 1);
  EXPECT_GE(row["exchange_bytes_per_step"], 64 * 10 * 8);  // the outputs in double precision
  EXPECT_GT(row["exchange_seconds_per_step"], 0);
  EXPECT_EQ(row["rank_cpu_seconds"].size(), 3U);
  EXPECT_EQ(row.contains("ranks_share_processors"), ProcessorsInMask() < 3);
}

}  // namespace
}  // namespace biasbench::bench
