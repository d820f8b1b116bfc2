#include "report/fixture.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "record/result_file.h"
#include "report/answer.h"
#include "report/sentences.h"
#include "report/studies.h"

namespace biasbench::report {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json ThroughputRow(const std::string& strategy, int repetition, double rate) {
  json row = BaseRow("throughput/" + strategy +
                         "/in_place/sgd/inputs:784/hidden:1000000/outputs:10/batch:64/threads:2",
                     strategy, "in_place");
  row.update({{"inputs", 784},
              {"outputs", 10},
              {"repetition_index", repetition},
              {"items_per_second", rate},
              {"roofline_fraction", rate / 60},
              {"peak_flops_fraction", rate / 60},
              {"peak_rss_bytes", 3'200'000'000}});
  return row;
}

}  // namespace

json Context(const char* program) {
  return {{"schema_version", record::kSchemaVersion},
          {"program", program},
          {"git_sha", "0123abcd"},
          {"git_is_dirty", false},
          {"compiler", "GNU 12.2"},
          {"flags", "-O3"},
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

json FootprintRow(const std::string& strategy, const std::string& schedule, int inputs) {
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

Sample::Sample()
    : footprint{{"context", Context("footprint")}, {"benchmarks", json::array()}},
      throughput{{"context", Context("throughput")}, {"benchmarks", json::array()}},
      convergence{{"context", Context("convergence")}, {"benchmarks", json::array()}} {
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
  for (int seed = 1; seed <= 8; ++seed) {
    AddConvergence("harmonic3", "learned", seed, 0.001 * seed);
    AddConvergence("harmonic3", "fixed=1", seed, 0.02 * seed);
    AddConvergence("harmonic3", "none", seed, 0.5);
    AddConvergence("harmonic3", "scaled=0.1", seed, 0.004 + 0.001 * seed);
    AddConvergence("harmonic3", "sign_flipped", seed, seed == 1 ? json(0.9) : json(nullptr));
    AddConvergence("digits", "learned", seed, 0.10 + 0.01 * seed);
    AddConvergence("digits", "fixed=1", seed, 0.11 + 0.01 * seed);
  }
}

void Sample::AddConvergence(const char* task, const char* strategy, int seed, const json& loss) {
  const json row = ConvergenceRow(task, strategy, seed, loss);
  convergence["benchmarks"].push_back(row);
  for (int epoch = 0; epoch <= 2; ++epoch) {
    const std::string text = epoch == 0 ? "0.5" : loss.is_null() ? "" : loss.dump();
    const std::string name = epoch == 0 ? row["name"].get<std::string>() : "";
    curves += name + "," + std::to_string(epoch) + "," + text + ",,,0.1,\n";
  }
}

void Sample::WriteTo(const fs::path& folder) const {
  fs::create_directories(folder);
  record::WriteJson(folder / "footprint.json", footprint);
  record::WriteJson(folder / "throughput.json", throughput);
  record::WriteJson(folder / "convergence.json", convergence);
  record::WriteText(folder / "curves.csv", curves);
  record::WriteJson(folder / "machine.json", machine);
}

std::string ReportTest::Say() const {
  sample_.WriteTo(folder_);
  const Results results = LoadFolder(folder_);
  const std::vector<Finding> findings = FindAll(results);
  std::string text = Verdict(results, findings) + "\n";
  for (const auto& part : {Answer(results, findings), BothSides(results, findings)}) {
    for (const auto& [lead, sentence, items] : part) {
      text += lead + ": " + sentence + "\n";
      for (const std::string& item : items) text += item + "\n";
    }
  }
  return text;
}

Outcome ReportTest::RunReport(const std::string& arguments, const std::string& environment) const {
  const fs::path log = folder_ / "log.txt";
  const std::string command =
      environment + " " + REPORT_PROGRAM + " " + arguments + " > '" + log.string() + "' 2>&1";
  const int status = std::system(command.c_str());
  return {WEXITSTATUS(status), ReadFile(log)};
}

std::string ReportTest::PathWithGnuplot(const std::string& script) const {
  const fs::path program = folder_ / "bin" / "gnuplot";
  fs::create_directories(program.parent_path());
  std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
  fs::permissions(program, fs::perms::owner_all);
  return "PATH='" + program.parent_path().string() + "'";
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace biasbench::report
