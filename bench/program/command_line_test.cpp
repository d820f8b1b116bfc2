// The rows that a command line asks for, their names, and the flags that repeat them.
#include "bench/program/command_line.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "bench/program/command_line_fixture.h"
#include "setting/description.h"

namespace biasbench::bench {
namespace {

TEST(CommandLine, CombinesListsAndLeavesOutRepetitions) {
  EXPECT_EQ(Names(kFootprint, {"--strategies=learned,none,learned", "--hidden=5,6", "--inputs=3",
                               "--outputs=2", "--batch=4", "--threads=1"}),
            (std::vector<std::string>{
                "footprint/learned/recompute/sgd/inputs:3/hidden:5/outputs:2/batch:4/threads:1",
                "footprint/none/recompute/sgd/inputs:3/hidden:5/outputs:2/batch:4/threads:1",
                "footprint/learned/recompute/sgd/inputs:3/hidden:6/outputs:2/batch:4/threads:1",
                "footprint/none/recompute/sgd/inputs:3/hidden:6/outputs:2/batch:4/threads:1"}));
}

TEST(CommandLine, TakesDefaultsFromTheTask) {
  EXPECT_EQ(Names(kConvergence,
                  {"--task=harmonic3,digits", "--strategies=none", "--threads=2", "--seeds=7"}),
            (std::vector<std::string>{
                "convergence/harmonic3/none/recompute/sgd/inputs:2/hidden:1000000/outputs:1/"
                "batch:32/threads:2/epochs:60/rate:0.1/seed:7",
                "convergence/digits/none/recompute/sgd/inputs:64/hidden:1000000/outputs:10/"
                "batch:64/threads:2/epochs:20/rate:0.3/seed:7"}));
}

TEST(CommandLine, UnlessToldOtherwiseAScheduleSuitsTheShape) {
  setting::Program program = kConvergence;
  program.defaults = {};
  const auto schedules = [&](const std::vector<std::string>& flags) {
    std::vector<schedule::ScheduleKind> kinds;
    for (const auto& row : ParseCommandLine(program, flags).configurations) {
      kinds.push_back(row.network.schedule);
    }
    return kinds;
  };
  using schedule::ScheduleKind;
  EXPECT_EQ(schedules({"--task=sine,digits", "--strategies=none"}),
            (std::vector<ScheduleKind>{ScheduleKind::kRecompute, ScheduleKind::kStreaming}));
  EXPECT_EQ(schedules({"--task=digits", "--strategies=none", "--schedules=textbook"}),
            std::vector<ScheduleKind>{ScheduleKind::kTextbook});
}

TEST(CommandLine, NamesAWrongBiasSign) {
  EXPECT_EQ(Names(kConvergence, {"--strategies=learned", "--threads=1", "--hidden=9",
                                 "--bias_sign=wrong_hidden"}),
            (std::vector<std::string>{
                "convergence/harmonic3/learned/recompute/sgd/inputs:2/hidden:9/outputs:1/batch:32/"
                "threads:1/epochs:60/rate:0.1/bias_sign:wrong_hidden/seed:1"}));
}

TEST(CommandLine, NamesWhatIsNotTheDefaultOfTraining) {
  const std::vector<std::string> flags = {
      "--strategies=learned", "--threads=1",  "--hidden=9", "--parametrization=standard",
      "--weight_decay=0.01",  "--decay_bias", "--center",   "--test_samples=20"};
  const std::vector<setting::Setting> rows = ParseCommandLine(kConvergence, flags).configurations;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(CanonicalName("convergence", rows[0]),
            "convergence/harmonic3/learned/recompute/sgd/inputs:2/hidden:9/outputs:1/batch:32/"
            "threads:1/parametrization:standard/epochs:60/rate:0.1/weight_decay:0.01/decay_bias/"
            "test_samples:20/center/seed:1");
  const CommandLine again = ParseCommandLine(kConvergence, RepeatFlags(rows[0]));
  EXPECT_EQ(ToJson(again.configurations.at(0)), ToJson(rows[0]));
  EXPECT_EQ(ToJson(setting::FromJson(ToJson(rows[0]))), ToJson(rows[0]));
}

TEST(CommandLine, NamesAnActivationThatIsNotTheDefault) {
  for (const setting::Program& program : {kFootprint, kConvergence}) {
    const std::vector<setting::Setting> rows =
        ParseCommandLine(program, {"--strategies=learned", "--activation=relu,tanh", "--hidden=9"})
            .configurations;
    ASSERT_EQ(rows.size(), 2U);
    const std::string part = "/activation:tanh";
    const std::string name = CanonicalName(program.name, rows[1]);
    EXPECT_EQ(std::string(name).erase(name.find(part), part.size()),
              CanonicalName(program.name, rows[0]));
    const CommandLine again = ParseCommandLine(program, RepeatFlags(rows[1]));
    EXPECT_EQ(ToJson(again.configurations.at(0)), ToJson(rows[1]));
    EXPECT_EQ(ToJson(setting::FromJson(ToJson(rows[1]))), ToJson(rows[1]));
  }
}

TEST(CommandLine, NamesTheFormatsOfWeightsAndStates) {
  const std::vector<std::string> flags = {"--strategies=learned", "--hidden=9", "--threads=1",
                                          "--inputs=3", "--optimizers=adam"};
  const auto names = [&](std::vector<std::string> more) {
    more.insert(more.end(), flags.begin(), flags.end());
    return Names(kFootprint, more);
  };
  const std::string name =
      "footprint/learned/recompute/adam/inputs:3/hidden:9/outputs:10/batch:64/threads:1";
  EXPECT_EQ(names({"--weights=all", "--states=all", "--bfloat16_products=widened"}),
            (std::vector<std::string>{
                name, name + "/states:bfloat16", name + "/weights:bfloat16/products:widened",
                name + "/weights:bfloat16/states:bfloat16/products:widened"}));
  EXPECT_EQ(ErrorOfLine(kFootprint, {"--bfloat16_products=widened"}),
            "--bfloat16_products: only for --weights=bfloat16");
  EXPECT_EQ(ErrorOfLine(kFootprint, {"--states=bfloat16", "--optimizers=sgd"}),
            "--states: sgd has no states to store; choose others by --optimizers");
  EXPECT_EQ(ErrorOfLine(kFootprint, {"--weights=bfloat16", "--schedules=textbook"}),
            "--weights: bfloat16 is not for textbook, which computes in single precision; choose "
            "others by --schedules");
  for (const char* none : {"", "=1", "--=1"}) {
    EXPECT_NE(ErrorOfLine(kFootprint, {none}), "no error");
  }
  for (const char* old : {"--parameters=bfloat16", "--parameters"}) {
    EXPECT_EQ(ErrorOfLine(kFootprint, {old}),
              "--parameters: now --weights=float32|bfloat16 and --states=float32|bfloat16");
  }
}

TEST(CommandLine, FeedsRealSamplesWhereATaskHasTheShape) {
  const auto fed = [](const char* inputs, const char* outputs) {
    return ParseCommandLine(kFootprint, {inputs, outputs}).configurations.front().task;
  };
  EXPECT_EQ(fed("--inputs=64", "--outputs=10"), "digits");
  EXPECT_EQ(fed("--inputs=64", "--outputs=11"), "noise");
}

TEST(CommandLine, SelectsEverything) {
  // blocked is for sgd alone.
  const std::size_t with_blocks = 1;
  EXPECT_EQ(Names(kFootprint, {"--strategies=all", "--schedules=all", "--optimizers=all"}).size(),
            bias::AllSelections().size() *
                ((schedule::kSchedules.size() - 1) * schedule::kOptimizers.size() + with_blocks));
}

// All schedules are those that there are for the rest; one that was named is refused.
TEST(CommandLine, BlocksGoWithSgdAndHoldABatch) {
  EXPECT_EQ(Names(kFootprint, {"--strategies=none", "--schedules=all", "--block=8", "--batch=8,9"})
                .size(),
            2 * schedule::kSchedules.size() - 1);
  EXPECT_EQ(Names(kFootprint, {"--strategies=none", "--schedules=all", "--batch=65"}).size(),
            schedule::kSchedules.size());
  EXPECT_THROW(Names(kFootprint, {"--schedules=blocked", "--block=8", "--batch=9"}),
               std::invalid_argument);
  EXPECT_THROW(Names(kFootprint, {"--schedules=blocked", "--optimizers=adam"}),
               std::invalid_argument);
  EXPECT_THROW(Names(kFootprint, {"--schedules=streaming", "--block=8"}), std::invalid_argument);
  EXPECT_EQ(
      Names(kFootprint, {"--strategies=none", "--schedules=blocked", "--batch=9", "--block=9,64"})
          .size(),
      2U);
}

TEST(CommandLine, RepeatFlagsSelectTheSameRow) {
  for (const setting::Program& program : {kFootprint, kConvergence}) {
    const CommandLine line =
        ParseCommandLine(program, {"--strategies=fixed=0.5", "--schedules=in_place", "--hidden=7",
                                   "--batch=3", "--threads=3", "--optimizers=adam", "--seed=5"});
    const setting::Setting& row = line.configurations.front();
    const CommandLine again = ParseCommandLine(program, RepeatFlags(row));
    ASSERT_EQ(again.configurations.size(), 1U);
    EXPECT_EQ(ToJson(again.configurations.front()), ToJson(row));
    EXPECT_EQ(ToJson(setting::FromJson(ToJson(row))), ToJson(row));
  }
}

TEST(CommandLine, OwnDataDecideTheShape) {
  const std::string train = "--train=" + Written("train.csv", "a,b,c\n1,0,3\n1,2,4\n5,1,7\n");
  const std::string test = "--test=" + Written("test.csv", "a,b,c\n1,2,3\n");
  const std::vector<std::string> flags = {train,         test,           "--strategies=none",
                                          "--threads=1", "--target=b",   "--kind=classification",
                                          "--hidden=9",  "--scale=none", "--samples=2"};
  const std::vector<setting::Setting> rows = ParseCommandLine(kConvergence, flags).configurations;
  ASSERT_EQ(rows.size(), 1U);
  const data::OwnData& data = rows[0].own_data.value();
  EXPECT_EQ(CanonicalName("convergence", rows[0]),
            "convergence/own/none/recompute/sgd/inputs:2/hidden:9/outputs:3/batch:32/threads:1/"
            "epochs:60/rate:0.1/samples:2/data:" +
                data.digest + "/seed:1");
  EXPECT_TRUE(data.files.is_classification);
  EXPECT_FALSE(data.files.is_standardized);
  EXPECT_EQ(data.train_samples, 3);
  const CommandLine again = ParseCommandLine(kConvergence, RepeatFlags(rows[0]));
  ASSERT_EQ(again.configurations.size(), 1U);
  EXPECT_EQ(ToJson(again.configurations[0]), ToJson(rows[0]));
  const data::OwnData told = setting::FromJson(ToJson(rows[0])).own_data.value();
  EXPECT_EQ(told.files.test, data.files.test);
  EXPECT_EQ(told.test_samples, 1);
  EXPECT_EQ(ToJson(setting::FromJson(ToJson(rows[0]))), ToJson(rows[0]));
}

TEST(CommandLine, OwnDataAreStandardizedRegressionUnlessSaidOtherwise) {
  const std::string file = Written("values.csv", "1,0\n1,2\n");
  const std::vector<setting::Setting> rows =
      ParseCommandLine(kConvergence, {"--train=" + file, "--test=" + file}).configurations;
  EXPECT_FALSE(rows.at(0).own_data.value().files.is_classification);
  EXPECT_TRUE(rows.at(0).own_data.value().files.is_standardized);
  EXPECT_EQ(rows.at(0).network.shape.outputs, 1);
}

// The flags that repeat a row, and what an instance is told, name the same data however they were
// described.
TEST(CommandLine, OwnDataOfAnyKindAreRepeated) {
  const std::string sheet = Written("a,sheet.csv", "# ours\nx;y\n1,5;b\n2,5;a\n3,5;c\n4;c\n");
  const std::string arrays = Written("x,0.idx", {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 5, 6, 7});
  const std::string labels = Written("y,0.idx", {0, 0, 8, 1, 0, 0, 0, 3, 3, 1, 3});
  const std::vector<std::vector<std::string>> cases = {
      {"--train=" + sheet, "--test_share=0.25", "--kind=classification", "--header=yes",
       "--separator=;", "--decimal=,", "--comment=#"},
      {"--train=" + arrays + "," + labels, "--test=" + arrays, "--test_labels=" + labels}};
  for (std::vector<std::string> flags : cases) {
    flags.insert(flags.end(), {"--strategies=none", "--threads=1", "--hidden=9"});
    const setting::Setting row = ParseCommandLine(kConvergence, flags).configurations.at(0);
    const CommandLine again = ParseCommandLine(kConvergence, RepeatFlags(row));
    ASSERT_EQ(again.configurations.size(), 1U);
    EXPECT_EQ(ToJson(again.configurations[0]), ToJson(row));
    EXPECT_EQ(ToJson(setting::FromJson(ToJson(row))), ToJson(row));
    EXPECT_FALSE(row.own_data.value().classes.empty());
  }
}

TEST(CommandLine, HelpShowsOneExampleForEachKindOfFile) {
  const std::string help = ParseCommandLine(kConvergence, {"--help"}).answer;
  for (const char* kind : {"test.csv --target=", "--test_share=0.2 --kind=classification",
                           "--separator=semicolon --decimal=,", "images-idx3", "x.npy"}) {
    EXPECT_NE(help.find(kind), std::string::npos) << kind;
  }
}

TEST(CommandLine, VersionIsAnswered) {
  const CommandLine line = ParseCommandLine(kFootprint, {"--version"});
  EXPECT_TRUE(line.answer.starts_with("footprint (biasbench ")) << line.answer;
  EXPECT_TRUE(line.configurations.empty());
}

// Of two flags Google Benchmark takes the last.
TEST(CommandLine, NoColorTurnsColorsOffUnlessTheyAreAskedFor) {
  const std::vector<std::string> asked = {"--benchmark_color=true"};
  unsetenv("NO_COLOR");
  EXPECT_EQ(ParseCommandLine(kFootprint, asked).benchmark_flags, asked);
  setenv("NO_COLOR", "", 1);  // as if it were not set: no-color.org
  EXPECT_EQ(ParseCommandLine(kFootprint, asked).benchmark_flags, asked);
  setenv("NO_COLOR", "1", 1);
  const std::vector<std::string> flags = ParseCommandLine(kFootprint, asked).benchmark_flags;
  unsetenv("NO_COLOR");
  EXPECT_EQ(flags, (std::vector<std::string>{"--benchmark_color=false", "--benchmark_color=true"}));
}

TEST(CommandLine, KeepsRepetitionsInTheFile) {
  // From 1.8 on Google Benchmark asks for the unit.
  const std::string min_time = BIASBENCH_GOOGLE_BENCHMARK_NUMBER < 1008
                                   ? "--benchmark_min_time=0.1"
                                   : "--benchmark_min_time=0.1s";
  const CommandLine line =
      ParseCommandLine(kFootprint, {"--benchmark_report_aggregates_only=true",
                                    "--benchmark_min_time=0.1", "--benchmark_out=x.json"});
  EXPECT_EQ(line.out, "x.json");
  EXPECT_EQ(line.benchmark_flags,
            (std::vector<std::string>{"--benchmark_display_aggregates_only=true", min_time}));
  EXPECT_EQ(line.measuring_flags, std::vector<std::string>{min_time});
}

}  // namespace
}  // namespace biasbench::bench
