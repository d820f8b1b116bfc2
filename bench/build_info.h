// What this program was built from, and how.
#pragma once

#include <nlohmann/json.hpp>

namespace biasbench::bench {

// The keys git_sha and git_is_dirty (null when built outside a git repository), compiler, flags and
// eigen_version of a result file's context.
nlohmann::json BuildInfo();

}  // namespace biasbench::bench
