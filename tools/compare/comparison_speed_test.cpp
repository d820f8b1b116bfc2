#include "compare/comparison_speed.h"

#include <cmath>
#include <random>

#include "compare/comparison_fixture.h"

namespace biasbench::tools {
namespace {

// Two rows of eight repetitions on a machine whose speed goes through slow phases: log speed is an
// autoregressive walk that both rows see, and runs on from one file to the next.
class DriftingMachine {
 public:
  explicit DriftingMachine(unsigned seed) : random_(seed) {}

  // `slowdown` of the first row's time.
  json Run(double slowdown) {
    json rows = json::array();
    for (int repetition = 0; repetition < 8; ++repetition) {
      for (const char* suffix : {"/inputs:1", "/inputs:2"}) {
        log_speed_ = 0.8 * log_speed_ + 0.12 * normal_(random_);
        const bool is_first = std::string(suffix) == "/inputs:1";
        const double time =
            (is_first ? slowdown : 3) * std::exp(0.04 * normal_(random_) - 0.8 * log_speed_);
        const auto speed = [&] { return std::exp(log_speed_ + 0.04 * normal_(random_)); };
        rows.push_back({{"name", kThroughput + std::string(suffix)},
                        {"real_time", time},
                        {"time_unit", "ms"},
                        {"peak_flops_per_second", 3e11 * speed()},
                        {"peak_bytes_per_second", 4e10 * speed()}});
      }
    }
    return {{"context", {{"host_name", "here"}, {"schema_version", record::kSchemaVersion}}},
            {"benchmarks", rows}};
  }

 private:
  std::mt19937 random_;
  std::normal_distribution<double> normal_;
  double log_speed_ = 0;
};

class Speed : public Compared {
 protected:
  // The number of regressions of the first row's time in 40 comparisons of consecutive runs.
  int CountRegressions(double slowdown, bool tells_speed = true) {
    int count = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
      DriftingMachine machine(seed);
      json a = machine.Run(1);
      json b = machine.Run(slowdown);
      for (json* run : {&a, &b}) {
        for (json& row : (*run)["benchmarks"]) {
          if (!tells_speed) row.erase("peak_bytes_per_second");
        }
      }
      const Comparison comparison = CompareFiles(a, b);
      count += RowOf(comparison, "real_time").verdict == Verdict::kRegressed ? 1 : 0;
    }
    return count;
  }
};

TEST_F(Speed, ThatDriftsRaisesFewAlarmsAndHidesNoRegression) {
  EXPECT_LE(CountRegressions(1), 1);
  EXPECT_GE(CountRegressions(1.2), 38);
}

// Half of the cores for half of the time; what never had two cores is the program's own affair.
TEST_F(Speed, RobbedRepetitionsAreGivenTheirCores) {
  const auto run = [](const std::vector<double>& times, const std::vector<double>& cpu_times) {
    json file = Throughput(times);
    for (std::size_t i = 0; i < times.size(); ++i) file["benchmarks"][i]["cpu_time"] = cpu_times[i];
    return file;
  };
  const std::vector<double> times = Times(10, 8);
  const json quiet = run(times, std::vector<double>(8, 20));
  const json disturbed = run({20, 20, 20, 20, 20, 10, 20, 20}, std::vector<double>(8, 20));
  const json serial = run(std::vector<double>(8, 20), std::vector<double>(8, 20));
  EXPECT_EQ(VerdictOn(quiet, disturbed, "real_time"), Verdict::kSame);
  EXPECT_EQ(VerdictOn(quiet, serial, "real_time"), Verdict::kRegressed);
  std::vector<double> more = Times(10, 8);
  more.insert(more.end(), 8, 50);  // slowed by more than the cores they lacked
  std::vector<double> cpu_times(16, 20);
  std::fill_n(cpu_times.begin() + 8, 8, 60);
  const Comparison comparison = CompareFiles(quiet, run(more, cpu_times));
  EXPECT_EQ(RowOf(comparison, "real_time").verdict, Verdict::kSame);
  EXPECT_EQ(RowOf(comparison, "real_time").b_count, 8U);
}

// The reason for the adjustment: without it the same runs do both.
TEST_F(Speed, NotToldRaisesAlarmsAndHidesRegressions) {
  EXPECT_GE(CountRegressions(1, false), 3);
  EXPECT_LE(CountRegressions(1.2, false), 32);
}

TEST_F(Speed, ItsExponentIsFitted) {
  const auto exponents = [&](double arithmetic_power, double bus_power) {
    json run = Throughput({1, 2, 4, 8, 1, 2, 4, 8});
    for (json& row : run["benchmarks"]) {
      const double time = row["real_time"];
      row["peak_flops_per_second"] = 3e11 * std::pow(time, arithmetic_power);
      row["peak_bytes_per_second"] = 4e10 * std::pow(time, bus_power);
    }
    const auto [arithmetic, bus] = CompareFiles(run, run).speed_exponents;
    return std::pair(std::round(1e6 * arithmetic) / 1e6, std::round(1e6 * bus) / 1e6);
  };
  EXPECT_EQ(exponents(-2, 0), std::pair(0.5, 0.0));
  EXPECT_EQ(exponents(0, -2), std::pair(0.0, 0.5));
  EXPECT_EQ(exponents(-0.5, 0), std::pair(1.0, 0.0));  // nothing slows by more than its machine
  EXPECT_EQ(exponents(1, 0), std::pair(0.0, 0.0));     // slower on a faster machine: chance
}

// Else what the way of measuring changed would look like a change of the program.
TEST_F(Speed, MeasuredInAnotherWayIsNotHeldAgainst) {
  json run = Throughput({1, 2, 4, 8, 1, 2, 4, 8});
  for (json& row : run["benchmarks"]) {
    const double time = row["real_time"];
    row["peak_flops_per_second"] = 3e11 / time;
    row["peak_bytes_per_second"] = 4e10;
  }
  json other = run;
  for (json& row : other["benchmarks"]) {
    row["peak_flops_per_second"] = 2 * row["peak_flops_per_second"].get<double>();
  }
  EXPECT_EQ(VerdictOn(run, other, "real_time"), Verdict::kRegressed);  // on a faster machine
  for (json& row : other["benchmarks"]) row["peak_bfloat16_flops_per_second"] = 1e12;
  EXPECT_EQ(VerdictOn(run, other, "real_time"), Verdict::kSame);
}

}  // namespace
}  // namespace biasbench::tools
