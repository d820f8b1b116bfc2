// The program's output: files of the shapes that it says, and the losses that training has.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/task.h"
#include "memory/ledger.h"
#include "network/network.h"
#include "network/trainer.h"
#include "record/temporary_folder.h"

namespace biasbench::tools {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class TrainingTrace : public testing::Test {
 protected:
  int Run(const std::string& flags) const {
    const std::string command = std::string(TRAINING_TRACE_PROGRAM) + " " + flags + " >" +
                                (folder_ / "log").string() + " 2>&1";
    return WEXITSTATUS(std::system(command.c_str()));
  }
  nlohmann::json Trace() const { return nlohmann::json::parse(ReadFile(out() / "trace.json")); }
  // As many four-byte numbers.
  void ExpectNumbers(const char* name, std::uintmax_t numbers) const {
    EXPECT_EQ(fs::file_size(out() / name), 4 * numbers) << name;
  }
  fs::path out() const { return folder_ / "trace"; }

  const record::TemporaryFolder temporary_{"training-trace"};
  const fs::path folder_ = temporary_.path();
};

TEST_F(TrainingTrace, FilesHaveTheShapesThatItSays) {
  ASSERT_EQ(Run("--task=digits --hidden=7 --batch=5 --steps=3 --out=" + out().string()), 0)
      << ReadFile(folder_ / "log");
  const nlohmann::json trace = Trace();
  EXPECT_EQ(trace["inputs"], 64);
  EXPECT_EQ(trace["outputs"], 10);
  EXPECT_EQ(trace["losses"].size(), 3U);
  ExpectNumbers("hidden_weights.f32", 7UL * 64);
  ExpectNumbers("output_weights.f32", 7UL * 10);
  ExpectNumbers("hidden_bias.f32", 7);
  ExpectNumbers("output_bias.f32", 10);
  ExpectNumbers("inputs.f32", 3UL * 5 * 64);
  ExpectNumbers("labels.i32", 3UL * 5);
  EXPECT_FALSE(fs::exists(out() / "targets.f32"));
}

// A step over the whole training set is an epoch, whose running mean is the loss before the step.
TEST_F(TrainingTrace, LossesAreTheTrainers) {
  ASSERT_EQ(Run("--task=harmonic3 --hidden=50 --batch=512 --steps=20 --strategies=scaled=0.5 "
                "--learning_rate=0.2 --out=" +
                out().string()),
            0)
      << ReadFile(folder_ / "log");
  memory::Ledger ledger;
  const data::Task task = data::LoadTask("harmonic3", ledger);
  ASSERT_EQ(task.train.samples, 512);
  ExpectNumbers("targets.f32", 20UL * 512);
  network::Network network({.shape = {.inputs = 2, .hidden = 50, .outputs = 1, .batch = 512},
                            .strategy = bias::ParseSelection("scaled=0.5")},
                           ledger);
  const network::TrainingResult result = network::Train(
      network, task, {.epochs = 20, .learning_rate = 0.2}, [](const network::EpochRecord&) {});
  const std::vector<double> losses = Trace()["losses"];
  ASSERT_EQ(losses.size(), result.epochs.size());
  for (std::size_t step = 0; step < losses.size(); ++step) {
    // The samples' order differs, and with it the rounding.
    EXPECT_NEAR(losses[step] / result.epochs[step].train_loss, 1, 1e-5) << step;
  }
  EXPECT_LT(losses.back(), 0.99 * losses.front());  // it trains, so that steps matter
}

TEST_F(TrainingTrace, BadFlagsAreOneLineAndLeaveNothing) {
  for (const std::string flags :
       {"", "--out=", "--hidden=0", "--hidden=nan", "--steps=1.5", "--batch=1e5",
        "--strategies=zzz", "--task=zzz", "--learning_rate=-1", "--weight_decay=x", "--zzz"}) {
    const bool has_out = flags.empty() || flags == "--out=";
    EXPECT_EQ(Run(flags + (has_out ? "" : " --out=" + out().string())), 2) << flags;
    const std::string log = ReadFile(folder_ / "log");
    EXPECT_EQ(log.find("training_trace: "), 0U) << log;
    EXPECT_NE(log.find("--"), std::string::npos) << log;  // it names a flag
    EXPECT_EQ(log.find('\n'), log.size() - 1) << log;
    EXPECT_FALSE(fs::exists(out()));
  }
  fs::create_directory(out());
  EXPECT_EQ(Run("--out=" + out().string()), 2);  // what is there is left alone
  EXPECT_TRUE(fs::is_empty(out()));
}

// As on a full disk: no file may be larger than 2 MiB (ThreadSanitizer itself takes half of one).
TEST_F(TrainingTrace, WhatCannotBeWrittenWholeIsNotLeft) {
  const std::string limited = "trap '' XFSZ; ulimit -f 4096; ";
  const std::string command = limited + TRAINING_TRACE_PROGRAM +
                              " --hidden=20000 --out=" + out().string() + " 2>" +
                              (folder_ / "log").string();
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2);
  EXPECT_NE(ReadFile(folder_ / "log").find("hidden_weights.f32: cannot be written"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(out()));
}

}  // namespace
}  // namespace biasbench::tools
