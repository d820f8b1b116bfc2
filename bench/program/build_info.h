// Which build this program is. The commit stands beside the program, in files that
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
  // Why the commit is not known, in one line; empty if it is, or there is no git.
  std::string doubt;
};

// Of the program that runs, or of another one of this build.
BuildInfo DescribeBuild(const std::filesystem::path& program = "/proc/self/exe");

}  // namespace biasbench::bench
