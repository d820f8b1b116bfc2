// The errors of command lines: one line that names the flag.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bench/program/command_line_fixture.h"

namespace biasbench::bench {
namespace {

TEST(CommandLine, RefusesWhatWouldSilentlyDoNothing) {
  EXPECT_EQ(ErrorOfLine(kConvergence, {"--strategies=all", "--bias_sign=wrong_hidden"})
                .find("--bias_sign: only right and wrong_output are for bias_unit"),
            0U);
  EXPECT_EQ(ErrorOfLine(kConvergence, {"--strategies=bias_unit", "--bias_sign=wrong_output"}),
            "no error");
  EXPECT_EQ(ErrorOfLine(kConvergence, {"--decay_bias"}), "--decay_bias: needs --weight_decay");
  EXPECT_EQ(
      ErrorOfLine(kConvergence, {"--weight_decay=10"}).find("--weight_decay: a step would leave"),
      0U);
  EXPECT_EQ(ErrorOfLine(kConvergence, {"--weight_decay=-1"}).find("--weight_decay: '-1' is not"),
            0U);
  EXPECT_EQ(ErrorOfLine(kConvergence, {"--parametrization=ntk"}).find("--parametrization: unknown"),
            0U);
  EXPECT_EQ(ErrorOfLine(kFootprint, {"--activation=gelu"}),
            "--activation: unknown activation 'gelu': expected one of relu, tanh");
}

TEST(CommandLine, QuotesNoMoreThanSixtyCharacters) {
  const std::string file = Written("short.csv", "1,0\n1,1\n");
  const std::string piece(1000, 'x');
  const std::vector<std::vector<std::string>> cases = {
      {"--" + piece + "=1"},
      {piece},
      {"--hidden=" + piece},
      {"--hidden=" + piece + ","},
      {"--strategies=" + piece},
      {"--strategies=fixed=" + piece},
      {"--schedules=" + piece},
      {"--task=" + piece},
      {"--learning_rate=" + piece},
      {"--benchmark_format=" + piece},
      {"--benchmark_context=" + piece},
      {"--" + piece + "="},
      {"--train=/" + piece, "--test=" + file},
      {"--train=" + piece + "," + piece, "--test=" + file},
      {"--train=" + file, "--test=" + file, "--target=" + piece},
      {"--train=" + file, "--test=" + file, "--kind=" + piece},
      {"--train=" + file, "--test=" + file, "--separator=" + piece},
      {"--train=" + file, "--test_share=" + piece}};
  for (const std::vector<std::string>& arguments : cases) {
    const std::string error = ErrorOfLine(kConvergence, arguments);
    EXPECT_NE(error, "no error") << arguments.back().substr(0, 40);
    EXPECT_NE(error.find("xxxxxxxxxx"), std::string::npos) << error;
    EXPECT_EQ(error.find(std::string(61, 'x')), std::string::npos) << error;
  }
}

TEST(CommandLine, RefusesOwnDataThatAreNone) {
  const std::string file = Written("good.csv", "1,0\n1,1\n");
  const std::string ragged = Written("ragged.csv", "1,0\n1\n");
  const std::string bytes = Written("bytes.idx", {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 5, 6, 7});
  const std::string labels = Written("labels.idx", {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 0});
  const std::string train = "--train=" + file;
  const std::string test = "--test=" + file;
  const std::string labelled = "--train=" + bytes + "," + labels;
  struct Case {
    std::vector<std::string> flags;
    std::string error;
  };
  for (const Case& wrong :
       std::vector<Case>{{{train}, "--train: needs --test"},
                         {{test}, "--test: needs --train"},
                         {{"--target=1"}, "--target: needs --train"},
                         {{"--kind=regression"}, "--kind: needs --train"},
                         {{"--scale=none"}, "--scale: needs --train"},
                         {{train, test, "--task=digits"}, "--task: not together with --train"},
                         {{train, test, "--kind=x"}, "--kind: unknown 'x'"},
                         {{train, test, "--scale=x"}, "--scale: unknown 'x'"},
                         {{train, test, "--target=3"}, file + ":1: no column \"3\""},
                         {{"--train=" + ragged, test}, ragged + ":2: 1 fields"},
                         {{train, "--test=/no/such.csv"}, "/no/such.csv: No such file"},
                         {{"--train=a,b", "--test=c,d"}, "a,b: expected a file, or two"},
                         {{"--test_share=0.5"}, "--test_share: needs --train"},
                         {{"--header=yes"}, "--header: needs --train"},
                         {{train, test, "--test_share=0.5"}, "--test_share: not together"},
                         {{train, "--test_share=1"}, "--test_share: '1' is not a share"},
                         {{train, "--test_share=0"}, "--test_share: '0' is not"},
                         {{train, "--test_share=0.5", "--test_labels=x"}, "--test_labels: needs"},
                         {{train, test, "--header=x"}, "--header: unknown 'x'"},
                         {{train, test, "--separator=xy"}, "--separator: unknown 'xy'"},
                         {{train, test, "--decimal=;"}, "--decimal: unknown ';'"},
                         {{train, test, "--decimal=,", "--separator=,"}, "--decimal: , is for"},
                         {{train, test, "--comment=x"}, "--comment: unknown 'x'"},
                         {{train, test, "--train_labels=y"}, file + ": text, expected an array"},
                         {{"--train=" + bytes, test}, bytes + ": an array of samples"},
                         {{labelled, "--test_share=0.5", "--scale=none"}, "--scale: bytes"},
                         {{labelled, "--test_share=0.5", "--target=1"}, "--target: arrays"},
                         {{labelled, "--test_share=0.5", "--kind=regression"}, "--kind: arrays"},
                         {{labelled, test}, file + ": text, unlike " + bytes}}) {
    const std::string error = ErrorOfLine(kConvergence, wrong.flags);
    EXPECT_TRUE(error.starts_with(wrong.error)) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(CommandLine, ErrorsNameTheFlagInOneLine) {
  const std::vector<std::vector<std::string>> cases = {
      {"--hidden=0"},        {"--hidden=-1"},      {"--hidden=1e400"},
      {"--hidden=2.5"},      {"--hidden="},        {"--hidden=5,"},
      {"--strategies=nope"}, {"--benchmark_out"},  {"--schedules=x"},
      {"--optimizers=x"},    {"--task=x"},         {"--threads=0"},
      {"--batch=3e9"},       {"--outputs=0"},      {"--inputs=x"},
      {"--seed=1,2"},        {"--unknown=1"},      {"--hidden=1", "--hidden=2"},
      {"--resume"},          {"--benchmark_out="}, {"--benchmark_out_format=csv"}};
  for (const std::vector<std::string>& arguments : cases) {
    const std::string error = ErrorOfLine(kFootprint, arguments);
    const std::string& last = arguments.back();
    const std::string flag = last.substr(0, last.find('='));
    EXPECT_NE(error.find(flag), std::string::npos) << last << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(CommandLine, RefusesMoreRowsThanAnybodyWaitsFor) {
  std::string numbers = "1";
  for (int i = 2; i <= 400; ++i) numbers += "," + std::to_string(i);
  const std::string message =
      "the lists combine to more than 10000 rows; shorten one, or run its parts one by one";
  EXPECT_EQ(ErrorOfLine(kFootprint, {"--hidden=" + numbers, "--batch=" + numbers}), message);
  EXPECT_EQ(ErrorOfLine(kFootprint, {"--inputs=" + numbers, "--outputs=" + numbers}), message);
}

TEST(CommandLine, RefusesTwoSourcesOfTheShape) {
  EXPECT_NE(ErrorOfLine(kFootprint, {"--task=digits", "--inputs=3"}), "no error");
}

}  // namespace
}  // namespace biasbench::bench
