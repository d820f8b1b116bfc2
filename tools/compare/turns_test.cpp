#include "compare/turns.h"

#include <cmath>
#include <random>

#include "compare/comparison_fixture.h"
#include "record/result_file.h"

namespace biasbench::tools {
namespace {

constexpr int kTurns = 20;  // as tools/compare_commits takes for five rows

constexpr ComparisonOptions kInTurns = {
    .time_threshold = 0.02, .convergence_tolerance = 0, .takes_turns = true};

// Five rows in turns, on a machine whose speed walks and which robs one measurement in ten of a
// core. The first row of B is slower.
class SharedMachine {
 public:
  SharedMachine(unsigned seed, double disturbed_share)
      : random_(seed), disturbed_share_(disturbed_share) {}

  Comparison Run(double slowdown) {
    for (int turn = 0; turn < kTurns; ++turn) {
      for (int row = 0; row < 5; ++row) {
        const std::string name = kThroughput + ("/inputs:" + std::to_string(row + 1));
        const double seconds_of_b = row == 0 ? slowdown : 1;
        if (turn % 2 == 0) Measure(a_, name, 1);
        Measure(b_, name, seconds_of_b);
        if (turn % 2 == 1) Measure(a_, name, 1);
      }
    }
    return Compare(a_, b_, kInTurns);
  }

 private:
  void Measure(ComparableResults& side, const std::string& name, double seconds) {
    log_speed_ = 0.95 * log_speed_ + 0.03 * normal_(random_);
    const double really = seconds * std::exp(0.02 * normal_(random_) - log_speed_);
    const double cores = uniform_(random_) < disturbed_share_ ? 1 : 2;
    record::ResultRow measured;
    measured.program = "throughput";
    measured.status = "ok";
    measured.where = WhereOf(name);
    measured.numbers = {{"real_time", really * 2 / cores}, {"cpu_time", really * 2}};
    side.groups[name].push_back(std::move(measured));
  }

  std::mt19937 random_;
  double disturbed_share_;  // of all measurements: other programs took half of the cores
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  double log_speed_ = 0;
  ComparableResults a_;
  ComparableResults b_;
};

// In how many of 40 runs the first row is judged so, and how often another is anything but the
// same.
struct Found {
  int first = 0;
  int others = 0;
};

Found Count(double slowdown, Verdict verdict, double disturbed_share = 0.1) {
  Found found;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    for (const ComparedRow& row : SharedMachine(seed, disturbed_share).Run(slowdown).rows) {
      const bool is_first = row.name.ends_with("/inputs:1");
      if (is_first) found.first += row.verdict == verdict ? 1 : 0;
      if (!is_first) found.others += row.verdict != Verdict::kSame ? 1 : 0;
    }
  }
  return found;
}

class Turns : public Compared {
 protected:
  void PutTurn(int turn, const std::string& side, const std::string& program,
               const json& file) const {
    const std::string folder = side + "/" + std::to_string(turn);
    fs::create_directories(root_ / folder);
    Put(folder + "/" + program + ".json", file);
  }
  Comparison CompareTurns(double tolerance = 0) const {
    auto [a, b] = LoadTurns(root_ / "a", root_ / "b");
    ComparisonOptions options = kInTurns;
    options.convergence_tolerance = tolerance;
    return Compare(std::move(a), std::move(b), options);
  }
};

TEST(SlowerInTurns, FivePercentAreFoundAndNoneAreNot) {
  const Found none = Count(1, Verdict::kSame);
  EXPECT_GE(none.first, 38);
  EXPECT_LE(none.others, 3);
  EXPECT_GE(Count(1.05, Verdict::kRegressed).first, 34);
  EXPECT_GE(Count(1 / 1.05, Verdict::kImproved).first, 34);
}

TEST(SlowerInTurns, IsFoundThoughHalfOfAllAreRobbed) {
  EXPECT_GE(Count(1, Verdict::kSame, 0.5).first, 38);
  EXPECT_GE(Count(1.05, Verdict::kRegressed, 0.5).first, 34);
}

TEST_F(Turns, TheRatioIsThatOfNeighbours) {
  const auto slow_after = [](int turn) { return turn > 4 ? 3.0 : 1.0; };
  for (int turn = 1; turn <= 8; ++turn) {
    PutTurn(turn, "a", "throughput", Throughput({slow_after(turn)}));
    PutTurn(turn, "b", "throughput", Throughput({1.1 * slow_after(turn)}));
  }
  const Comparison comparison = CompareTurns();
  ASSERT_EQ(comparison.rows.size(), 1U);
  EXPECT_NEAR(*comparison.rows[0].ratio, 1.1, 1e-12);
  EXPECT_NEAR(comparison.rows[0].ratio_interval->high, 1.1, 1e-12);
  EXPECT_EQ(comparison.rows[0].verdict, Verdict::kRegressed);
  EXPECT_EQ(comparison.ExitCode(), 1);
}

TEST_F(Turns, TooFewAreNotJudged) {
  for (int turn = 1; turn <= 5; ++turn) {
    PutTurn(turn, "a", "throughput", Throughput({1}));
    PutTurn(turn, "b", "throughput", Throughput({2}));
  }
  EXPECT_EQ(RowOf(CompareTurns(), "real_time").note, "too few turns, a verdict needs 6");
  EXPECT_EQ(CompareTurns().ExitCode(), 2);
}

TEST_F(Turns, ATimeWithoutItsNeighbourIsLeftOut) {
  for (int turn = 1; turn <= 7; ++turn) {
    json failed = Throughput({1});
    failed["benchmarks"][0]["status"] = "error";
    PutTurn(turn, "a", "throughput", turn == 3 ? failed : Throughput({1.0 * turn}));
    PutTurn(turn, "b", "throughput", Throughput({1.1 * turn}));
  }
  const ComparedRow row = RowOf(CompareTurns(), "real_time");
  EXPECT_EQ(row.a_count, 6U);
  EXPECT_NEAR(*row.ratio, 1.1, 1e-12);
}

TEST_F(Turns, BytesLossesAndRatesAreExact) {
  PutTurn(1, "a", "footprint", Footprint({{"bias_bytes", 4}}));
  PutTurn(1, "b", "footprint", Footprint({{"bias_bytes", 5}}));
  PutTurn(1, "a", "convergence", Convergence("train_loss", {0.5, 0.5, 0.5}));
  PutTurn(1, "b", "convergence", Convergence("train_loss", {0.5, 0.5000001, 0.4}));
  const auto stability = [](double rate) {
    return File(json::array({Row("stability/harmonic3", {{"largest_stable_rate", rate}})}));
  };
  PutTurn(1, "a", "stability", stability(0.5));
  PutTurn(1, "b", "stability", stability(0.49));
  const Comparison comparison = CompareTurns();
  EXPECT_EQ(RowOf(comparison, "bias_bytes").verdict, Verdict::kRegressed);
  EXPECT_EQ(RowOf(comparison, "largest_stable_rate").verdict, Verdict::kRegressed);
  std::vector<std::string> losses;
  for (const ComparedRow& row : comparison.rows) {
    if (row.metric == "train_loss") {
      losses.push_back(row.name.substr(row.name.find("seed:"), 6));
      EXPECT_EQ(row.verdict, row.name.find("seed:1") != std::string::npos   ? Verdict::kSame
                             : row.name.find("seed:2") != std::string::npos ? Verdict::kRegressed
                                                                            : Verdict::kImproved);
    }
  }
  EXPECT_EQ(losses, (std::vector<std::string>{"seed:2", "seed:3", "seed:1"}));
  EXPECT_EQ(CompareTurns(0.5).Count(Verdict::kRegressed), 1U);  // of bytes
}

TEST_F(Turns, RowsOfOneSideAreNamed) {
  PutTurn(1, "a", "footprint", Footprint({{"bias_bytes", 4}}));
  PutTurn(1, "b", "footprint",
          File(json::array(
              {Row(kFootprint, {{"bias_bytes", 4}}), Row("footprint/new", {{"bias_bytes", 4}})})));
  const Comparison comparison = CompareTurns();
  EXPECT_EQ(comparison.only_in_b, std::vector<std::string>{"footprint/new"});
  EXPECT_TRUE(comparison.only_in_a.empty());
  EXPECT_EQ(comparison.ExitCode(), 0);
}

TEST_F(Turns, NeedATurnOfBoth) {
  PutTurn(1, "a", "footprint", Footprint({{"bias_bytes", 4}}));
  EXPECT_THROW(LoadTurns(root_ / "a", root_ / "b"), record::FileError);
}

}  // namespace
}  // namespace biasbench::tools
