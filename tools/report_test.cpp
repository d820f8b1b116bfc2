#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "record/result_file.h"
#include "report_content.h"
#include "report_document.h"
#include "report_groups.h"
#include "report_levers.h"
#include "report_numbers.h"
#include "report_peers.h"
#include "report_plot.h"
#include "report_rows.h"
#include "report_svg.h"
#include "report_verdict.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kHidden = 1'000'000;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

json Context(const char* program) {
  return {{"schema_version", 1},   {"program", program},     {"git_sha", "0123abcd"},
          {"git_is_dirty", false}, {"compiler", "GNU 12.2"}, {"flags", "-O3"},
          {"date", "2024-11-21"}};
}

json BaseRow(const std::string& name, const std::string& strategy, const std::string& schedule) {
  return {{"name", name},
          {"run_name", name},
          {"run_type", "iteration"},
          {"status", "ok"},
          {"strategy", strategy},
          {"schedule", schedule},
          {"optimizer", "sgd"},
          {"hidden", kHidden},
          {"batch", 64},
          {"omp_threads", 2},
          {"command", "bench --filter=" + name}};
}

// 784 -> 10 unless told otherwise; the bytes are those of the parameters (thrice under textbook).
json FootprintRow(const std::string& strategy, const std::string& schedule, int inputs = 784) {
  json row =
      BaseRow("footprint/" + strategy + "/" + schedule + "/sgd/inputs:" + std::to_string(inputs) +
                  "/hidden:1000000/outputs:10/batch:64/threads:2",
              strategy, schedule);
  const bool stores_biases = strategy != "none" && !strategy.starts_with("fixed");
  const std::int64_t copies = schedule == "textbook" ? 3 : 1;
  const std::int64_t bias = stores_biases ? copies * 4 * (kHidden + 10) : 0;
  const std::int64_t peak = copies * 4 * kHidden * (inputs + 10) + bias;
  row.update({{"inputs", inputs},
              {"outputs", 10},
              {"task", "fashion_mnist"},
              {"peak_phase", "update"},
              {"predicted_peak_bytes", peak},
              {"tracked_peak_bytes", peak},
              {"untracked_bytes", 4321},
              {"peak_rss_bytes", peak + 77'777},
              {"hidden_weights_bytes", copies * 4 * kHidden * inputs},
              {"output_weights_bytes", copies * 4 * kHidden * 10},
              {"hidden_bias_bytes", bias},
              {"bias_bytes", bias},
              {"bias_share", static_cast<double>(bias) / static_cast<double>(peak)}});
  return row;
}

json ConvergenceRow(const std::string& task, const std::string& strategy, int seed, json loss) {
  json row = BaseRow("convergence/" + task + "/" + strategy +
                         "/recompute/sgd/inputs:2/hidden:1000000/outputs:1/batch:32/threads:2/"
                         "epochs:2/rate:0.1/seed:" +
                         std::to_string(seed),
                     strategy, "recompute");
  row.update({{"inputs", 2},
              {"outputs", 1},
              {"batch", 32},
              {"task", task},
              {"seed", seed},
              {"epochs", 2},
              {"learning_rate", 0.1},
              {"tracked_peak_bytes", 16'000'000},
              {"bias_bytes", strategy == "none" ? 0 : 4'000'004},
              {"diverged", loss.is_null() ? 1 : 0},
              {"train_loss", loss},
              {"test_loss", loss},
              {"epochs_to_target", nullptr}});
  if (loss.is_null()) row.update({{"status", "diverged"}, {"reason", "the loss is not finite"}});
  return row;
}

json ThroughputRow(const std::string& strategy, int repetition, double rate) {
  json row = BaseRow("throughput/" + strategy +
                         "/in_place/sgd/inputs:784/hidden:1000000/outputs:10/batch:64/threads:2",
                     strategy, "in_place");
  row.update({{"inputs", 784},
              {"outputs", 10},
              {"repetition_index", repetition},
              {"items_per_second", rate},
              {"roofline_fraction", rate / 60},
              {"peak_rss_bytes", 3'200'000'000}});
  return row;
}

// What a run leaves behind, with every status; tests change it before writing.
struct Sample {
  json footprint{{"context", Context("footprint")}, {"benchmarks", json::array()}};
  json throughput{{"context", Context("throughput")}, {"benchmarks", json::array()}};
  json convergence{{"context", Context("convergence")}, {"benchmarks", json::array()}};
  std::string curves =
      "name,task,strategy,hidden,seed,epoch,train_loss,test_loss,test_accuracy,train_seconds\n";
  json machine{{"cpu_model", "A <fast> & \"quoted\" CPU"}, {"governor", nullptr}};

  Sample() {
    for (const char* schedule : {"textbook", "in_place", "recompute"}) {
      for (const char* strategy : {"learned", "fixed=1", "none"}) {
        footprint["benchmarks"].push_back(FootprintRow(strategy, schedule));
        footprint["benchmarks"].push_back(FootprintRow(strategy, schedule, 64));
      }
    }
    json skipped = FootprintRow("bias_unit", "textbook");
    for (const char* key : {"tracked_peak_bytes", "peak_rss_bytes", "bias_bytes", "bias_share"}) {
      skipped.erase(key);
    }
    skipped.update({{"status", "skipped"}, {"reason", "needs 9.5 GiB, 8.1 GiB available"}});
    footprint["benchmarks"].push_back(skipped);
    for (int i = 0; i < 5; ++i) {
      throughput["benchmarks"].push_back(ThroughputRow("learned", i, 40 + i));
      throughput["benchmarks"].push_back(ThroughputRow("none", i, 50 + i));
    }
    json killed = ThroughputRow("fixed=1", 0, 1);
    killed.erase("items_per_second");
    killed.update({{"status", "killed"}, {"reason", "SIGKILL"}});
    throughput["benchmarks"].push_back(killed);
    for (int seed = 1; seed <= 3; ++seed) {
      AddConvergence("harmonic3", "learned", seed, 0.001 * seed);
      AddConvergence("harmonic3", "fixed=1", seed, 0.02 * seed);
      AddConvergence("harmonic3", "none", seed, 0.5);
      AddConvergence("harmonic3", "scaled=0.1", seed, 0.004 + 0.001 * seed);
      AddConvergence("harmonic3", "sign_flipped", seed, seed == 1 ? json(0.9) : json(nullptr));
      AddConvergence("digits", "learned", seed, 0.10 + 0.01 * seed);
      AddConvergence("digits", "fixed=1", seed, 0.11 + 0.01 * seed);
    }
  }

  void AddConvergence(const char* task, const char* strategy, int seed, const json& loss) {
    const json row = ConvergenceRow(task, strategy, seed, loss);
    convergence["benchmarks"].push_back(row);
    for (int epoch = 0; epoch <= 2; ++epoch) {
      const std::string text = epoch == 0 ? "0.5" : loss.is_null() ? "" : loss.dump();
      curves += row["name"].get<std::string>() + "," + task + "," + strategy + ",1000000," +
                std::to_string(seed) + "," + std::to_string(epoch) + "," + text + ",,,0.1\n";
    }
  }

  void WriteTo(const fs::path& folder) const {
    fs::create_directories(folder);
    record::WriteJson(folder / "footprint.json", footprint);
    record::WriteJson(folder / "throughput.json", throughput);
    record::WriteJson(folder / "convergence.json", convergence);
    record::WriteText(folder / "curves.csv", curves);
    record::WriteJson(folder / "machine.json", machine);
  }
};

struct Outcome {
  int exit_code;
  std::string output;  // standard output and error
};

class ReportTest : public ::testing::Test {
 protected:
  ReportTest() {
    std::string name = (fs::temp_directory_path() / "report-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ReportTest() override { fs::remove_all(folder_); }

  // The sample's verdict, in one string.
  std::string Say() const {
    sample_.WriteTo(folder_);
    return SayOfFolder();
  }
  std::string SayOfFolder() const {
    std::string text;
    const Results results = LoadFolder(folder_);
    for (const Sentence& sentence : Verdict(results)) text += sentence.text + "\n";
    return results.convergence ? text + UpdateRules(*results.convergence) : text;
  }

  Outcome RunReport(const std::string& arguments, const std::string& environment = "") const {
    const fs::path log = folder_ / "log.txt";
    const std::string command =
        environment + " " + REPORT_PROGRAM + " " + arguments + " > '" + log.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), ReadFile(log)};
  }

  // A folder whose `gnuplot` is this shell script.
  std::string PathWithGnuplot(const std::string& script) const {
    const fs::path program = folder_ / "bin" / "gnuplot";
    fs::create_directories(program.parent_path());
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(program, fs::perms::owner_all);
    return "PATH='" + program.parent_path().string() + "'";
  }

  json& FindRow(json& file, const std::string& strategy, const std::string& schedule) {
    return *std::ranges::find_if(file["benchmarks"], [&](const json& row) {
      return row["strategy"] == strategy && row["schedule"] == schedule;
    });
  }

  fs::path folder_;
  Sample sample_;
};

// ---- sentences -------------------------------------------------------------------------------

TEST_F(ReportTest, SaysWhatFixedBiasesSaveAtTheLargestShape) {
  // 4 (10^6 + 10) bytes of 4 (795 · 10^6 + 10); thrice both under textbook: the same share.
  EXPECT_THAT(Say(), HasSubstr("saves 11.44 MiB of 8.88 GiB (0.126 %; 12,000,120 of 9,540,000,120 "
                               "bytes) with `textbook` and `sgd`"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("784 inputs, 1,000,000 hidden nodes, 10 outputs"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("the largest share of 3 combinations"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("leaving biases out (`none`) saves exactly as much"));
}

TEST_F(ReportTest, SaysWhatLeavingBiasesOutSavesWhereItDiffers) {
  for (json& row : sample_.footprint["benchmarks"]) {
    if (row["strategy"] == "none") {
      row["tracked_peak_bytes"] = row["tracked_peak_bytes"].get<std::int64_t>() - 4096;
    }
  }
  EXPECT_THAT(Say(), HasSubstr("leaving biases out (`none`) saves 11.45 MiB (12,004,216 bytes)"));
}

TEST_F(ReportTest, SaysThatFixingCostsMemoryIfItDoes) {
  for (json& row : sample_.footprint["benchmarks"]) {
    if (row["strategy"] == "fixed=1") row["tracked_peak_bytes"] = 10'000'000'000;
  }
  EXPECT_THAT(Say(), HasSubstr("instead of learning it costs "));
}

TEST_F(ReportTest, SaysWhatItCostsWithItsSpread) {
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("with all of them at 1 is higher in every seed on `harmonic3`, no "
                              "different within the spread over seeds on `digits`"));
  EXPECT_THAT(text, HasSubstr("without any it is higher in every seed on `harmonic3`, not measured "
                              "on `digits`"));
  EXPECT_THAT(text,
              HasSubstr("on `harmonic3` `learned` 0.00200 [0.00100–0.00300], `fixed=1` 0.0400 "
                        "[0.0200–0.0600], `none` 0.500 [0.500–0.500] (3 seeds)"));
}

TEST_F(ReportTest, DoesNotJudgeBySingleSeeds) {
  std::erase_if(sample_.convergence["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["seed"] != 1; });
  EXPECT_THAT(Say(), HasSubstr("not to be judged by a single seed on `harmonic3`"));
}

TEST_F(ReportTest, SaysWhichScheduleHoldsTheMemory) {
  EXPECT_THAT(Say(), HasSubstr("peaks at 8.88 GiB with `textbook` (9,540,000,120 bytes), "));
  EXPECT_THAT(SayOfFolder(), HasSubstr("saves 5.92 GiB, 530 times the most that fixing"));
}

json PeerJson(const char* peer, bool is_ours, int batch, double rate) {
  const std::string name = std::string("peers/") + peer +
                           "/inputs:784/hidden:1000000/outputs:10/batch:" + std::to_string(batch) +
                           "/threads:2";
  json row = {{"name", name},
              {"run_type", "iteration"},
              {"peer", peer},
              {"is_ours", is_ours},
              {"inputs", 784},
              {"hidden", kHidden},
              {"batch", batch},
              {"library", "Lib 1.0"},
              {"peak_rss_bytes", 3 << 20},
              {"items_per_second", rate},
              {"status", "ok"}};
  if (rate == 0) {
    row.erase("items_per_second");
    row.update({{"status", "skipped"}, {"reason", "needs 12.00 GiB, 8.00 GiB available"}});
  }
  return row;
}

TEST_F(ReportTest, PeersAreComparedWithTheBestThatIsNotOurs) {
  json peers{{"context", Context("peers")}, {"benchmarks", json::array()}};
  for (const double rate : {30.0, 36.0, 33.0}) {
    peers["benchmarks"].push_back(PeerJson("in_place_blis", false, 64, rate));
    peers["benchmarks"].push_back(PeerJson("textbook_blis", false, 64, rate / 2));
    peers["benchmarks"].push_back(PeerJson("streaming", true, 64, 2 * rate));
  }
  peers["benchmarks"].push_back(PeerJson("fann", false, 1, 0));
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "peers.json", peers);
  const Table table = PeersTable(LoadFolder(folder_).peers);
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0],
            (std::vector<std::string>{"784", "1,000,000", "64", "`streaming`", "3",
                                      "66.0 [60.0–72.0]", "2.00", "3.00", "Lib 1.0"}));
  EXPECT_EQ(table.rows[1][6], "1.00");
  EXPECT_EQ(table.rows[2][6], "0.50");
  EXPECT_THAT(table.rows[3][5], HasSubstr("needs 12.00 GiB"));
  EXPECT_TRUE(LoadFolder(folder_).missing.empty());
}

TEST_F(ReportTest, OneRowOfALargerBatchIsNotWhereMemoryIsCompared) {
  json larger = FootprintRow("learned", "textbook");
  larger.update({{"name", "footprint/learned/textbook/sgd/batch:256"}, {"batch", 256}});
  larger["tracked_peak_bytes"] = 12'000'000'000;
  sample_.footprint["benchmarks"].push_back(larger);
  json halved = FootprintRow("learned", "recompute");
  halved.update({{"name", halved["name"].get<std::string>() + "/parameters:bfloat16"},
                 {"parameters", "bfloat16"},
                 {"tracked_peak_bytes", 1 << 30}});
  sample_.footprint["benchmarks"].push_back(halved);
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("10 outputs, batch 64, 2 threads, `learned` with `sgd` peaks at"));
  EXPECT_THAT(text, HasSubstr("with weights in bfloat16, `recompute` peaks at 1.00 GiB"));
}

TEST_F(ReportTest, LeversRunFromTheLargestPeakToTheSmallest) {
  json halved = FootprintRow("learned", "recompute");
  const auto name = halved["name"].get<std::string>() + "/parameters:bfloat16";
  halved.update({{"name", name}, {"run_name", name}, {"parameters", "bfloat16"}});
  halved["tracked_peak_bytes"] = 1'588'000'000;
  sample_.footprint["benchmarks"].push_back(halved);
  sample_.WriteTo(folder_);
  const Table table = LeversTable(LoadFolder(folder_));
  ASSERT_EQ(table.rows.size(), 7U);  // two strategies under three schedules, and the halved one
  EXPECT_EQ(table.rows.front()[0], "`textbook`");
  EXPECT_EQ(table.rows.front()[2], "`learned`");
  EXPECT_EQ(table.rows.back()[1], "sgd, bfloat16");
  EXPECT_EQ(table.rows.back()[5], "1,588,000,000");
  // 1 − 1,588,000,000 / (3 · 4 · (784 + 10 + 1) · 10⁶ + 3 · 40)
  EXPECT_EQ(table.rows.back()[8], "83.4 %");
  const auto in_place = std::ranges::find_if(
      table.rows, [](const auto& row) { return row[0] == "`in_place`" && row[2] == "`learned`"; });
  ASSERT_NE(in_place, table.rows.end());
  EXPECT_EQ((*in_place)[9], "42.0");  // the median of 40 … 44
}

TEST_F(ReportTest, SaysWhichUpdateRulesDoBetterOrWorse) {
  EXPECT_THAT(Say(),
              HasSubstr("on `harmonic3` (0.00200 [0.00100–0.00300]; 2 other rules) lower: nothing, "
                        "higher: `scaled=0.1` 0.00600 [0.00500–0.00700], `sign_flipped` diverged"));
}

TEST_F(ReportTest, PermutedLabelsChangeTheSentences) {
  const auto swap_labels = [](std::string text) {
    text = std::regex_replace(text, std::regex("/learned/"), "/@/");
    text = std::regex_replace(text, std::regex("/none/"), "/learned/");
    return std::regex_replace(text, std::regex("/@/"), "/none/");
  };
  for (json* file : {&sample_.footprint, &sample_.convergence}) {
    for (json& row : (*file)["benchmarks"]) {
      row["name"] = swap_labels(row["name"].get<std::string>());
      if (row["strategy"] == "learned") {
        row["strategy"] = "none";
      } else if (row["strategy"] == "none") {
        row["strategy"] = "learned";
      }
    }
  }
  const std::string text = Say();
  EXPECT_THAT(text, HasSubstr("saves nothing of "));
  EXPECT_THAT(text, HasSubstr("(`none`) costs 11.44 MiB (12,000,120 bytes)"));
  EXPECT_THAT(text, HasSubstr("at 1 is lower in every seed on `harmonic3`"));
  EXPECT_THAT(text, HasSubstr("`learned` 0.500 [0.500–0.500]"));
  EXPECT_THAT(text, HasSubstr("lower: `scaled=0.1`"));
  EXPECT_THAT(text, Not(HasSubstr("times the most that fixing")));
}

TEST_F(ReportTest, SentencesSayWhichRowsAreMissing) {
  std::erase_if(sample_.footprint["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["strategy"] == "fixed=1"; });
  std::erase_if(sample_.convergence["benchmarks"].get_ref<json::array_t&>(),
                [](const json& row) { return row["strategy"] == "learned"; });
  EXPECT_THAT(Say(), HasSubstr("no setting in which both `learned` and `fixed=1` were measured"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("`learned` not measured"));
  EXPECT_THAT(SayOfFolder(), HasSubstr("on `harmonic3` `learned` was not measured"));
  fs::remove(folder_ / "convergence.json");
  EXPECT_THAT(SayOfFolder(), HasSubstr("convergence.json is missing"));
}

TEST_F(ReportTest, ATurnedSignIsNoPartOfTheComparison) {
  json wrong = ConvergenceRow("harmonic3", "learned", 1, 7.0);
  wrong["name"] =
      "convergence/harmonic3/learned/recompute/sgd/inputs:2/hidden:1000000/outputs:1/"
      "batch:32/threads:2/epochs:2/rate:0.1/bias_sign:wrong/seed:1";
  auto& rows = sample_.convergence["benchmarks"];
  rows.insert(rows.begin(), wrong);
  EXPECT_THAT(Say(), HasSubstr("`learned` 0.00200 [0.00100–0.00300]"));
}

TEST_F(ReportTest, ComparesAtTheLargestHiddenLayer) {
  json small = ConvergenceRow("harmonic3", "learned", 1, 7.0);
  small["name"] = std::regex_replace(small["name"].get<std::string>(), std::regex("hidden:1000000"),
                                     "hidden:1000");
  small["hidden"] = 1000;
  auto& rows = sample_.convergence["benchmarks"];
  rows.insert(rows.begin(), small);
  EXPECT_THAT(Say(), HasSubstr("`learned` 0.00200 [0.00100–0.00300]"));
}

// ---- numbers and spreads -----------------------------------------------------------------------

TEST(Numbers, AreExactOrForPeople) {
  EXPECT_EQ(Integer(0), "0");
  EXPECT_EQ(Integer(999), "999");
  EXPECT_EQ(Integer(1000), "1,000");
  EXPECT_EQ(Integer(-12'000'120), "−12,000,120");
  EXPECT_EQ(Integer(9'540'000'121.0), "9,540,000,121");
  EXPECT_EQ(Bytes(40), "40 B");
  EXPECT_EQ(Bytes(4'000'004), "3.81 MiB");
  EXPECT_EQ(Mebibytes(40), "<0.01");
  EXPECT_EQ(Mebibytes(0), "0.00");
  EXPECT_EQ(Percent(0.00126), "0.126 %");
  EXPECT_EQ(ThreeDigits(0.0012345), "0.00123");
  EXPECT_EQ(ThreeDigits(42), "42.0");
  EXPECT_EQ(ThreeDigits(784), "784");
  EXPECT_EQ(ThreeDigits(999.7), "1,000");
  EXPECT_EQ(ThreeDigits(0), "0");
}

TEST(Spreads, DivergedRowsCountAsInfinitelyBad) {
  std::vector<Row> rows(4);
  for (Row& row : rows) row.status = "ok";
  rows[0].numbers["train_loss"] = 0.1;
  rows[1].numbers["train_loss"] = 0.3;
  rows[2].status = "diverged";
  rows[2].numbers["train_loss"] = 5;
  rows[3].status = "killed";
  rows[3].numbers["train_loss"] = 0.0001;
  const Group group = {&rows[0], &rows[1], &rows[2], &rows[3]};
  const Spread spread = SpreadOf(group, "train_loss");
  EXPECT_EQ(spread.count, 3);
  EXPECT_EQ(spread.median, 0.3);
  EXPECT_EQ(Describe(spread), "0.300 [0.100–diverged]");
  EXPECT_EQ(SpreadOf(group, "test_accuracy").count, 0);
  EXPECT_EQ(Describe(SpreadOf({&rows[2]}, "train_loss")), "diverged");
}

// ---- the document, rendered twice --------------------------------------------------------------

using Cells = std::vector<std::vector<std::string>>;

std::string Undo(std::string text, const std::vector<std::pair<const char*, const char*>>& pairs) {
  for (const auto& [from, to] : pairs) text = std::regex_replace(text, std::regex(from), to);
  return text;
}

std::vector<Cells> TablesOfHtml(const std::string& html) {
  std::vector<Cells> tables;
  const std::regex token("<(table|tr)>|<t[hd] [^>]*>(.*?)</t[hd]>");
  for (std::sregex_iterator i(html.begin(), html.end(), token), end; i != end; ++i) {
    const std::string tag = (*i)[1];
    if (tag == "table") {
      tables.emplace_back();
    } else if (tag == "tr") {
      tables.back().emplace_back();
    } else {
      tables.back().back().push_back(Undo((*i)[2], {{"</?code>", "`"},
                                                    {"&lt;", "<"},
                                                    {"&gt;", ">"},
                                                    {"&quot;", "\""},
                                                    {"&#39;", "'"},
                                                    {"&amp;", "&"}}));
    }
  }
  return tables;
}

std::vector<Cells> TablesOfMarkdown(const std::string& markdown) {
  std::vector<Cells> tables;
  std::istringstream lines(markdown);
  bool is_in_table = false;
  for (std::string line; std::getline(lines, line);) {
    const bool was_in_table = std::exchange(is_in_table, line.starts_with("|"));
    if (!is_in_table || line.starts_with("|---")) continue;
    if (!was_in_table) tables.emplace_back();
    tables.back().emplace_back();
    const std::regex cell(R"(\| ((?:[^|\\]|\\.)*) (?=\|))");
    for (std::sregex_iterator i(line.begin(), line.end(), cell), end; i != end; ++i) {
      tables.back().back().push_back(Undo((*i)[1], {{R"(\\([^\w\s]|_))", "$1"}}));
    }
  }
  return tables;
}

// Every opened element is closed, in order.
void ExpectBalanced(const std::string& html) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>");
  for (std::sregex_iterator i(html.begin(), html.end(), tag), end; i != end; ++i) {
    const std::string name = (*i)[2];
    const std::string rest = (*i)[3];
    if (name == "meta" || rest.ends_with("/")) continue;
    if ((*i)[1] == "") {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty()) << name;
      ASSERT_EQ(open.back(), name) << "at " << i->position();
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST_F(ReportTest, WritesWholeReport) {
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  const std::string html = ReadFile(folder_ / "report.html");
  const std::string markdown = ReadFile(folder_ / "report.md");

  for (const char* name : {"footprint_by_category", "bias_share", "throughput", "memory_vs_loss",
                           "convergence_harmonic3", "convergence_digits"}) {
    EXPECT_THAT(ReadFile(folder_ / "figures" / (std::string(name) + ".svg")), HasSubstr("</svg>"));
    EXPECT_THAT(markdown, HasSubstr("(figures/" + std::string(name) + ".svg)"));
    EXPECT_THAT(html, HasSubstr("id=\"" + std::string(name) + "-gnuplot_canvas\""));
  }
  for (const std::string& text : {html, markdown}) {
    EXPECT_THAT(text, HasSubstr("needs 9.5 GiB, 8.1 GiB available"));
    EXPECT_THAT(text, HasSubstr("killed: SIGKILL"));
    EXPECT_THAT(text, HasSubstr("the loss is not finite"));
    EXPECT_THAT(text, HasSubstr("bench --filter=footprint/learned/textbook/sgd/inputs:784"));
    EXPECT_THAT(text, HasSubstr("0123abcd"));
  }
}

TEST_F(ReportTest, HtmlNeedsNothingElse) {
  sample_.WriteTo(folder_);
  ASSERT_EQ(RunReport(folder_).exit_code, 0);
  const std::string html = ReadFile(folder_ / "report.html");
  ExpectBalanced(html);
  for (const char* external :
       {"http:", "https:", "src=", "@import", "<link", "<script", "<fast>"}) {
    EXPECT_THAT(html, Not(HasSubstr(external)));
  }
  // References stay within the page, and ids are unique over all pictures.
  std::vector<std::string> ids;
  const std::regex id("\\bid=['\"]([^'\"]*)['\"]");
  for (std::sregex_iterator i(html.begin(), html.end(), id), end; i != end; ++i) {
    ids.push_back((*i)[1]);
  }
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
  const std::regex reference("href=['\"]([^'\"]*)['\"]");
  for (std::sregex_iterator i(html.begin(), html.end(), reference), end; i != end; ++i) {
    const std::string target = (*i)[1];
    ASSERT_TRUE(target.starts_with("#")) << target;
    EXPECT_TRUE(std::ranges::binary_search(ids, target.substr(1))) << target;
  }
}

TEST_F(ReportTest, BothFormsHoldTheSameTables) {
  sample_.footprint["benchmarks"][0]["reason"] = "a | b <i> \\ * _x_ `code`";
  sample_.WriteTo(folder_);
  ASSERT_EQ(RunReport(folder_).exit_code, 0);
  const std::vector<Cells> html = TablesOfHtml(ReadFile(folder_ / "report.html"));
  const std::vector<Cells> markdown = TablesOfMarkdown(ReadFile(folder_ / "report.md"));
  ASSERT_GE(html.size(), 8u);
  ASSERT_EQ(html.size(), markdown.size());
  for (std::size_t i = 0; i < html.size(); ++i) EXPECT_EQ(html[i], markdown[i]) << i;
}

TEST_F(ReportTest, TablesHoldTheNumbers) {
  sample_.WriteTo(folder_);
  ASSERT_EQ(RunReport(folder_).exit_code, 0);
  const std::string markdown = ReadFile(folder_ / "report.md");
  // Quartiles of 40 … 44.
  EXPECT_THAT(markdown, HasSubstr("| `learned` | 5 | 42.0 \\[41.0–43.0\\] |"));
  // A group of seeds of which two of three diverged.
  EXPECT_THAT(markdown, HasSubstr("diverged \\[0.900–diverged\\]"));
  EXPECT_THAT(markdown, HasSubstr("1 ok; 2 diverged: the loss is not finite"));
  EXPECT_THAT(markdown, HasSubstr("9,540,000,120 | 9098.05 |"));
}

TEST(Document, MarkupIsOnlyWhatStandsBetweenBackticks) {
  const Document document = {Heading{1, "A & `b<c`"}, Paragraph{"odd ` <tick>"}};
  EXPECT_THAT(RenderHtml(document), HasSubstr("<h1>A &amp; <code>b&lt;c</code></h1>"));
  EXPECT_THAT(RenderHtml(document), HasSubstr("<p>odd ` &lt;tick&gt;</p>"));
  EXPECT_THAT(RenderMarkdown(document), HasSubstr("# A \\& `b<c`"));
  EXPECT_THAT(RenderMarkdown(document), HasSubstr("odd \\` \\<tick\\>"));
  // A bar ends a cell, also inside code.
  EXPECT_THAT(RenderMarkdown({Table{"", {{"t"}}, {{"`a|b` c|d"}}}}),
              HasSubstr("| `a\\|b` c\\|d |"));
}

// ---- folders that lack something ---------------------------------------------------------------

TEST_F(ReportTest, GoesOnWithoutAnyOneFile) {
  for (const char* name :
       {"footprint.json", "throughput.json", "convergence.json", "curves.csv", "machine.json"}) {
    sample_.WriteTo(folder_);
    fs::remove(folder_ / name);
    const Outcome outcome = RunReport(folder_);
    EXPECT_EQ(outcome.exit_code, 0) << name << outcome.output;
    std::string escaped = std::regex_replace(std::string(name), std::regex("_"), "\\_");
    EXPECT_THAT(ReadFile(folder_ / "report.md"), HasSubstr(escaped + " is missing")) << name;
  }
}

TEST_F(ReportTest, GoesOnWithFilesWithoutRows) {
  for (json* file : {&sample_.footprint, &sample_.throughput, &sample_.convergence}) {
    (*file)["benchmarks"] = json::array();
  }
  sample_.WriteTo(folder_);
  EXPECT_EQ(RunReport(folder_).exit_code, 0);
  EXPECT_THAT(ReadFile(folder_ / "report.md"), HasSubstr("footprint.json has no rows"));
}

TEST_F(ReportTest, GoesOnWhereNothingCouldBeMeasured) {
  for (json* file : {&sample_.footprint, &sample_.throughput, &sample_.convergence}) {
    for (json& row : (*file)["benchmarks"]) {
      json bare = BaseRow(row["name"], row["strategy"], row["schedule"]);
      bare.update(
          {{"status", "skipped"}, {"reason", "no memory"}, {"task", row.value("task", "")}});
      row = bare;
    }
  }
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(ReadFile(folder_ / "report.md"), HasSubstr("skipped: no memory"));
}

TEST_F(ReportTest, AFolderWithoutResultsIsAnError) {
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("no results here: none of footprint.json"));
  EXPECT_EQ(std::ranges::count(outcome.output, '\n'), 1);
  EXPECT_EQ(RunReport(folder_ / "nowhere").exit_code, 2);
  EXPECT_EQ(RunReport("").exit_code, 2);
  EXPECT_EQ(RunReport(folder_.string() + " --unknown").exit_code, 2);
}

TEST_F(ReportTest, BrokenFilesAreErrorsThatNameThem) {
  const auto expect_error = [&](const char* name, const std::string& text, const char* message) {
    sample_.WriteTo(folder_);
    record::WriteText(folder_ / name, text);
    const Outcome outcome = RunReport(folder_);
    EXPECT_EQ(outcome.exit_code, 2) << text;
    EXPECT_THAT(outcome.output, HasSubstr((folder_ / name).string()));
    EXPECT_THAT(outcome.output, HasSubstr(message));
    EXPECT_FALSE(fs::exists(folder_ / "report.md"));
  };
  const std::string header = sample_.curves.substr(0, sample_.curves.find('\n') + 1);
  expect_error("footprint.json", "{\"context\": ", "");
  expect_error("footprint.json", "{\"context\": {}, \"benchmarks\": []}", "schema_version 1");
  expect_error("footprint.json",
               R"({"context": {"schema_version": 1}, "benchmarks": [{"name": "BM_Other"}]})",
               "row 'BM_Other' has no 'strategy'");
  expect_error("curves.csv", "", "empty");
  expect_error("curves.csv", "epoch,loss\n", "line 1");
  expect_error("curves.csv", header + "a,b,c\n", "line 2: expected 10 fields, found 3");
  expect_error("curves.csv", header + "n,t,s,1,1,one,0.5,,,\n", "line 2: epoch 'one'");
  expect_error("curves.csv", header + "n,t,s,1,1,1,0.5x,,,\n", "train_loss '0.5x'");
  expect_error("machine.json", "[]", "not a JSON object");
}

TEST_F(ReportTest, OtherFolderForTheOutput) {
  sample_.WriteTo(folder_ / "in");
  const fs::path output = folder_ / "new" / "out";
  EXPECT_EQ(RunReport((folder_ / "in").string() + " --output=" + output.string()).exit_code, 0);
  EXPECT_TRUE(fs::exists(output / "report.html"));
  EXPECT_TRUE(fs::exists(output / "figures" / "bias_share.svg"));
  EXPECT_FALSE(fs::exists(folder_ / "in" / "report.html"));
}

// ---- gnuplot -----------------------------------------------------------------------------------

TEST_F(ReportTest, AMissingGnuplotIsSaid) {
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_, "PATH=/nowhere");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("gnuplot is not installed"));
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
}

TEST_F(ReportTest, AFailingGnuplotIsSaid) {
  sample_.WriteTo(folder_);
  const Outcome failing =
      RunReport(folder_, PathWithGnuplot("echo first; echo no wish >&2; exit 3"));
  EXPECT_EQ(failing.exit_code, 2);
  EXPECT_THAT(failing.output,
              HasSubstr("figure 'footprint_by_category' with exit code 3: no wish"));
  const Outcome silent = RunReport(folder_, PathWithGnuplot("exit 0"));
  EXPECT_EQ(silent.exit_code, 2);
  const Outcome late = RunReport(
      folder_, PathWithGnuplot("echo '<svg viewBox=\"0 0 1 1\"></svg>' > picture.svg; exit 1"));
  EXPECT_EQ(late.exit_code, 2);
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
  EXPECT_FALSE(fs::exists(folder_ / "figures"));
}

TEST(Plots, NothingIsSubstitutedInQuotedText) {
  EXPECT_EQ(Quote("it's `date` \"$x\"\n"), "'it''s `date` \"$x\" '");
}

TEST_F(ReportTest, NamesFromFilesCannotLeaveTheFolder) {
  sample_.AddConvergence("../../evil", "learned", 1, 0.25);
  sample_.AddConvergence("../../evil", "fixed=1", 1, 0.5);
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_TRUE(fs::exists(folder_ / "figures" / "convergence_______evil.svg"));
}

}  // namespace
}  // namespace biasbench::report
