// The build of a program. Its commit stands beside the program, in files that
// bench/program/build_facts.cmake writes.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace biasbench::bench {

struct BuildInfo {
  // The keys git_sha and git_is_dirty (null where there is no git, or the commit is not known),
  // compiler, flags, eigen_version and binary_sha256 of a result file's context.
  nlohmann::json keys;
  // The reason why the commit is unknown, in one line; empty if it is known, or there is no git.
  std::string doubt;
};

// Describes the running program, or another one of the same build tree.
BuildInfo DescribeBuild(const std::filesystem::path& program = "/proc/self/exe");

}  // namespace biasbench::bench
