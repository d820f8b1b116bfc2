#include "machine/control_group.h"

#include <fmt/format.h>

#include <sstream>
#include <string>

#include "machine/kernel_file.h"

namespace biasbench::machine {
namespace {

namespace fs = std::filesystem;

bool Lists(std::string_view controllers, std::string_view controller) {
  return fmt::format(",{},", controllers).find(fmt::format(",{},", controller)) !=
         std::string::npos;
}

// The group and all above it. Inside a container the path may be the host's, of which only the
// mount itself exists: the walk ends there.
void VisitUpwards(CgroupVersion version, const fs::path& mount, const fs::path& group,
                  const std::function<void(CgroupVersion, const fs::path&)>& visit) {
  fs::path relative = group.lexically_normal().relative_path();
  for (; !relative.empty(); relative = relative.parent_path()) visit(version, mount / relative);
  visit(version, mount);
}

}  // namespace

void ForEachControlGroup(const fs::path& root, std::string_view controller,
                         const std::function<void(CgroupVersion, const fs::path&)>& visit) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::istringstream groups(ReadKernelFile(root / "proc/self/cgroup").value_or(""));
  // Each line is "number:controllers:path"; version 2 has number 0 and no controllers.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string_view controllers =
        std::string_view(line).substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) VisitUpwards(CgroupVersion::k2, mount, group, visit);
    if (Lists(controllers, controller)) {
      VisitUpwards(CgroupVersion::k1, mount / controller, group, visit);
    }
  }
}

}  // namespace biasbench::machine
