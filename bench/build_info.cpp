#include "bench/build_info.h"

#include <string_view>

#include "build_facts.h"  // written at build time by write_build_facts.cmake

namespace biasbench::bench {

nlohmann::json BuildInfo() {
  const bool is_in_git = !std::string_view(kGitSha).empty();
  return {{"git_sha", is_in_git ? nlohmann::json(kGitSha) : nlohmann::json()},
          {"git_is_dirty", is_in_git ? nlohmann::json(kGitIsDirty) : nlohmann::json()},
          {"compiler", kCompiler},
          {"flags", kFlags},
          {"eigen_version", kEigenVersion}};
}

}  // namespace biasbench::bench
