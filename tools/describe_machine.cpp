// tools/describe_machine: what machine this is, as machine.json of a results folder.
#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

#include "bench/build_info.h"
#include "machine/host.h"
#include "record/guarded_main.h"
#include "record/result_file.h"
#include "record/standard_streams.h"

namespace {

constexpr const char* kUsage =
    "usage: describe_machine FILE: writes what machine this is to FILE (JSON)";

int Run(std::string_view argument) {
  if (argument == "--help" || argument == "-h") {
    fmt::print("{}\n", kUsage);
    return 0;
  }
  if (argument.empty() || argument.starts_with('-')) throw std::invalid_argument(kUsage);
  const biasbench::bench::BuildInfo build = biasbench::bench::DescribeBuild();
  if (!build.doubt.empty()) biasbench::record::PrintError("describe_machine", build.doubt);
  nlohmann::json machine = biasbench::machine::DescribeHost();
  for (const char* key : {"git_sha", "git_is_dirty", "binary_sha256"}) {
    machine[key] = build.keys[key];
  }
  biasbench::record::WriteJson(argument, machine);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return biasbench::record::GuardedMain("describe_machine",
                                        [&] { return Run(argc == 2 ? argv[1] : ""); });
}
