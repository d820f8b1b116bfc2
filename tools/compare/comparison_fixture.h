// A fixture of two made-up runs and their comparison.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "compare/comparison.h"
#include "compare/named_row_fixture.h"
#include "record/result_file.h"

namespace biasbench::tools {

namespace fs = std::filesystem;
using nlohmann::json;

inline constexpr const char* kFootprint = "footprint/learned/in_place/sgd/hidden:1000000";
inline constexpr const char* kThroughput = "throughput/learned/in_place/sgd/hidden:1000000";
inline constexpr const char* kConvergence = "convergence/digits/learned/in_place/sgd";

// Two result folders, A and B, that tests fill and compare.
class Compared : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        ("compared_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "a");
    fs::create_directories(root_ / "b");
  }
  void TearDown() override { fs::remove_all(root_); }

  static json Row(const std::string& name, json keys) {
    keys["name"] = name;
    keys["run_type"] = "iteration";
    return keys;
  }
  static json File(const json& rows) {
    return {{"context",
             {{"host_name", "here"},
              {"num_cpus", 2},
              {"flags", "-O3"},
              {"schema_version", record::kSchemaVersion}}},
            {"benchmarks", rows}};
  }
  static json Footprint(json keys) { return File(json::array({Row(kFootprint, std::move(keys))})); }
  // One repetition for each time.
  static json Throughput(const std::vector<double>& milliseconds) {
    json rows = json::array();
    for (const double time : milliseconds) {
      rows.push_back(Row(kThroughput, {{"real_time", time}, {"time_unit", "ms"}}));
    }
    return File(rows);
  }
  // One row for each seed from 1 on.
  static json Convergence(const std::string& key, const std::vector<double>& values) {
    json rows = json::array();
    for (const double value : values) {
      const std::string name = kConvergence + ("/seed:" + std::to_string(rows.size() + 1));
      rows.push_back(Row(name, {{key, value}}));
    }
    return File(rows);
  }

  // Rows get the keys that their names tell of, which are all that compare goes by.
  void Put(const std::string& file, json content) const {
    if (content.contains("benchmarks")) {
      for (json& row : content["benchmarks"]) {
        if (row["run_type"] == "aggregate") continue;
        const std::string name = row["name"];
        json keys = KeysOfName(name);
        keys.update(row);
        row = keys;
        content["context"]["program"] = name.substr(0, name.find('/'));
      }
    }
    std::ofstream(root_ / file) << content.dump();
  }
  Comparison CompareFolders(const ComparisonOptions& options = {}) const {
    return Compare(LoadComparable(root_ / "a"), LoadComparable(root_ / "b"), options);
  }
  Comparison CompareFiles(const json& a, const json& b, const ComparisonOptions& options = {}) {
    Put("a.json", a);
    Put("b.json", b);
    return Compare(LoadComparable(root_ / "a.json"), LoadComparable(root_ / "b.json"), options);
  }
  static const ComparedRow& RowOf(const Comparison& comparison, const char* metric) {
    const auto found = std::ranges::find(comparison.rows, metric, &ComparedRow::metric);
    if (found == comparison.rows.end()) {
      throw std::runtime_error(std::string("there is no row of ") + metric);
    }
    return *found;
  }
  Verdict VerdictOn(const json& a, const json& b, const std::string& metric) {
    return RowOf(CompareFiles(a, b), metric.c_str()).verdict;
  }
  Verdict VerdictOnBytes(const std::string& key, double a, double b) {
    return VerdictOn(Footprint({{key, a}}), Footprint({{key, b}}), key);
  }
  Verdict VerdictOnTimes(const std::vector<double>& a, const std::vector<double>& b) {
    return VerdictOn(Throughput(a), Throughput(b), "real_time");
  }
  Verdict VerdictOnSeeds(const std::string& key, const std::vector<double>& a,
                         const std::vector<double>& b) {
    return VerdictOn(Convergence(key, a), Convergence(key, b), key);
  }

  fs::path root_;
};

// `count` times, 0.01 apart.
inline std::vector<double> Times(double first, int count) {
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) times.push_back(first + 0.01 * i);
  return times;
}

}  // namespace biasbench::tools
