#include "bench/program/version.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bench/program/build_info.h"
#include "build_facts.h"  // written by CMake
#include "machine/host.h"

namespace biasbench::bench {
namespace {

std::string CommitOf(const BuildInfo& build) {
  const nlohmann::json commit = build.keys.value("git_sha", nlohmann::json());
  if (!commit.is_string()) {
    return fmt::format("unknown ({})",
                       build.doubt.empty() ? "not built in a git repository" : build.doubt);
  }
  const nlohmann::json dirty = build.keys.value("git_is_dirty", nlohmann::json());
  const bool is_dirty = dirty.is_boolean() && dirty.get<bool>();
  return commit.get<std::string>() + (is_dirty ? ", with uncommitted changes" : "");
}

// A fact about the machine, which may not tell it.
std::string FactText(const nlohmann::json& host, const char* key) {
  const nlohmann::json fact = host.value(key, nlohmann::json());
  if (fact.is_null()) return "unknown";
  return fact.is_string() ? fact.get<std::string>() : fact.dump();
}

}  // namespace

std::string VersionText(std::string_view program) {
  const nlohmann::json host = machine::DescribeHost();
  return fmt::format(
      "{} (biasbench {})\n"
      "commit     {}\n"
      "compiler   {}\n"
      "flags      {}\n"
      "libraries  Google Benchmark {}, Eigen {}, fmt {}, Highway {}, OpenMP {}\n"
      "processor  {}, {} logical cores; vectors of {}",
      program, kProjectVersion, CommitOf(DescribeBuild()), kCompiler, kFlags, kBenchmarkVersion,
      kEigenVersion, kFmtVersion, kHighwayVersion, kOpenmpVersion, FactText(host, "cpu_model"),
      FactText(host, "logical_cores"), FactText(host, "simd_target"));
}

void AddVersionFlag(CLI::App& app) {
  app.set_version_flag(
      "--version", [name = app.get_name()] { return VersionText(name); },
      "commit, compiler, flags, libraries, processor: for bug reports");
}

}  // namespace biasbench::bench
