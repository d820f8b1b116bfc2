#include "compare/comparison_fixture.h"

namespace biasbench::tools {
namespace {

class Ratios : public Compared {
 protected:
  // Three repetitions of each row, whose name is followed by a setting.
  static json Run(const std::vector<std::pair<std::string, double>>& rows) {
    json file = File(json::array());
    for (const auto& [name, milliseconds] : rows) {
      for (const double factor : {0.9, 1.0, 1.1}) {
        json row = Row(name + "/inputs:64/batch:1",
                       {{"real_time", factor * milliseconds}, {"time_unit", "ms"}});
        if (name.starts_with("peers/")) row["is_ours"] = name == "peers/in_place";
        file["benchmarks"].push_back(row);
      }
    }
    return file;
  }
};

TEST_F(Ratios, AreToTheOthersOfTheSetting) {
  const json a = Run({{"throughput/x", 10}, {"throughput/y", 10}, {"throughput/z", 40}});
  const json b = Run({{"throughput/x", 16}, {"throughput/y", 10}, {"throughput/z", 40}});
  const Comparison comparison = CompareFiles(a, b);
  const ComparedRow& row = RowOf(comparison, "time_ratio");  // regressions come first
  EXPECT_EQ(row.name, "throughput/x/inputs:64/batch:1");
  EXPECT_EQ(row.verdict, Verdict::kRegressed);
  EXPECT_NEAR(*row.a, 0.5, 1e-12);
  EXPECT_NEAR(*row.b, 0.8, 1e-12);
  EXPECT_EQ(comparison.Count(Verdict::kRegressed), 1U);
  EXPECT_EQ(CompareFiles(a, b, {.ratio_bound = 0.61}).ExitCode(), 0);
}

TEST_F(Ratios, DoNotSeeAMachineThatIsSlowerThroughout) {
  EXPECT_EQ(VerdictOn(Run({{"throughput/x", 10}, {"throughput/y", 20}}),
                      Run({{"throughput/x", 30}, {"throughput/y", 60}}), "time_ratio"),
            Verdict::kSame);
}

TEST_F(Ratios, OfPeersAreOursAgainstTheirs) {
  const json a = Run({{"peers/in_place", 10}, {"peers/blas", 20}, {"peers/torch", 80}});
  const json b = Run({{"peers/in_place", 10}, {"peers/blas", 20}, {"peers/torch", 20}});
  const Comparison comparison = CompareFiles(a, b);
  ASSERT_EQ(comparison.rows.size(), 1U);
  EXPECT_EQ(comparison.rows[0].verdict, Verdict::kRegressed);
  EXPECT_NEAR(*comparison.rows[0].a, 0.25, 1e-12);
  EXPECT_NEAR(*comparison.rows[0].b, 0.5, 1e-12);
}

TEST_F(Ratios, OfAnotherMachineAreNotJudged) {
  const json a = Run({{"throughput/x", 10}, {"throughput/y", 10}});
  json b = Run({{"throughput/x", 30}, {"throughput/y", 10}});
  b["context"]["host_name"] = "there";
  EXPECT_EQ(VerdictOn(a, b, "time_ratio"), Verdict::kNotJudged);
}

}  // namespace
}  // namespace biasbench::tools
