#include "bench/program/build_info.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include "build_facts.h"  // written by CMake
#include "machine/digest.h"

namespace biasbench::bench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// An empty object for a file that is missing or not whole.
json ReadObject(const fs::path& path) {
  std::ifstream file(path);
  json object = json::parse(file, nullptr, /*allow_exceptions=*/false);
  return object.is_object() ? object : json::object();
}

// build_facts.json of the build tree that the folder is in.
json FactsAbove(fs::path folder) {
  while (folder.has_relative_path() && !fs::exists(folder / "build_facts.json")) {
    folder = folder.parent_path();
  }
  return ReadObject(folder / "build_facts.json");
}

std::string Doubt(const json& facts, const json& link, const std::string& binary) {
  if (facts.empty() || link.empty()) return "no facts of its build lie beside this program";
  if (link.value("binary_sha256", "") != binary) {
    return "this program is not the one that the facts beside it are about";
  }
  const std::string sources =
      link.contains("tool_sources_sha256") ? "tool_sources_sha256" : "sources_sha256";
  if (link.value(sources, "") != facts.value(sources, "-")) {
    return "the sources have changed since this program was built";
  }
  return "";
}

}  // namespace

BuildInfo DescribeBuild(const fs::path& program) {
  std::error_code error;
  fs::path path = fs::read_symlink(program, error);
  if (error) path = fs::absolute(program);
  const std::string binary = machine::Sha256OfFile(program);
  const json facts = FactsAbove(path.parent_path());
  const json link = ReadObject(path.string() + ".build.json");
  BuildInfo build{{{"git_sha", nullptr},
                   {"git_is_dirty", nullptr},
                   {"compiler", kCompiler},
                   {"flags", kFlags},
                   {"eigen_version", kEigenVersion},
                   {"binary_sha256", binary}},
                  Doubt(facts, link, binary)};
  if (build.doubt.empty()) {
    for (const char* key : {"git_sha", "git_is_dirty"}) build.keys[key] = facts.value(key, json());
  } else {
    build.doubt += ": its commit is not recorded; build it again with CMake";
  }
  return build;
}

}  // namespace biasbench::bench
