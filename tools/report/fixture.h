// A results folder as a run leaves it, with every status, and the program run on it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "record/temporary_folder.h"

namespace biasbench::report {

inline constexpr std::int64_t kHidden = 1'000'000;

// The context of a program's result file.
nlohmann::json Context(const char* program);
// A row with the keys that rows of all programs have.
nlohmann::json BaseRow(const std::string& name, const std::string& strategy,
                       const std::string& schedule);
// 784 -> 10 unless told otherwise; the bytes are those of the parameters (thrice under textbook).
nlohmann::json FootprintRow(const std::string& strategy, const std::string& schedule,
                            int inputs = 784);
// `loss` null: diverged.
nlohmann::json ConvergenceRow(const std::string& task, const std::string& strategy, int seed,
                              nlohmann::json loss);

// The contents of the files; tests change them before writing.
struct Sample {
  Sample();
  // A row, and its line of the curves for epochs 0, 1 and 2.
  void AddConvergence(const char* task, const char* strategy, int seed, const nlohmann::json& loss);
  void WriteTo(const std::filesystem::path& folder) const;

  nlohmann::json footprint;
  nlohmann::json throughput;
  nlohmann::json convergence;
  std::string curves =
      "name,epoch,train_loss,test_loss,test_accuracy,train_seconds,imitation_ratio\n";
  nlohmann::json machine{{"cpu_model", "A <fast> & \"quoted\" CPU"}, {"governor", nullptr}};
};

struct Outcome {
  int exit_code;
  std::string output;  // standard output and error
};

class ReportTest : public ::testing::Test {
 protected:
  // The sample's first screen in one string, a sentence a line.
  std::string Say() const;

  Outcome RunReport(const std::string& arguments, const std::string& environment = "") const;
  // A folder whose `gnuplot` is this shell script.
  std::string PathWithGnuplot(const std::string& script) const;

  const record::TemporaryFolder temporary_{"report-test"};
  const std::filesystem::path folder_ = temporary_.path();
  Sample sample_;
};

std::string ReadFile(const std::filesystem::path& path);

}  // namespace biasbench::report
