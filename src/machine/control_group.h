// The control groups (cgroups) that this process is in, of version 1 and 2.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace biasbench::machine {

enum class CgroupVersion { k1 = 1, k2 = 2 };

// Calls visit(version, folder) for the group of `controller` ("memory", "cpu") that this process is
// in, and for each group above it. `root` is "/" except in tests.
void ForEachControlGroup(
    const std::filesystem::path& root, std::string_view controller,
    const std::function<void(CgroupVersion, const std::filesystem::path& folder)>& visit);

}  // namespace biasbench::machine
