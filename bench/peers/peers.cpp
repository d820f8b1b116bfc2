// peers: time and memory of the same training step with other libraries and with this project.
//
// Bounds: the time of whole training steps (forward, backward, update) on one batch that is in
// memory already, in a process that has made a step before; and the peak of resident memory.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "bench/peers/blas_kernels.h"
#include "bench/peers/peer_runner.h"
#include "bench/peers/peers_command_line.h"
#include "bench/peers/peers_table.h"
#include "bench/program/build_info.h"
#include "bench/program/load_note.h"
#include "bench/program/reporters.h"
#include "bench/program/resume.h"
#include "machine/digest.h"
#include "machine/load.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"

namespace biasbench::bench::peers {
namespace {

using nlohmann::json;

constexpr char kBinaries[] = "peer_binaries_sha256";  // in the context, by program

enum ExitStatus { kSuccess = 0, kRowFailed = 1, kUnusable = 2 };

json Context(const std::vector<std::string>& command, const PeersCommandLine& line) {
  benchmark::BenchmarkReporter::Context::executable_name = command.front().c_str();
  json context = HostContext(benchmark::BenchmarkReporter::Context());
  const BuildInfo build = DescribeBuild();
  if (!build.doubt.empty()) record::PrintError("peers", build.doubt);
  context.update(build.keys);
  context["schema_version"] = record::kSchemaVersion;
  context["program"] = "peers";
  context["command"] = fmt::format("{}", fmt::join(command, " "));
  context["denormals"] = "flushed";
  context["threads"] = line.setting.threads;
  context["libraries"] = json::object();  // by peer
  for (const PeerDescription* peer :
       line.peers) {  // each library's steps are a program of their own
    context[kBinaries][std::string(peer->program)] = machine::Sha256OfFile(peer->ProgramPath());
  }
  return context;
}

// Google Benchmark's keys that identify a row.
json Identity(const std::string& name, std::int64_t family, std::int64_t repetition,
              std::int64_t repetitions) {
  return {{"name", name},
          {"run_name", name},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_type", "iteration"},
          {"repetitions", repetitions},
          {"repetition_index", repetition},
          {"threads", 1},
          {"strategy", "learned"},
          {"optimizer", "sgd"},
          {"task", "noise"}};
}

// Copies the rows that the --out file holds into `results`; returns their names and repetitions.
std::set<std::pair<std::string, std::int64_t>> Keep(const PeersCommandLine& line, json& results) {
  results["benchmarks"] = json::array();
  if (!line.resume) return {};
  KeptRows kept = KeepFinishedRows(line.out, results["context"]);
  std::set<std::pair<std::string, std::int64_t>> measured;
  for (const json& row : kept.rows) measured.emplace(row["name"], row["repetition_index"]);
  results["benchmarks"] = std::move(kept.rows);
  json& binaries = results["context"][kBinaries];
  const json kept_binaries = kept.context.value(kBinaries, json::object());
  for (const auto& [program, digest] : kept_binaries.items()) {
    if (binaries.value(program, digest) != digest) {
      throw record::FileError(
          fmt::format("{}: --resume: rows of another build ({} differs); choose another file",
                      line.out, program));
    }
    binaries[program] = digest;
  }
  results["context"]["libraries"] = kept.context.value("libraries", json::object());
  return measured;
}

// Takes turns: every peer and batch once, then all of them again.
json RunRows(const std::string& program, const PeersCommandLine& line, json& results) {
  PeerRunner runner(line.check_hidden, line.min_seconds);
  const auto measured = Keep(line, results);
  const machine::Load load = machine::MeasureLoad();
  results["context"][kLoadKey] = machine::ToJson(load);
  NoteLoad("peers", load);
  json& rows = results["benchmarks"];
  for (std::int64_t repetition = 0; repetition < line.repetitions; ++repetition) {
    std::int64_t family = 0;
    for (const std::int64_t batch : line.batches) {
      for (const PeerDescription* peer : line.peers) {
        PeerSetting setting = line.setting;
        setting.peer = peer->name;
        setting.shape.batch = batch;
        const std::string name = RowName(setting);
        const std::int64_t member = family++;
        if (measured.contains({name, repetition})) continue;
        json row = Identity(name, member, repetition, line.repetitions);
        row.update(runner.Measure(*peer, setting));
        row["command"] = fmt::format("{} {}", program, line.RepeatFlags(setting));
        if (row.contains("library")) {
          results["context"]["libraries"][setting.peer] = row["library"];
        }
        rows.push_back(std::move(row));
        if (!line.out.empty()) record::WriteJson(line.out, results);
      }
    }
  }
  return rows;
}

int StatusOf(const json& rows) {
  const auto count = [&](const char* status) {
    return std::ranges::count_if(rows, [&](const json& row) { return row["status"] == status; });
  };
  if (count("error") + count("killed") > 0) return kRowFailed;
  return count("skipped") == std::ssize(rows) ? kUnusable : kSuccess;
}

int Run(const std::vector<std::string>& command) {
  const PeersCommandLine line = ParsePeersCommandLine({command.begin() + 1, command.end()});
  if (!line.answer.empty()) {
    fmt::print("{}", line.answer);
    return kSuccess;
  }
  if (!line.out.empty()) record::CheckWritable(line.out);
  ChooseBlasKernels();
  json results = {{"context", Context(command, line)}};
  const json rows = RunRows(command.front(), line, results);
  fmt::print("{}", TableOf(rows));
  return StatusOf(rows);
}

}  // namespace
}  // namespace biasbench::bench::peers

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain("peers", [&] {
    return biasbench::bench::peers::Run({argv, argv + argc});
  });
}
